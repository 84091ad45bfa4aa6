"""An account that was broken into: refused again and again, then let in, then something changed.

Finds        In logs of identity providers, clouds and hosts: an account whose password fails many
             times from one source that is then let in (guessing, also where the source goes through
             several accounts and one lets it in), or whose second factor is refused several times
             and then granted (push fatigue); more when the source or country is new to the account,
             and when it then makes credentials, grants roles, consents, forwards mail or turns
             logging off.
Blind spots  A password that was right at once; stolen sessions and tokens; logs that name no
             account; distance between two logins (no table of locations is used).
Often benign People who forgot a new password; a phone without signal; a script with an old secret
             beside the new one.
Look next    Ask the person by another way; what the account did since; sessions to be ended.
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
    """How many refusals before a success are too many."""

    min_failures: int = 8
    """Wrong passwords from the source that is then let in; people give up after three to five."""
    min_refusals: int = 3
    """Second factors that were refused before one was granted; one is a slip, two a bad signal."""
    window_s: int = 3600
    """Before the success; guessing and pushing are done at a stretch."""
    min_others: int = 2
    """Other accounts that the source was refused for: one may be a slip in one's own name."""
    min_source_failures: int = 20
    """Wrong passwords from the source for all accounts; slips behind one address are fewer."""
    after_s: int = 86400
    """After it, in which a change counts: whoever gets in makes sure to stay within the day."""
    min_earlier: int = 5
    """Earlier logins of the account below which nothing is new to it."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH login AS (
    SELECT lower(account) AS account, provider, src_ip, src_country, time, frame, evidence_id,
           outcome, coalesce(mfa IN ('denied', 'failed'), false) AS second
    FROM authentication
    WHERE provider IS NOT NULL AND account IS NOT NULL AND outcome IS NOT NULL
      AND src_ip IS NOT NULL AND NOT coalesce(is_decoy, false)
      AND NOT ends_with(account, '$')
),
let_in AS (
    SELECT s.account, s.provider, s.src_ip, s.src_country, s.time AS entered, min(f.time) AS begun,
           count(*) FILTER (NOT f.second AND f.src_ip = s.src_ip) AS failures,
           count(*) FILTER (f.second) AS refusals
    FROM login s JOIN login f ON f.account = s.account AND f.provider = s.provider
     AND f.time <= s.time AND f.time >= s.time - to_seconds($window_s)
    WHERE s.outcome = 'success' AND f.outcome = 'failure'
      AND (f.second OR f.src_ip = s.src_ip)
    GROUP BY ALL
),
tried AS (
    SELECT s.account, s.provider, s.src_ip, s.entered,
           count(DISTINCT f.account) AS others, count(*) AS of_others
    FROM let_in s JOIN login f ON f.provider = s.provider AND f.src_ip = s.src_ip
     AND f.time <= s.entered AND f.time >= s.entered - to_seconds($window_s)
    WHERE f.outcome = 'failure' AND NOT f.second AND f.account <> s.account AND s.failures > 0
    GROUP BY ALL
),
weighed AS (
    SELECT let_in.*, coalesce(others, 0) AS others, coalesce(of_others, 0) AS of_others
    FROM let_in LEFT JOIN tried USING (account, provider, src_ip, entered)
),
entry AS (
    SELECT account, provider, src_ip, min(entered) AS entered, min(begun) AS begun,
           max(failures) AS failures, max(refusals) AS refusals, max(src_country) AS src_country,
           max(others) AS others, max(of_others) AS of_others
    FROM weighed WHERE failures >= $min_failures OR refusals >= $min_refusals
        OR others >= $min_others AND failures + of_others >= $min_source_failures
    GROUP BY account, provider, src_ip
),
known AS (
    SELECT e.account, e.provider, e.src_ip, count(*) AS earlier,
           count(*) FILTER (l.src_ip = e.src_ip) AS from_here,
           count(*) FILTER (l.src_country = e.src_country) AS from_country,
           count(l.src_country) AS with_country
    FROM entry e JOIN login l ON l.account = e.account AND l.provider = e.provider
    WHERE l.outcome = 'success' AND l.time < e.begun
    GROUP BY ALL
),
step AS (
    SELECT e.account, e.provider, e.src_ip, l.time, l.evidence_id, 'authentication' AS tbl, l.frame,
           NULL AS change, NULL AS operation
    FROM entry e JOIN login l ON l.account = e.account AND l.provider = e.provider
    WHERE l.time BETWEEN e.begun AND e.entered
    UNION ALL
    SELECT e.account, e.provider, e.src_ip, c.time, c.evidence_id, 'api_activity', c.frame,
           c.change, c.operation
    FROM entry e JOIN api_activity c ON lower(c.account) = e.account
    WHERE c.change IS NOT NULL AND coalesce(c.outcome, 'success') = 'success'
      AND (c.src_ip = e.src_ip OR c.src_ip IS NULL)
      AND c.time >= e.entered AND c.time <= e.entered + to_seconds($after_s)
),
told AS (
    SELECT account, provider, src_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT change ORDER BY change) FILTER (change IS NOT NULL) AS changes,
           list(DISTINCT operation ORDER BY operation) FILTER (operation IS NOT NULL)[1:8]
               AS operations,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM step GROUP BY account, provider, src_ip
)
SELECT [src_ip] AS src_ips,
       []::VARCHAR[] AS dst_ips, []::VARCHAR[] AS dst_names, []::INTEGER[] AS dst_ports,
       NULL::VARCHAR AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       [account] AS accounts, account, provider, entered, failures, refusals, others, of_others,
       changes, operations, src_country, coalesce(earlier, 0) AS earlier,
       coalesce(from_here, 0) AS from_here,
       coalesce(from_country, 0) AS from_country, coalesce(with_country, 0) AS with_country
FROM entry JOIN told USING (account, provider, src_ip)
LEFT JOIN known USING (account, provider, src_ip)
ORDER BY first_seen_time, account, provider, src_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one account that was let in after refusals."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    changes = cast("list[str] | None", row["changes"]) or []
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.85:
        severity = Severity.CRITICAL if changes else Severity.HIGH
    refusals, failures = cast(int, row["refusals"]), cast(int, row["failures"])
    pushed = refusals >= PARAMS.min_refusals
    after = (
        f"{count_text(refusals, 'refused second factor')}"
        if pushed
        else f"{count_text(failures, 'wrong password')}"
    )
    if not pushed and _is_list(row):
        others = count_text(cast(int, row["others"]), "other account")
        after += f", and {cast(int, row['of_others']):,} for {others}"
    source = cast(list[str], row["src_ips"])[0]
    techniques = ["T1621" if pushed else "T1110.001", "T1078"]
    if changes:
        techniques.append("T1098")
    return Judgement(
        title=f"{row['account']} was let in to {row['provider']} from {source} after {after}"
        + (f", then changed: {', '.join(changes)}" if changes else ""),
        severity=severity,
        terms=terms,
        techniques=tuple(techniques),
        facts={
            "entered_time": row["entered"],
            "failures": failures,
            "refusals": refusals,
            "changes": changes,
            "operations": row["operations"],
            "country": row["src_country"],
        },
        succeeded=True,
    )


def _terms(row: Row) -> dict[str, Term]:
    failures, refusals = cast(int, row["failures"]), cast(int, row["refusals"])
    earlier, here = cast(int, row["earlier"]), cast(int, row["from_here"])
    changes = cast("list[str] | None", row["changes"]) or []
    terms = {}
    if failures >= PARAMS.min_failures:
        terms["wrong_passwords_before"] = term(1.5 + ramp(failures, 8, 40, 2.0), failures)
    if refusals >= PARAMS.min_refusals:
        terms["second_factors_refused_before"] = term(2.0 + ramp(refusals, 3, 8, 2.0), refusals)
    if _is_list(row):
        of_others = cast(int, row["of_others"])
        terms["wrong_passwords_for_others"] = term(3.0 + ramp(of_others, 10, 40, 2.0), of_others)
    if earlier >= PARAMS.min_earlier:
        terms["earlier_logins_from_here"] = term(-2.5 if here else 1.0, here)
        if cast(int, row["with_country"]) >= PARAMS.min_earlier and row["src_country"]:
            country = cast(int, row["from_country"])
            terms["earlier_logins_from_country"] = term(0.0 if country else 1.5, country)
    if changes:
        terms["changes_after"] = term(2.0, ", ".join(changes))
    return terms


def _is_list(row: Row) -> bool:
    """Whether the source went through several accounts, this one among them."""
    total = cast(int, row["failures"]) + cast(int, row["of_others"])
    return cast(int, row["others"]) >= PARAMS.min_others and total >= PARAMS.min_source_failures


DETECTOR = Detector(
    title="Account broken into",
    summary="An account refused again and again, then let in; and what it changed after that.",
    blind_spots="A password that was right at once; stolen sessions; distance between logins.",
    benign="A forgotten password; a phone without signal; a script with an old secret.",
    look_next="Ask the person by another way; what the account did since; its sessions.",
    reads=("authentication", "api_activity"),
    techniques=("T1110.001", "T1621", "T1078", "T1098"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="8 wrong passwords or 3 refused second factors, then a login",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
