"""Somebody touched a honeypot or opened a marked document: nobody has any business there.

Finds        Each source that a honeypot (Cowrie, Dionaea, OpenCanary, T-Pot, Thinkst Canary) or a
             canary token reports, with all it did there. One of our own hosts among them is an
             internal source: it was taken over, or somebody misuses it.
Blind spots  What the honeypot did not write; who stands behind a gateway or a resolver; intruders
             that know the honeypot.
Often benign Scanners, inventories and monitoring of one's own; the Internet's background noise at a
             honeypot that faces it; programs that look into marked documents (mail gateways).
Look next    Whose host the source is and what ran on it then; the rest of what it spoke to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row, Together
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What of a touch is none."""

    asked_by_all: str = r"^(llmnr|mdns|ssdp|upnp|snmp|ntp|sip|coap|dhcp)$"
    """Services that programs look for on their own, so that a mere contact says little."""
    own_address: str = r"^(127\.|::1$)"
    """The honeypot's own loopback: its health checks, no visitor."""


PARAMS = Params()
PRIOR = -1.0

_SQL = """
WITH hit AS (
    SELECT *, coalesce(title, '') AS what, coalesce(category, '') = 'decoy' AS is_token
    FROM detection_finding
    WHERE kind = 'honeypot' AND src_ip IS NOT NULL
      AND NOT regexp_matches(src_ip, $own_address)
),
visitor AS (
    SELECT src_ip, is_token, is_internal(src_ip_hi, src_ip_lo) AS inside,
           min(time) AS t0, max(coalesce(last_seen_time, time)) AS t1,
           sum("count")::BIGINT AS hits,
           count(*) FILTER (starts_with(what, 'login')) AS logins,
           count(*) FILTER (what = 'login that was let in') AS let_in,
           count(*) FILTER (what = 'command') AS commands,
           count(*) FILTER (starts_with(what, 'file')) AS files,
           bool_and(regexp_matches(coalesce(service, ''), $asked_by_all)) AS asked_by_all,
           count(DISTINCT coalesce(dst_ip, reporter)) AS decoys,
           list(DISTINCT product ORDER BY product) AS products,
           coalesce(list(DISTINCT dst_ip ORDER BY dst_ip) FILTER (dst_ip IS NOT NULL), [])
               AS dst_ips,
           coalesce(list(DISTINCT dst_port ORDER BY dst_port)
               FILTER (dst_port IS NOT NULL), [])[1:16] AS ports,
           coalesce(list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL),
                    [])[1:16] AS accounts,
           coalesce(list(DISTINCT message ORDER BY message) FILTER (what = 'command'), [])[1:8]
               AS ran,
           min(message) FILTER (is_token) AS memo, min(reporter) AS reporter,
           min(protocol) AS protocol,
           evidence_of(evidence_id, 'detection_finding', frame) AS evidence
    FROM hit GROUP BY src_ip, src_ip_hi, src_ip_lo, is_token
)
SELECT [src_ip] AS src_ips, dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports, protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts,
       CASE WHEN is_token THEN 'token' END AS apart, src_ip, is_token, inside, hits, logins,
       let_in, commands, files, asked_by_all, decoys, products, ran, memo, reporter
FROM visitor
ORDER BY first_seen_time, src_ip, is_token
"""


def judge(row: Row) -> Judgement:
    """Weigh one source."""
    terms = _terms(row)
    inside, is_token = bool(row["inside"]), bool(row["is_token"])
    severity = Severity.LOW
    if inside:
        severity = Severity.MEDIUM if _is_mere_search(row) else Severity.HIGH
    elif is_token:
        severity = Severity.MEDIUM
    products = cast(list[str], row["products"])
    targets = cast(list[str], row["dst_ips"])
    where = targets[0] if len(targets) == 1 else str(row["reporter"] or products[0])
    if cast(int, row["decoys"]) > 1:
        where = count_text(cast(int, row["decoys"]), "honeypot")
    if is_token:
        where = str(row["memo"] or "no memo")[:80]
    who = "Internal source" if inside else "Source"
    at = f"({where})" if is_token else f"at the honeypot {where}" if targets else f"at {where}"
    return Judgement(
        title=f"{who} {row['src_ip']} {_did(row)} {at}, by {', '.join(products[:3])}",
        severity=severity,
        terms=terms,
        techniques=_techniques(row),
        facts={
            "hits": row["hits"],
            "logins": row["logins"],
            "let_in": row["let_in"],
            "commands": tuple(cast(list[str], row["ran"])),
            "files": row["files"],
            "internal_source": inside,
        },
        together=None
        if severity is not Severity.LOW
        else Together(
            key=("outside", *products),
            title=lambda sources, _: (
                f"{count_text(len(sources), 'stranger')} at honeypots"
                f" ({', '.join(products[:3])}), as on any day"
            ),
            apart=" ".join(products),
        ),
    )


def _is_mere_search(row: Row) -> bool:
    acted = sum(cast(int, row[name]) for name in ("logins", "commands", "files"))
    return bool(row["asked_by_all"]) and not acted and not row["is_token"]


def _did(row: Row) -> str:
    def number(name: str) -> int:
        return cast(int, row[name])

    if row["is_token"]:
        return f"opened a marked document or link {count_text(number('hits'), 'time')}"
    if number("files"):
        return f"moved {count_text(number('files'), 'file')}"
    if number("commands"):
        return f"ran {count_text(number('commands'), 'command')}"
    if number("logins"):
        tried = f"tried {count_text(number('logins'), 'login')}"
        return tried + (", and was let in," if number("let_in") else "")
    return f"called {count_text(number('hits'), 'time')}"


def _techniques(row: Row) -> tuple[str, ...]:
    if row["is_token"]:
        return ("T1005",)
    if cast(int, row["commands"]) or cast(int, row["files"]):
        return ("T1021", "T1110")
    if cast(int, row["logins"]):
        return ("T1110",)
    return ("T1046",) if row["inside"] else ("T1595",)


def _terms(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {
        "nobody_has_business_there": term(1.5, ", ".join(cast(list[str], row["products"])))
    }
    if row["inside"]:
        terms["from_inside"] = term(1.5, str(row["src_ip"]))
    for name, weight in (("logins", 1.0), ("commands", 1.5), ("files", 1.0)):
        number = cast(int, row[name])
        if number:
            terms[name] = term(weight * 0.5 + ramp(number, 1, 10, weight * 0.5), number)
    decoys = cast(int, row["decoys"])
    if decoys > 1:
        terms["several_honeypots"] = term(ramp(decoys, 1, 3, 1.0), decoys)
    if _is_mere_search(row):
        terms["a_service_that_programs_look_for"] = term(-2.0, cast(int, row["hits"]))
    return terms


DETECTOR = Detector(
    title="Visitor of a honeypot",
    summary="A source that touched a honeypot or opened a marked document; one of ours is an"
    " internal source.",
    blind_spots="What the honeypot did not write; who stands behind a gateway; intruders that know"
    " the honeypot.",
    benign="Scanners and monitoring of one's own; background noise of the Internet; mail gateways"
    " that look into marked documents.",
    look_next="Whose host the source is, what ran on it then, and what else it spoke to.",
    reads=("detection_finding",),
    techniques=("T1046", "T1110", "T1021", "T1005"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one touch",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
