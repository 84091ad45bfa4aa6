"""Tickets collected to guess passwords from (Kerberoasting, AS-REP roasting).

Finds        A source that asks for tickets of many services within minutes, or for RC4 alone,
             which no current client does, and gets them; and logins without pre-authentication that
             ask for RC4 alone.
Blind spots  A patient collector who asks for AES and for few services; tickets asked by a program
             that offers what the system offers; one-sided captures.
Often benign Applications with many back ends, vulnerability scans, systems before 2008 that know no
             AES (they offer DES and RC4's variants too, not RC4 alone).
Look next    The service accounts named, the age and length of their passwords, logins with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """How much is a collection."""

    window_s: int = 600
    """Tickets are counted by ten minutes: a logon asks for a handful, a tool for all at once."""
    min_services: int = 10
    """Different services (beside computers' own and the ticket office) in one window."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH message AS (
    SELECT uid, evidence_id, src_ip, dst_ip, dst_port, time, frame, message_type, client_name,
           service_name, encryption_types, ticket_encryption_type, pre_authentication,
           time_bucket(to_seconds($window_s), time) AS part
    FROM kerberos_activity
    WHERE message_type IN ('AS-REQ', 'AS-REP', 'TGS-REQ', 'TGS-REP')
),
granted AS (
    -- Which logins got an answer without a proof, by the flow they went in.
    SELECT DISTINCT uid, evidence_id, lower(client_name) AS client FROM message
    WHERE message_type = 'AS-REP'
),
marked AS (
    SELECT m.*,
           message_type = 'TGS-REQ' AND service_name IS NOT NULL
             AND NOT regexp_matches(lower(service_name), '^(krbtgt|kadmin)/|\\$')
             AND NOT regexp_matches(lower(service_name),
                 '^(host|cifs|ldap|dns|rpcss|restrictedkrbhost|gc|wsman|termsrv)/') AS for_service,
           len(encryption_types) = 1 AND encryption_types[1] = 23 AS rc4_only,
           message_type = 'AS-REQ' AND NOT coalesce(pre_authentication, false)
             AND NOT ends_with(coalesce(client_name, ''), '$')
             AND EXISTS (FROM granted g WHERE g.uid = m.uid AND g.evidence_id = m.evidence_id
                         AND g.client = lower(m.client_name)) AS unproved
    FROM message m
),
-- Hosts that offer AES at least once know it; one that never does may know no better.
able AS (
    SELECT DISTINCT src_ip FROM message
    WHERE message_type IN ('AS-REQ', 'TGS-REQ') AND list_has_any(encryption_types, [17, 18])
),
collected AS (
    SELECT src_ip, dst_ip, part, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(DISTINCT lower(service_name)) FILTER (for_service) AS services,
           count(DISTINCT lower(service_name)) FILTER (message_type = 'TGS-REQ' AND rc4_only
               AND NOT regexp_matches(lower(service_name), '^krbtgt/')) AS rc4_services,
           count(DISTINCT lower(client_name)) FILTER (unproved AND rc4_only) AS unproved_rc4,
           count(DISTINCT lower(client_name)) FILTER (unproved) AS unproved,
           count(*) FILTER (message_type = 'TGS-REP' AND ticket_encryption_type = 23)
               AS rc4_tickets,
           list(DISTINCT service_name ORDER BY service_name)
               FILTER (for_service OR message_type = 'TGS-REQ' AND rc4_only)[1:8] AS names,
           list(DISTINCT client_name ORDER BY client_name)
               FILTER (client_name IS NOT NULL AND NOT ends_with(client_name, '$')) AS accounts,
           evidence_of(evidence_id, 'kerberos_activity',
                       CASE WHEN for_service OR rc4_only OR unproved THEN frame END)
               AS evidence
    FROM marked GROUP BY src_ip, dst_ip, part
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       NULL::VARCHAR AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts,
       services, rc4_services, unproved_rc4, unproved, rc4_tickets, names,
       EXISTS (FROM able WHERE able.src_ip = collected.src_ip) AS knows_aes
FROM collected
WHERE services >= $min_services OR rc4_services > 0 OR unproved_rc4 > 0 OR unproved >= 3
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh ten minutes of one source's tickets."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    wide = cast(int, row["rc4_services"]) >= (3 if row["knows_aes"] else PARAMS.min_services)
    if wide or cast(int, row["unproved_rc4"]) >= 3:
        severity = Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    unproved = cast(int, row["unproved_rc4"]) or cast(int, row["unproved"])
    services = max(cast(int, row["services"]), cast(int, row["rc4_services"]))
    by_service = bool(services)
    what = (
        f"{count_text(services, 'service')}"
        if by_service
        else f"{count_text(unproved, 'account')} that need no proof"
    )
    return Judgement(
        title=f"{source} collected tickets of {what} at {target}",
        severity=severity,
        terms=terms,
        techniques=("T1558.003",) if by_service else ("T1558.004",),
        facts={"names": row["names"], "tickets_in_rc4": row["rc4_tickets"]},
        succeeded=True if row["rc4_tickets"] else None,
    )


def _terms(row: Row) -> dict[str, Term]:
    def number(name: str) -> int:
        return cast(int, row[name])

    terms = {}
    if number("services") >= PARAMS.min_services:
        wide = ramp(math.log10(number("services")), 1.0, 1.7, 1.5)
        terms["services_in_a_window"] = term(1.5 + wide, number("services"))
    if number("rc4_services"):
        many = ramp(number("rc4_services"), 1, 5, 2.0)
        terms["asked_for_rc4_alone"] = term(2.6 + many, number("rc4_services"))
        if not row["knows_aes"]:
            # An old configuration asks so for everything, day by day.
            terms["never_offers_anything_else"] = term(-1.5, None)
    if number("rc4_tickets") >= 3:
        terms["tickets_in_rc4"] = term(0.5, number("rc4_tickets"))
    if number("unproved_rc4"):
        many = ramp(number("unproved_rc4"), 1, 5, 2.0)
        terms["no_proof_and_rc4_alone"] = term(2.6 + many, number("unproved_rc4"))
    elif number("unproved") >= 3:
        # Accounts that need no proof exist; three in ten minutes are looked for.
        terms["logins_without_proof"] = term(2.0, number("unproved"))
    return terms


DETECTOR = Detector(
    title="Tickets collected for guessing",
    summary="Many service tickets in minutes, RC4 asked for alone, logins that need no proof.",
    blind_spots="Patient collectors that ask for AES; programs that offer what the system offers.",
    benign="Applications with many back ends; systems before 2008.",
    look_next="The service accounts, the age of their passwords, and logins with them.",
    reads=("kerberos_activity",),
    techniques=("T1558.003", "T1558.004"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one request for RC4 alone, or 10 services in ten minutes",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
