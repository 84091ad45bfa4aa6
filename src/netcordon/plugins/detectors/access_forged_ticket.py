"""Kerberos tickets that the controller did not give, or gave in another's name.

Finds        Tickets under RC4 where the controllers issue that very ticket under AES: a ticket
             made at home from a stolen NT hash, for everything (golden) or for one service
             (silver); tickets asked for in the name of somebody else, and used as his
             (S4U2self, S4U2proxy: [MS-SFU]), by a source that does so for one account only;
             tickets of an account on a host where it never logged in, minutes after it logged in
             elsewhere.
Blind spots  Tickets forged with a stolen AES key; odd lifetimes and groups, which stand inside the
             sealed part; logins before the capture begins.
Often benign Trusts between domains, whose tickets may still be RC4; web servers with delegation,
             which act for many users; tickets kept from before the capture.
Look next    What the ticket opened (AP-REQ and SMB sessions of the source), event 4769 without
             4768 at the controllers; a golden ticket ends with two changes of krbtgt's password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of RFC 4757, RFC 3962 and [MS-SFU]."""

    rc4: int = 23
    """Encryption type rc4-hmac, whose key is the NT hash itself (RFC 4757)."""
    in_place_of: int = 131072
    """KDC option cname-in-addl-tkt (bit 14): a ticket in the name of another ticket's owner
    ([MS-SFU] section 2.2.3)."""
    delegation_s: int = 60
    """Time from asking for a ticket in another's name to using it."""
    moved_s: int = 3600
    """Time within which a ticket that was stolen at a login is used elsewhere."""
    service_users: int = 3
    """Accounts for which a source asks from which on it is a service with delegation."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH k AS (
    SELECT *, lower(client_name) AS client, lower(service_name) AS sname, lower(realm) AS zone,
           {'evidence_id': evidence_id, 'table': 'kerberos_activity', 'frame': frame} AS place
    FROM kerberos_activity
),
-- What controllers issue, for every ticket name.
issued AS (
    SELECT CASE WHEN starts_with(sname, 'krbtgt') THEN 'krbtgt' ELSE sname END AS ticket, zone,
           count(*) FILTER (ticket_encryption_type IN (17, 18)) AS strong,
           count(*) FILTER (ticket_encryption_type = $rc4) AS weak
    FROM k WHERE message_type IN ('AS-REP', 'TGS-REP') AND ticket_encryption_type IS NOT NULL
    GROUP BY ALL
),
shown AS (
    SELECT 'golden' AS kind, src_ip, dst_ip, dst_port, 'krbtgt' AS ticket, zone, time, place
    FROM k WHERE message_type = 'TGS-REQ' AND ticket_encryption_type = $rc4
    UNION ALL
    SELECT 'silver', src_ip, dst_ip, dst_port, sname, zone, time, place FROM k
    WHERE message_type = 'AP-REQ' AND ticket_encryption_type = $rc4
),
weak AS (
    SELECT s.kind, s.src_ip, s.dst_ip, list(DISTINCT s.dst_port ORDER BY s.dst_port) AS ports,
           min(s.time) AS t0, max(s.time) AS t1, list(s.place ORDER BY s.place)[1:200] AS evidence,
           []::VARCHAR[] AS accounts, min(s.ticket) AS ticket, count(*) AS times,
           max(i.strong) AS issued_strong, 0::BIGINT AS others
    FROM shown s JOIN issued i USING (ticket, zone)
    WHERE i.strong > 0 AND i.weak = 0 GROUP BY s.kind, s.src_ip, s.dst_ip
),
asked AS (
    SELECT src_ip, dst_ip, count(DISTINCT lower(impersonated_name)) AS people,
           list(DISTINCT lower(impersonated_name) ORDER BY lower(impersonated_name)) AS accounts,
           min(time) AS t0, list(place ORDER BY place)[1:100] AS proofs, count(*) AS times,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports
    FROM k WHERE message_type = 'TGS-REQ' AND impersonated_name IS NOT NULL GROUP BY src_ip, dst_ip
),
proxied AS (
    SELECT a.src_ip, a.dst_ip, count(*) AS uses, max(k.time) AS t1, min(k.sname) AS ticket,
           list(k.place ORDER BY k.place)[1:100] AS proofs
    FROM asked a JOIN k ON k.src_ip = a.src_ip AND k.message_type = 'TGS-REQ'
     AND k.ticket_options & $in_place_of <> 0
     AND k.time BETWEEN a.t0 AND a.t0 + to_seconds($delegation_s)
    GROUP BY a.src_ip, a.dst_ip
),
delegated AS (
    SELECT 'delegated' AS kind, a.src_ip, a.dst_ip, a.ports, a.t0, coalesce(p.t1, a.t0) AS t1,
           list_concat(a.proofs, coalesce(p.proofs, [])) AS evidence, a.accounts[1:20] AS accounts,
           p.ticket, a.times, coalesce(p.uses, 0) AS issued_strong, a.people AS others
    FROM asked a LEFT JOIN proxied p USING (src_ip, dst_ip)
),
login AS (
    SELECT client, zone, src_ip, min(time) AS t FROM k
    WHERE message_type = 'AS-REP' AND NOT ends_with(client, '$') GROUP BY ALL
),
used AS (
    SELECT src_ip, dst_ip, client, zone, min(time) AS t, max(time) AS t1, count(*) AS times,
           list(place ORDER BY place)[1:100] AS evidence,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports, min(sname) AS ticket
    FROM k WHERE message_type = 'TGS-REP' AND client IS NOT NULL GROUP BY ALL
),
-- Only where the host's own logins are recorded does a missing one say anything.
moved AS (
    SELECT 'moved' AS kind, u.src_ip, u.dst_ip, u.ports, u.t AS t0, u.t1, u.evidence,
           [u.client] AS accounts, u.ticket, u.times,
           (SELECT count(*) FROM login w WHERE w.src_ip = u.src_ip AND w.t < u.t) AS issued_strong,
           1::BIGINT AS others
    FROM used u JOIN login l ON l.client = u.client AND l.zone = u.zone AND l.src_ip <> u.src_ip
     AND u.t > l.t AND u.t <= l.t + to_seconds($moved_s)
    ANTI JOIN login own ON own.client = u.client AND own.src_ip = u.src_ip
    WHERE EXISTS (SELECT 1 FROM login w WHERE w.src_ip = u.src_ip AND w.t < u.t)
    GROUP BY ALL
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       NULL::VARCHAR AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts,
       kind, ticket, times, issued_strong, others
FROM (FROM weak UNION ALL BY NAME FROM delegated UNION ALL BY NAME FROM moved)
ORDER BY first_seen_time, kind, src_ip, dst_ip, accounts
"""

_TECHNIQUES = {
    "golden": ("T1558.001",),
    "silver": ("T1558.002",),
    "delegated": ("T1550.003",),
    "moved": ("T1550.003",),
}


def judge(row: Row) -> Judgement | None:
    """Weigh what one source showed to one host."""
    kind, source = str(row["kind"]), cast(list[str], row["src_ips"])[0]
    target = cast(list[str], row["dst_ips"])[0]
    accounts, ticket = cast(list[str], row["accounts"]), str(row["ticket"])[:100]
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if kind in ("golden", "silver") and sure >= 0.8:
        severity = Severity.HIGH
    who = accounts[0][:80] if len(accounts) == 1 else count_text(len(accounts), "account")
    title = {
        "golden": f"{source} showed {target} a ticket for everything under RC4, where"
        " controllers issue it under AES only",
        "silver": f"{source} showed {target} a ticket for {ticket} under RC4, where"
        " controllers issue it under AES only",
        "delegated": f"{source} asked for tickets in the name of {who}"
        + (f" and used them for {ticket}" if row["issued_strong"] else ""),
        "moved": f"{source} used tickets of {who}, who had logged in on another host and never on"
        " this one",
    }[kind]
    return Judgement(
        title=title,
        severity=severity,
        terms=terms,
        techniques=_TECHNIQUES[kind],
        facts={"kind": kind, "ticket": row["ticket"], "times": row["times"]},
    )


def _terms(row: Row) -> dict[str, Term]:
    seen, others = cast(int, row["issued_strong"]), cast(int, row["others"])
    if row["kind"] in ("golden", "silver"):
        return {
            "ticket_under_rc4": term(1.5, cast(int, row["times"])),
            "issued_under_aes_only": term(1.5 + ramp(seen, 1, 6, 1.5), seen),
        }
    if row["kind"] == "delegated":
        terms = {"asked_in_the_name_of_another": term(1.2, cast(int, row["times"]))}
        if seen:
            terms["and_used_it_at_once"] = term(1.3, seen)
        if others >= PARAMS.service_users:
            terms["for_many_as_a_service_does"] = term(-2.5, others)
        return terms
    return {
        "logged_in_elsewhere_only": term(1.7, cast(list[str], row["accounts"])[0][:60]),
        "logins_of_this_host_are_recorded": term(ramp(seen, 0, 3, 0.8), seen),
    }


DETECTOR = Detector(
    title="Forged or borrowed ticket",
    summary="Kerberos tickets under a weaker key than controllers use, in another's name, or of an"
    " account that never logged in there.",
    blind_spots="Tickets forged with a stolen AES key; what stands inside the sealed part.",
    benign="Trusts between domains; services with delegation; tickets from before the capture.",
    look_next="What the ticket opened; event 4769 without 4768 at the controllers.",
    reads=("kerberos_activity",),
    techniques=("T1558.001", "T1558.002", "T1550.003"),
    partition_by="realm",
    params=PARAMS,
    minimum_sample="one ticket shown, and one that a controller issued for the same name",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
