"""Passwords guessed at a login that keeps a log, without ever getting in.

Finds        In logs of logins (OpenSSH, VPN, Windows, identity providers): one source whose logins
             fail again and again on accounts that it is never let in to. Many accounts within an
             hour are the spraying detector's, a success after failures the takeover detector's.
Blind spots  Sources that take turns, a try each; logs that name no source; a server whose log does
             not say which host it is.
Often benign A program with an old password; a mistyped script; vulnerability scanners of one's own;
             at servers that face the Internet, its background noise.
Look next    Whether the accounts exist, and their logins from elsewhere; who may reach that login.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row, Together
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, number_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """How many failures are too many."""

    min_failures: int = 10
    """In one hour; people give up, or call for help, after three to five."""
    min_slow_failures: int = 60
    """In all: whoever goes slowly, below a lockout, makes as many in days."""
    sprayed_accounts: int = 8
    """Accounts that failed within an hour from which on it is spraying, and told there."""
    window_s: int = 3600
    """Counted by the hour, the usual time after which a lockout counter starts anew."""
    guessed_names: str = r"^(root|admin|administrator|test|user|guest|oracle|postgres|ubuntu|pi)$"
    """Accounts that lists of guesses begin with, because they exist nearly everywhere."""
    logs_its_host: str = r"^(sshd|pam|openvpn|strongswan)$"
    """Whose lines name, as the log's host, the host that was logged in to."""
    insistent: int = 1000
    """Failures from outside from which on it is more than noise in passing."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH login AS (
    SELECT src_ip, is_internal(src_ip_hi, src_ip_lo) AS inside, dst_ip, provider,
           lower(account) AS account, outcome, time, frame, evidence_id,
           CASE WHEN regexp_matches(provider, $logs_its_host) THEN lower(domain) END AS host,
           coalesce(status_detail, '') IN ('no such user', 'unknown user', 'invalid user')
               AS unknown,
           time_bucket(to_seconds($window_s), time) AS hour
    FROM authentication
    WHERE provider IS NOT NULL AND outcome IS NOT NULL AND src_ip IS NOT NULL
      AND NOT coalesce(is_decoy, false) AND NOT coalesce(ends_with(account, '$'), false)
      AND coalesce(mfa, '') NOT IN ('denied', 'failed')
),
let_in AS (
    SELECT DISTINCT src_ip, provider, account FROM login
    WHERE outcome = 'success' AND account IS NOT NULL
),
failed AS (
    SELECT l.* FROM login l ANTI JOIN let_in i
      ON i.src_ip = l.src_ip AND i.provider = l.provider AND i.account = l.account
    WHERE l.outcome = 'failure'
),
hourly AS (
    SELECT src_ip, provider, host, hour, count(*) AS n, count(DISTINCT account) AS accounts,
           count(*) / greatest((epoch(max(time)) - epoch(min(time))) / 60, 1.0) AS per_minute
    FROM failed GROUP BY ALL
),
source AS (
    SELECT src_ip, provider, host, max(n) AS most, max(per_minute) AS per_minute
    FROM hourly GROUP BY ALL
    HAVING (max(n) >= $min_failures OR sum(n) >= $min_slow_failures)
       AND max(accounts) < $sprayed_accounts
),
known AS (
    SELECT lower(host_name) AS name, min(ip) AS ip FROM host_identity
    WHERE host_name IS NOT NULL AND ip IS NOT NULL
    GROUP BY lower(host_name) HAVING count(DISTINCT ip) = 1
),
told AS (
    SELECT f.src_ip, f.inside, f.provider, f.host, count(*) AS failures,
           count(DISTINCT f.account) AS accounts, min(f.time) AS t0, max(f.time) AS t1,
           count(DISTINCT f.hour) AS hours, s.per_minute,
           count(*) FILTER (f.unknown) / count(*) AS unknown,
           count(*) FILTER (regexp_matches(coalesce(f.account, ''), $guessed_names)) / count(*)
               AS guessed,
           coalesce(list(DISTINCT coalesce(f.dst_ip, k.ip) ORDER BY coalesce(f.dst_ip, k.ip))
               FILTER (coalesce(f.dst_ip, k.ip) IS NOT NULL), []) AS dst_ips,
           coalesce(list(DISTINCT f.account ORDER BY f.account)
               FILTER (f.account IS NOT NULL), [])[1:50] AS names,
           evidence_of(f.evidence_id, 'authentication', f.frame) AS evidence
    FROM failed f
    JOIN source s ON s.src_ip = f.src_ip AND s.provider = f.provider
     AND s.host IS NOT DISTINCT FROM f.host
    LEFT JOIN known k ON k.name = f.host OR k.name = split_part(f.host, '.', 1)
    GROUP BY f.src_ip, f.inside, f.provider, f.host, s.per_minute
)
SELECT [src_ip] AS src_ips, dst_ips,
       list_filter([host], lambda x: x IS NOT NULL AND x <> '') AS dst_names,
       []::INTEGER[] AS dst_ports, NULL::VARCHAR AS protocol, t0 AS first_seen_time,
       t1 AS last_seen_time, evidence, names AS accounts, provider AS apart, src_ip, inside,
       provider, host, failures, accounts AS tried, hours, per_minute, unknown, guessed
FROM told
ORDER BY first_seen_time, src_ip, provider, host
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the failures of one source at one login."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    failures, tried = cast(int, row["failures"]), cast(int, row["tried"])
    where = str(row["host"] or next(iter(cast(list[str], row["dst_ips"])), ""))
    at = f"{row['provider']} on {where}" if where else str(row["provider"])
    return Judgement(
        title=f"{row['src_ip']} failed {count_text(failures, 'time')} to log in to {at} as"
        f" {count_text(tried, 'account')}, up to {number_text(cast(float, row['per_minute']))} a"
        " minute, and never got in as any of them",
        severity=_severity(row, sure),
        terms=terms,
        facts={
            "failures": failures,
            "hours": row["hours"],
            "accounts_that_do_not_exist_share": round(cast(float, row["unknown"]), 3),
        },
        succeeded=False,
        together=None
        if row["inside"] or _knows_names(row, sure)
        else Together(
            key=(str(row["provider"]), where),
            title=lambda sources, _: (
                f"{count_text(len(sources), 'stranger')} guessed passwords at"
                f" {at} and never got in, as on any day"
            ),
            apart=at,
        ),
    )


def _severity(row: Row, sure: float) -> Severity:
    """From outside it is the weather, unless the names are ours; from inside somebody's hand."""
    failures, tried = cast(int, row["failures"]), cast(int, row["tried"])
    if not row["inside"]:
        insists = failures >= PARAMS.insistent and sure >= 0.85
        return Severity.MEDIUM if insists or _knows_names(row, sure) else Severity.LOW
    if sure < 0.5:
        return Severity.LOW
    is_list = tried >= 3 or cast(float, row["unknown"]) >= 0.5
    return Severity.HIGH if sure >= 0.9 and failures >= 50 and is_list else Severity.MEDIUM


def _knows_names(row: Row, sure: float) -> bool:
    """Whether several accounts are tried that exist, and that no list of guesses begins with."""
    from_lists = max(cast(float, row["unknown"]), cast(float, row["guessed"]))
    return cast(int, row["tried"]) >= 3 and from_lists < 0.5 and sure >= 0.7


def _terms(row: Row) -> dict[str, Term]:
    failures, tried = cast(int, row["failures"]), cast(int, row["tried"])
    rate, unknown = cast(float, row["per_minute"]), cast(float, row["unknown"])
    terms = {
        "failures": term(0.5 + ramp(math.log10(failures), 1.0, 2.5, 2.5), failures),
        "most_per_minute": term(ramp(rate, 1, 10, 1.5), rate),
        "accounts": term(ramp(tried, 1, 6, 1.5), tried),
    }
    if unknown:
        terms["accounts_that_do_not_exist_share"] = term(ramp(unknown, 0.0, 0.5, 1.0), unknown)
    if guessed := cast(float, row["guessed"]):
        terms["names_that_everybody_guesses_share"] = term(ramp(guessed, 0.0, 0.5, 0.7), guessed)
    if tried == 1 and rate < 2 and not unknown:
        terms["one_account_at_a_steady_pace"] = term(-2.5, rate)
    return terms


DETECTOR = Detector(
    title="Password guessing in logs of logins",
    summary="One source whose logins fail again and again on accounts it is never let in to.",
    blind_spots="Sources that take turns; logs that name no source; servers whose log does not say"
    " which host it is.",
    benign="A program with an old password; scanners of one's own; the Internet's noise.",
    look_next="Whether the accounts exist, their logins from elsewhere, who may reach that login.",
    reads=("authentication", "host_identity"),
    techniques=("T1110.001",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="10 failures within an hour, or 60 in all",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
