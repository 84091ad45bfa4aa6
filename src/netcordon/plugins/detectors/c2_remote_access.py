"""Remote-access programs: somebody outside may see and steer the screen of a host.

Finds        Programs made for remote support and administration, by the names of the services they
             call home to and by what their own certificates say. Intruders bring them because they
             are signed, common and allowed.
Blind spots  Programs that speak to servers of their owner; names inside encrypted hellos.
Often benign The help desk's own tool, on many hosts. One that nobody else here uses, or a second
             one beside it, is the question.
Look next    Who installed it and when, whether the help desk uses it, sessions at odd hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row, Together
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term, wilson_upper
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """Whose names count."""

    services: str = (
        r"(^|\.)(anydesk\.com|teamviewer\.com|rustdesk\.com|screenconnect\.com|atera\.com|"
        r"splashtop\.com|dwservice\.net|remoteutilities\.com|ammyy\.com|supremocontrol\.com|"
        r"logmein\.com|gotoassist\.com|zohoassist\.com|meshcentral\.com|simple-help\.com|"
        r"aeroadmin\.com|getscreen\.me|action1\.com|syncromsp\.com|ultraviewer\.net|"
        r"remotepc\.com|parsec\.app|ngrok\.io|ngrok-free\.app)$"
    )
    """Domains that the makers of remote-access programs publish in their firewall notes."""
    certificates: str = r"^CN=(AnyDesk Client|AnyNet Relay|TeamViewer)"
    """Common names that such programs give the certificates they make for themselves."""
    sites: str = r"^(www|support|help|docs|blog|download|community|forum)\."
    """Names people visit to read about a program; they are no sign that it runs."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH named AS (
    SELECT src_ip, query::VARCHAR AS host, NULL::VARCHAR AS dst_ip, NULL::INTEGER AS dst_port, time,
           evidence_id, 'dns_activity' AS tbl, frame, 0 AS certificate
    FROM lookups
    WHERE NOT is_response
      AND query IN (SELECT name::host FROM name WHERE regexp_matches(name, $services))
    UNION ALL
    SELECT src_ip, lower(server_name), dst_ip, dst_port, time, evidence_id, 'tls_activity', frame,
           0 FROM tls_activity
    WHERE src_ip IS NOT NULL AND regexp_matches(lower(server_name), $services)
    UNION ALL
    SELECT src_ip, NULL, dst_ip, dst_port, time, evidence_id, 'tls_activity', frame, 1
    FROM tls_activity
    WHERE src_ip IS NOT NULL AND (regexp_matches(certificate_subject, $certificates)
        OR regexp_matches(client_certificate_subject, $certificates))
),
used AS (
    SELECT *, coalesce(lower(regexp_extract(host, $services, 2)),
                       'by its certificate') AS program
    FROM named WHERE host IS NULL OR NOT regexp_matches(host, $sites)
),
client AS (
    SELECT src_ip, program,
           list(DISTINCT dst_ip ORDER BY dst_ip) FILTER (dst_ip IS NOT NULL) AS dst_ips,
           list(DISTINCT dst_port ORDER BY dst_port) FILTER (dst_port IS NOT NULL) AS dst_ports,
           list(DISTINCT host ORDER BY host) FILTER (host IS NOT NULL) AS hosts,
           sum(certificate)::BIGINT AS certificates,
           count(*) FILTER (tbl = 'tls_activity') AS connections, min(time) AS t0, max(time) AS t1,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM used GROUP BY src_ip, program
),
spread AS (SELECT program, count(DISTINCT src_ip) AS users FROM used GROUP BY program)
SELECT [c.src_ip] AS src_ips, coalesce(c.dst_ips, []) AS dst_ips,
       coalesce(c.hosts, []) AS dst_names, coalesce(c.dst_ports, []) AS dst_ports,
       'tcp' AS protocol, c.t0 AS first_seen_time,
       c.t1 AS last_seen_time, c.evidence, c.program, c.certificates, c.connections, s.users,
       h.active
FROM client c JOIN spread s USING (program) CROSS JOIN active_hosts h
ORDER BY c.t0, c.src_ip, c.program
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one host's use of one program: at most low, for who may use it is not in evidence."""
    connections, users = cast(int, row["connections"]), cast(int, row["users"])
    active, program = cast(int, row["active"]), str(row["program"])
    terms: dict[str, Term] = {}
    if row["dst_names"]:
        terms["name_of_a_service"] = term(1.0, program)
    if connections:
        terms["connections"] = term(1.0, connections)
    if cast(int, row["certificates"]):
        terms["certificate_of_the_program"] = term(2.0, cast(int, row["certificates"]))
    if users >= 3 and users > 0.25 * active:
        terms["many_users"] = term(-1.5, users)
    else:
        upper = wilson_upper(users, active)
        terms["users_share_at_most"] = term(ramp(upper, 0.4, 0.1, 1.0), upper)
    src = cast(list[str], row["src_ips"])[0]
    return Judgement(
        title=f"{src} ran a remote-access program ({program})",
        severity=Severity.LOW if confidence(PRIOR, terms) >= 0.5 else Severity.INFORMATIONAL,
        terms=terms,
        facts={"program": program, "connections": connections},
        together=Together(key=(program,), title=_together),
    )


def _together(sources: tuple[str, ...], places: tuple[str, ...]) -> str:
    return f"{count_text(len(sources), 'host')} ran a remote-access program ({places[0]})"


DETECTOR = Detector(
    title="Remote-access program",
    summary="A program with which somebody outside may steer a host.",
    blind_spots="Programs that speak to servers of their owner; encrypted names.",
    benign="The help desk's own tool.",
    look_next="Who installed it and when, whether the help desk uses it, sessions at odd hours.",
    reads=("dns_activity", "tls_activity"),
    techniques=("T1219",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one look-up or handshake",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
