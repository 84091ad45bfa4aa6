"""A login with a password's hash instead of the password (overpass-the-hash).

Finds        A Kerberos login that proves itself with RC4 and offers nothing else: whoever knows the
             password offers AES as well; whoever stole the NT hash can only do RC4.
Blind spots  Hashes of AES keys that were stolen too; tickets that were stolen whole.
Often benign Appliances and old Unix programs configured for RC4, seen day after day.
Look next    Where the hash was taken from, and every service this account then used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of RFC 4757 and of habit."""

    rc4: int = 23
    """Encryption type rc4-hmac, whose key is the NT hash itself (RFC 4757 section 2)."""
    habit: int = 20
    """Logins from which on a program with an old configuration is likelier than a thief."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH login AS (
    SELECT src_ip, dst_ip, dst_port, lower(client_name) AS client, time, frame, evidence_id, uid,
           len(encryption_types) = 1 AND encryption_types[1] = $rc4 AS rc4_alone,
           len(list_filter(encryption_types, lambda e: e IN (17, 18))) > 0 AS aes
    FROM kerberos_activity
    WHERE message_type = 'AS-REQ' AND coalesce(pre_authentication, false)
),
answered AS (
    SELECT DISTINCT uid, evidence_id FROM kerberos_activity WHERE message_type = 'AS-REP'
),
usual AS (SELECT client FROM login GROUP BY client HAVING bool_or(aes)),
-- A host that offers AES for anybody can do it: that it does not for this account is its choice.
able AS (SELECT src_ip FROM login GROUP BY src_ip HAVING bool_or(aes)),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1, count(*) AS logins,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(*) FILTER (a.uid IS NOT NULL) AS granted,
           count(DISTINCT l.client) FILTER (u.client IS NOT NULL) AS with_aes_elsewhere,
           list(DISTINCT l.client ORDER BY l.client) FILTER (l.client IS NOT NULL) AS accounts,
           evidence_of(l.evidence_id, 'kerberos_activity', l.frame) AS evidence
    FROM login l LEFT JOIN answered a ON a.uid = l.uid AND a.evidence_id = l.evidence_id
    LEFT JOIN usual u ON u.client = l.client
    WHERE rc4_alone GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       NULL::VARCHAR AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts,
       logins, granted, with_aes_elsewhere,
       EXISTS (FROM able WHERE able.src_ip = pair.src_ip) AS source_knows_aes
FROM pair
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one host's logins with RC4 alone."""
    logins, granted = cast(int, row["logins"]), cast(int, row["granted"])
    terms = {"rc4_offered_alone": term(2.2, logins)}
    if granted:
        terms["granted"] = term(0.3, granted)
    if row["with_aes_elsewhere"]:
        terms["account_uses_aes_elsewhere"] = term(2.0, cast(int, row["with_aes_elsewhere"]))
    if row["source_knows_aes"]:
        terms["source_offers_aes_for_others"] = term(1.0, None)
    if logins >= PARAMS.habit:
        terms["again_and_again"] = term(-1.5, logins)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    strange = row["with_aes_elsewhere"] and row["source_knows_aes"]
    if granted and strange and logins < PARAMS.habit:
        severity = Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    accounts = cast("list[str] | None", row["accounts"]) or []
    who = accounts[0] if len(accounts) == 1 else count_text(len(accounts), "account")
    return Judgement(
        title=f"{source} logged in at {target} as {who} with RC4 alone, as a stolen hash would",
        severity=severity,
        terms=terms,
        facts={"logins": logins, "granted": granted},
        # A ticket was granted; whether anything was entered with it is told by others.
        succeeded=None,
    )


DETECTOR = Detector(
    title="Login with a stolen hash",
    summary="A Kerberos login that offers RC4 and nothing else.",
    blind_spots="Stolen AES keys; stolen tickets.",
    benign="Appliances and old programs configured for RC4.",
    look_next="Where the hash was taken from, and what the account then used.",
    reads=("kerberos_activity",),
    techniques=("T1550.002",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one login",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
