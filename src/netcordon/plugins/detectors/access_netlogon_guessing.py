"""Logins as a computer tried over and over at a domain controller (Zerologon).

Finds        Many authentications of the secure channel (NetrServerAuthenticate*, MS-NRPC) for
             one computer account, by one source at one controller within a short time: the flaw
             CVE-2020-1472 accepts a guess once in 256. Worse when this account is accepted after
             refusals, or its password is set after them.
Blind spots  A lucky guess within the first few tries; controllers reached through a relay.
Often benign A computer whose password is out of step tries again, a few times an hour; a
             branch behind one address logs in as many computers, one login each.
Look next    The controller's own password (it may now be empty), replication by strangers
             afterwards, and the logins of its computer account.
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
    """How many are too many."""

    min_tries: int = 10
    """Authentications: a computer needs one, and one more when its channel breaks."""
    window_s: int = 3600
    """Tries are counted by the hour and the account: misjoined computers try again every quarter of
    an hour."""
    fast_per_minute: float = 5.0
    """Tries a minute from which on they are guesses; 256 of them, the mean until the flaw lets one
    in, should not take an hour. A computer waits minutes between its logins."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH call AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, object, status,
           time_bucket(to_seconds($window_s), time) AS hour,
           operation LIKE 'NetrServerAuthenticate%' AS tries,
           operation LIKE 'NetrServerPasswordSet%' AS sets
    FROM dcerpc_activity
    WHERE interface = 'netlogon'
      AND (operation LIKE 'NetrServerAuthenticate%' OR operation LIKE 'NetrServerPasswordSet%')
),
first_refusal AS (
    SELECT src_ip, dst_ip, hour, object, min(time) AS since FROM call
    WHERE tries AND status = '0xc0000022' GROUP BY src_ip, dst_ip, hour, object
),
-- Many computers behind one address: what counts is what happens to one account.
guessed AS (
    SELECT c.src_ip, c.dst_ip, c.hour, c.object, min(c.time) AS t0, max(c.time) AS t1,
           list(DISTINCT c.dst_port ORDER BY c.dst_port) AS ports,
           count(*) FILTER (c.tries) AS tries,
           count(*) FILTER (c.sets AND c.time >= r.since
                            AND coalesce(c.status, '0x00000000') = '0x00000000') AS sets,
           count(*) FILTER (c.tries AND c.status = '0xc0000022') AS refused,
           count(*) FILTER (c.tries AND c.status = '0x00000000' AND c.time >= r.since) AS accepted,
           evidence_of(c.evidence_id, 'dcerpc_activity', c.frame) AS evidence
    FROM call c LEFT JOIN first_refusal r
      ON r.src_ip = c.src_ip AND r.dst_ip = c.dst_ip AND r.hour = c.hour
     AND r.object IS NOT DISTINCT FROM c.object
    GROUP BY c.src_ip, c.dst_ip, c.hour, c.object
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       CASE WHEN object IS NULL THEN []::VARCHAR[] ELSE [object] END AS accounts, tries, sets,
       refused, accepted,
       tries / greatest((epoch(t1) - epoch(t0)) / 60, 0.1) AS per_minute
FROM guessed WHERE tries >= $min_tries
ORDER BY first_seen_time, src_ip, dst_ip, object
"""


def judge(row: Row) -> Judgement | None:
    """Weigh an hour of authentications of the secure channel."""
    tries, per_minute = cast(int, row["tries"]), cast(float, row["per_minute"])
    terms: dict[str, Term] = {
        "authentications": term(1.0 + ramp(math.log10(tries), 1.0, 2.0, 2.0), tries),
        "per_minute": term(ramp(per_minute, 1, 30, 2.0), per_minute),
    }
    if row["refused"]:
        terms["refused"] = term(1.0, cast(int, row["refused"]))
    entered = bool(row["sets"]) or bool(row["accepted"])
    if row["sets"]:
        terms["password_set_afterwards"] = term(1.5, cast(int, row["sets"]))
    elif entered:
        terms["accepted_after_refusals"] = term(1.0, cast(int, row["accepted"]))
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    fast = per_minute >= PARAMS.fast_per_minute
    if sure >= 0.85 and fast and tries >= 2 * PARAMS.min_tries:
        severity = Severity.CRITICAL if entered else Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    return Judgement(
        title=f"{source} tried {count_text(tries, 'time')} to authenticate as a computer at"
        f" {target}" + (", and got in" if entered else ""),
        severity=severity,
        terms=terms,
        facts={
            "tries": tries,
            "refused": row["refused"],
            "passwords_set": row["sets"],
            "tries_per_min": round(per_minute, 1),
        },
        succeeded=True if entered else None,
    )


DETECTOR = Detector(
    title="Guessing at the secure channel",
    summary="A computer's login tried over and over at a domain controller (CVE-2020-1472).",
    blind_spots="A guess that is right within the first few tries.",
    benign="A computer whose password is out of step, a few times an hour.",
    look_next="The controller's own password, replication by strangers, its account's logins.",
    reads=("dcerpc_activity",),
    techniques=("T1210",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="10 authentications of one account in an hour",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
