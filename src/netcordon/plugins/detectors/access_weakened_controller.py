"""A controller that answers logins with weaker keys than it could (skeleton key).

Finds        Logins whose client offered AES and whose answer is sealed with RC4 nevertheless: of
             accounts that were answered with AES before or by another controller, or of all
             accounts of one controller while another one of the same realm uses AES. A patch of
             the controller's memory that lets everybody in with a second password needs RC4.
Blind spots  Realms where RC4 is usual; controllers that are patched before the capture begins and
             have no other beside them.
Often benign Single accounts without AES keys: their password is older than the realm's AES.
Look next    Restart the controller and look again (the patch is gone then); who was on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of RFC 4757 and RFC 3962."""

    rc4: int = 23
    """Encryption type rc4-hmac; aes128 and aes256 are 17 and 18."""
    several: int = 3
    """Accounts that one controller answers with RC4 alone from which on it is not the accounts."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH offer AS (
    SELECT uid, evidence_id, max(frame) AS frame FROM kerberos_activity
    WHERE message_type = 'AS-REQ'
      AND len(list_filter(encryption_types, lambda e: e IN (17, 18))) > 0
    GROUP BY uid, evidence_id
),
answer AS (
    SELECT k.dst_ip AS controller, k.dst_port, lower(k.client_name) AS client,
           lower(k.realm) AS zone, k.src_ip, k.time, k.frame, k.evidence_id,
           k.encryption_types[1] = $rc4 AS weak,
           coalesce(k.ticket_encryption_type IN (17, 18), false) AS realm_knows_aes
    FROM kerberos_activity k SEMI JOIN offer o
      ON o.uid = k.uid AND o.evidence_id = k.evidence_id AND o.frame <= k.frame
    WHERE k.message_type = 'AS-REP' AND k.client_name IS NOT NULL
      AND k.encryption_types[1] IN (17, 18, $rc4)
),
strong AS (
    SELECT client, zone, controller, min(time) AS since FROM answer WHERE NOT weak GROUP BY ALL
),
weakened AS (
    SELECT a.controller, a.zone, list(DISTINCT a.dst_port ORDER BY a.dst_port) AS ports,
           count(*) AS logins, count(DISTINCT a.client) AS accounts_weak,
           list(DISTINCT a.client ORDER BY a.client)[1:50] AS accounts,
           count(DISTINCT a.client) FILTER (s.client IS NOT NULL) AS strong_elsewhere,
           bool_or(a.realm_knows_aes) AS realm_knows_aes, min(a.time) AS t0, max(a.time) AS t1,
           list(DISTINCT {'evidence_id': a.evidence_id, 'table': 'kerberos_activity',
                          'frame': a.frame}
                ORDER BY {'evidence_id': a.evidence_id, 'table': 'kerberos_activity',
                          'frame': a.frame})[1:500] AS evidence
    FROM answer a LEFT JOIN strong s ON s.client = a.client AND s.zone = a.zone
     AND (s.controller <> a.controller OR s.since < a.time)
    WHERE a.weak GROUP BY a.controller, a.zone
)
SELECT []::VARCHAR[] AS src_ips, [controller] AS dst_ips, []::VARCHAR[] AS dst_names,
       ports AS dst_ports, NULL::VARCHAR AS protocol, t0 AS first_seen_time, t1 AS last_seen_time,
       evidence, accounts, controller, logins, accounts_weak, strong_elsewhere, realm_knows_aes,
       (SELECT count(DISTINCT s.client) FROM strong s
        WHERE s.controller = weakened.controller AND s.zone = weakened.zone) AS strong_here,
       (SELECT count(DISTINCT s.client) FROM strong s
        WHERE s.controller <> weakened.controller AND s.zone = weakened.zone) AS strong_there
FROM weakened
ORDER BY first_seen_time, controller, zone
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the answers of one controller."""
    accounts, elsewhere = cast(int, row["accounts_weak"]), cast(int, row["strong_elsewhere"])
    terms = {"answered_with_rc4_though_aes_was_offered": term(0.8, cast(int, row["logins"]))}
    if row["realm_knows_aes"]:
        terms["its_tickets_are_under_aes"] = term(0.5, None)
    if elsewhere:
        terms["same_accounts_were_answered_with_aes"] = term(
            2.0 + ramp(elsewhere, 1, PARAMS.several, 1.0), elsewhere
        )
    here, there = cast(int, row["strong_here"]), cast(int, row["strong_there"])
    if accounts >= PARAMS.several and not here and there:
        terms["another_controller_uses_aes"] = term(1.5, there)
    if here > 3 * accounts and not elsewhere:
        terms["most_accounts_get_aes_here"] = term(-1.0, here)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.85 and elsewhere >= PARAMS.several:
        severity = Severity.HIGH
    names = cast(list[str], row["accounts"])
    who = names[0][:80] if accounts == 1 else count_text(accounts, "account")
    return Judgement(
        title=f"{row['controller']} answered logins of {who} with RC4 although AES was offered",
        severity=severity,
        terms=terms,
        facts={"logins": row["logins"], "accounts_answered_with_aes_elsewhere": elsewhere},
    )


DETECTOR = Detector(
    title="Weakened controller",
    summary="A controller answers logins with RC4 of accounts that are answered with AES"
    " elsewhere: its login check may be patched.",
    blind_spots="Realms where RC4 is usual; a single controller, patched before the capture.",
    benign="Single accounts without AES keys.",
    look_next="Restart the controller and look again; who was on it.",
    reads=("kerberos_activity",),
    techniques=("T1556.001",),
    partition_by="dst_ip: the controller",
    params=PARAMS,
    minimum_sample="one login answered with RC4 whose client offered AES",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
