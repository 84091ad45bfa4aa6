"""Name resolution that the network cannot see: DNS over TLS, over QUIC and over HTTPS.

Finds        Sessions on the port of DNS over TLS and QUIC (853, RFC 7858 and 9250), or whose hello
             offers their protocol (ALPN `dot`, `doq`); TLS on the web's port to a server whose
             name begins as resolvers name themselves, or to an address that answers DNS in this
             very evidence; and how many of the places that the host went to afterwards it never
             looked up in the clear, although it had looked up before.
Blind spots  DNS over HTTPS to a server with an ordinary name (a tunnel may use its own); clients
             that never looked anything up in the clear.
Often benign Browsers and telephones with private DNS switched on: a matter of policy. It hides
             what other detectors need, and so makes their silence worth less.
Look next    Whether it is the browser or another program (JA4), where the host went without
             looking up, whether the organisation's resolver is blocked for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row, Together
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What resolvers say of themselves."""

    resolver_name: str = r"(^|[.-])(dns|doh|dot|doq|odoh|resolver)[0-9]*([.-]|$)|-dns\."
    """First labels of servers that resolve names (`dns.`, `doh.`, `mozilla.cloudflare-dns.`): the
    usage of their operators."""
    min_places: int = 5
    """Places a host goes to from which on a share of those it looked up means something."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH answers AS (
    SELECT DISTINCT dst_ip::VARCHAR AS ip FROM lookups WHERE is_response
),
hidden AS (
    SELECT t.src_ip, t.dst_ip, t.dst_port, lower(t.server_name) AS name, t.time, t.frame,
           t.evidence_id, t.protocol,
           t.dst_port = 853 OR list_has_any(coalesce(t.alpn, []), ['dot', 'doq']) AS declared,
           coalesce(regexp_matches(split_part(lower(t.server_name), '.', 1) || '.'
               || split_part(lower(t.server_name), '.', 2), $resolver_name), false) AS named,
           a.ip IS NOT NULL AS answers_dns
    FROM tls_activity t LEFT JOIN answers a ON a.ip = t.dst_ip
    WHERE NOT is_internal(t.dst_ip_hi, t.dst_ip_lo)
),
client AS (
    SELECT src_ip, list(DISTINCT dst_ip ORDER BY dst_ip)[1:49] AS dst_ips,
           list(DISTINCT name ORDER BY name) FILTER (name IS NOT NULL) AS names,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports, count(*) AS sessions,
           min(time) AS t0, max(time) AS t1, count(*) FILTER (declared) AS declared,
           count(*) FILTER (named) AS named, count(*) FILTER (answers_dns) AS answers_dns,
           evidence_of(evidence_id, 'tls_activity', frame) AS evidence
    FROM hidden WHERE declared OR named OR answers_dns GROUP BY src_ip
),
place AS (
    SELECT n.src_ip, n.dst_ip, min(n.start_time) AS t
    FROM flows n SEMI JOIN client c ON c.src_ip = n.src_ip
    WHERE n.protocol IN ('tcp', 'udp') AND n.payload_bytes_in > 0 AND n.dst_port <> 53
      AND NOT n.dst_internal AND NOT n.dst_multicast
    GROUP BY n.src_ip, n.dst_ip
),
asked AS (
    SELECT DISTINCT src_ip, unnest(answers) AS address FROM dns_activity
    WHERE service = 'dns' AND is_response AND src_ip IN (SELECT src_ip FROM client)
),
known AS (
    SELECT c.src_ip, count(*) FILTER (p.t < c.t0) AS before,
           count(*) FILTER (p.t < c.t0 AND a.address IS NOT NULL) AS before_asked,
           count(*) FILTER (p.t > c.t0) AS after,
           count(*) FILTER (p.t > c.t0 AND a.address IS NOT NULL) AS after_asked
    FROM client c JOIN place p USING (src_ip)
    LEFT JOIN asked a ON a.src_ip = p.src_ip AND a.address = p.dst_ip
    WHERE NOT list_contains(c.dst_ips, p.dst_ip) GROUP BY c.src_ip
)
SELECT [src_ip] AS src_ips, dst_ips, coalesce(names, [])[1:20] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, sessions, declared,
       named, answers_dns, coalesce(before, 0) AS before, coalesce(before_asked, 0) AS before_asked,
       coalesce(after, 0) AS after, coalesce(after_asked, 0) AS after_asked
FROM client LEFT JOIN known USING (src_ip)
ORDER BY t0, src_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one host's sessions with resolvers."""
    terms: dict[str, Term] = {}
    if declared := cast(int, row["declared"]):
        terms["port_or_protocol_of_encrypted_dns"] = term(4.0, declared)
    if named := cast(int, row["named"]):
        terms["server_named_as_a_resolver"] = term(2.5, named)
    if answers := cast(int, row["answers_dns"]):
        terms["server_answers_dns_too"] = term(1.5, answers)
    before, after = cast(int, row["before"]), cast(int, row["after"])
    if after >= PARAMS.min_places:
        share = 1 - cast(int, row["after_asked"]) / after
        used_to = before == 0 or cast(int, row["before_asked"]) / before >= 0.5
        terms["places_not_looked_up_since_share"] = term(
            ramp(share, 0.3, 0.9, 1.5 if used_to else 0.5), share
        )
    sure = confidence(PRIOR, terms)
    if sure < 0.4:
        return None
    source = cast(list[str], row["src_ips"])[0]
    names, addresses = cast(list[str], row["dst_names"]), cast(list[str], row["dst_ips"])
    resolvers = names or addresses
    where = (
        resolvers[0][:100] if len(resolvers) == 1 else count_text(len(resolvers), "resolver")
    )  # fmt: skip
    return Judgement(
        title=f"{source} resolves names out of sight, by {where}",
        severity=Severity.LOW if sure >= 0.8 and after >= PARAMS.min_places
        else Severity.INFORMATIONAL,
        terms=terms,
        facts={
            "sessions": row["sessions"],
            "places_afterwards": after,
            "of_them_looked_up_in_the_clear": row["after_asked"],
        },
        together=Together(key=tuple(resolvers[:3]), title=_together),
    )  # fmt: skip


def _together(sources: tuple[str, ...], places: tuple[str, ...]) -> str:
    who = sources[0] if len(sources) == 1 else count_text(len(sources), "host")
    return f"{who} resolve names out of sight, by {places[0][:100]}"


DETECTOR = Detector(
    title="Encrypted name resolution",
    summary="A host resolves names by DNS over TLS, QUIC or HTTPS, out of sight of the network.",
    blind_spots="DNS over HTTPS to a server with an ordinary name.",
    benign="Browsers and telephones with private DNS: a matter of policy.",
    look_next="Which program it is, and where the host went without looking up.",
    reads=("tls_activity", "network_activity"),
    techniques=("T1572",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one session; five places for a statement on what was not looked up",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
