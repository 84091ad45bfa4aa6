"""A web server that goes out and fetches code right after a request (CVE-2021-44228 and its kin).

Finds        A host that serves HTTP and, within seconds of a request, asks an LDAP server for an
             object that is no name of a directory, or downloads a Java class; certain when the
             request itself carried a lookup (${jndi:...}).
Blind spots  Lookups over DNS or RMI alone; callbacks inside TLS; servers whose requests were not
             recorded.
Often benign Applications that use a directory ask for names (CN=...), on its own ports; old Java
             programs that load classes from their own server.
Look next    What the class does, connections the server opened after it, and the same requester's
             other targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What a lookup is, and how soon it is followed."""

    lookup: str = r"(?i)(\$|%24)(\{|%7b).{0,80}(jndi|\$\{|%24%7b)|jndi:(ldaps?|rmi|dns|iiop)"
    """A lookup in a request, plain, percent-encoded, or hidden in lookups inside each other."""
    within_s: int = 60
    """Logging happens while the request is answered; a minute allows for slow programs."""


PARAMS = Params()
PRIOR = -2.5

_SQL = r"""
WITH callback AS (
    SELECT src_ip AS server, dst_ip AS far, dst_port AS far_port, time, frame, evidence_id,
           'application_activity' AS tbl, true AS ldap, false AS class, object
    FROM application_activity
    WHERE service = 'ldap' AND operation = 'search' AND object IS NOT NULL
      AND NOT contains(object, '=')
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, 'http_activity', false, true, uri
    FROM http_activity
    WHERE response_magic = 'class'
       OR (user_agent LIKE 'Java/%' AND status_code = 200
           AND regexp_matches(lower(uri), '\.class(\?|$)'))
),
request AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id,
           regexp_matches(concat_ws(chr(32), uri, user_agent, referrer, request_content_type,
                                    proxied_for, account), $lookup) AS carried
    FROM http_activity
    WHERE dst_ip IN (SELECT server FROM callback)
),
-- One requester for each callback: whoever sent a lookup, else the last before it.
caused AS (
    SELECT c.*, arg_max(r.src_ip, (r.carried, r.time, r.frame)) AS requester,
           arg_max(r.dst_port, (r.carried, r.time, r.frame)) AS port,
           arg_max(r.frame, (r.carried, r.time, r.frame)) AS request_frame,
           max(r.time) AS request_time, bool_or(r.carried) AS carried,
           min(epoch(c.time) - epoch(r.time)) AS after_s
    FROM callback c JOIN request r
      ON r.dst_ip = c.server AND r.time <= c.time
     AND r.time >= c.time - to_seconds($within_s) AND r.src_ip <> c.server
    GROUP BY ALL
),
pair AS (
    SELECT requester, server, list(DISTINCT port ORDER BY port) AS ports,
           min(request_time) AS t0, max(time) AS t1, count(*) FILTER (ldap) AS lookups,
           count(*) FILTER (class) AS classes, bool_or(carried) AS carried,
           min(after_s) AS after_s, bool_or(far = requester) AS back,
           bool_or(ldap AND far_port NOT IN (389, 636, 3268, 3269)) AS odd_port,
           list(DISTINCT far ORDER BY far) AS far, min(object) FILTER (ldap) AS object,
           evidence_of(evidence_id, tbl, frame)
             || evidence_of(evidence_id, 'http_activity', request_frame) AS evidence
    FROM caused GROUP BY requester, server
)
SELECT [requester] AS src_ips, [server] AS dst_ips, []::VARCHAR[] AS dst_names,
       ports AS dst_ports, 'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       lookups, classes, carried, after_s, back, odd_port, far, object
FROM pair
ORDER BY first_seen_time, requester, server
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what a server did right after a request."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    fetched = bool(row["classes"] and (row["lookups"] or row["carried"]))
    if row["carried"] and row["lookups"]:
        severity = Severity.HIGH
    if fetched and sure >= 0.85:
        severity = Severity.CRITICAL
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    far = ", ".join(cast(list[str], row["far"])[:3])
    did = "fetched a Java class from" if row["classes"] else "asked for an object at"
    return Judgement(
        title=f"{target} {did} {far} {cast(float, row['after_s']):.3g} s after a request of"
        f" {source}" + (" that carried a lookup" if row["carried"] else ""),
        severity=severity,
        terms=terms,
        techniques=("T1190", "T1059", "T1105") if row["classes"] else ("T1190",),
        facts={"went_out_to": row["far"], "object": row["object"], "classes": row["classes"]},
        succeeded=True if fetched else None,
    )


def _terms(row: Row) -> dict[str, Term]:
    after = cast(float, row["after_s"])
    terms = {"seconds_after_request": term(ramp(after, 30, 3, 1.0), after)}
    if row["lookups"]:
        terms["object_is_no_name_of_a_directory"] = term(1.5, cast("str | None", row["object"]))
    if row["odd_port"]:
        terms["directory_on_a_port_of_its_own"] = term(1.0, None)
    if row["carried"]:
        terms["request_carried_a_lookup"] = term(3.0, None)
    if row["classes"]:
        terms["java_classes_fetched"] = term(2.0, cast(int, row["classes"]))
    if row["back"]:
        terms["went_back_to_the_requester"] = term(1.0, None)
    return terms


DETECTOR = Detector(
    title="Web server that fetches code",
    summary="A server that asks for an object or a Java class elsewhere right after a request.",
    blind_spots="Lookups over DNS or RMI alone; callbacks inside TLS.",
    benign="Applications that ask their own directory; old Java programs that load classes.",
    look_next="What the class does, the server's new connections, the requester's other targets.",
    reads=("application_activity", "http_activity"),
    techniques=("T1190",),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="one callback and one request before it",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
