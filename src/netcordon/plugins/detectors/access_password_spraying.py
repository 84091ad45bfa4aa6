"""A few passwords tried on many accounts, and accounts that are guessed by name.

Finds        One source whose logins fail on many different accounts, over any protocol that names
             them (SMB, Kerberos, LDAP, HTTP, FTP, mail): a few tries each, so that none is locked.
             A login that works after them is the aim.
Blind spots  Protocols that hide the account; sources that take turns; a try a day.
Often benign A gateway or mail server through which everybody logs in; terminal servers; a script
             with a list of expired accounts.
Look next    Accounts that were let in, the password they share, and their logins elsewhere.
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
    """How many accounts are too many."""

    min_accounts: int = 8
    """Different accounts that failed from one source in an hour; people have one or two."""
    window_s: int = 3600
    """Counted by the hour, the usual time after which a lockout counter starts anew."""
    guessed_share: float = 0.2
    """Accounts let in, as a share of those that failed: one password fits a few in a hundred, and
    where it fits every fifth, people log in."""
    strangers: float = 0.5
    """Share of failures on accounts that do not exist from which on names come from a list."""
    logs_its_host: str = r"^(sshd|pam|openvpn|strongswan)$"
    """Whose lines name, as the log's host, the host that was logged in to."""
    of_one_host: int = 2
    """Accounts that a single host's people and programs log in with; more and it is a gateway."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH login AS (
    SELECT src_ip, dst_ip, dst_port, coalesce(provider, service) AS service,
           lower(account) AS account, outcome, time, frame, evidence_id,
           is_internal(src_ip_hi, src_ip_lo) AS inside,
           CASE WHEN regexp_matches(provider, $logs_its_host) THEN lower(domain) END AS host,
           coalesce(status_detail, '') IN ('no such user', 'unknown user', 'invalid user')
               AS unknown,
           time_bucket(to_seconds($window_s), time) AS hour
    FROM authentication
    WHERE account IS NOT NULL AND outcome IS NOT NULL AND NOT ends_with(account, '$')
      AND src_ip IS NOT NULL AND NOT coalesce(is_decoy, false)
),
-- A success counts when the account was never let in from here before the hour's first failure.
begun AS (
    SELECT src_ip, service, hour, min(time) AS first_failure FROM login
    WHERE outcome = 'failure' GROUP BY src_ip, service, hour
    HAVING count(DISTINCT account) >= $min_accounts
),
usual AS (
    SELECT src_ip, account, min(time) AS since FROM login
    WHERE outcome = 'success' AND src_ip IN (SELECT src_ip FROM begun)
    GROUP BY src_ip, account
),
source AS (
    SELECT src_ip, service, hour, min(time) AS t0, max(time) AS t1,
           count(DISTINCT account) FILTER (outcome = 'failure') AS failed,
           count(*) FILTER (outcome = 'failure') AS failures, bool_or(inside) AS inside,
           count(*) FILTER (outcome = 'failure' AND unknown) AS unknown,
           count(DISTINCT account) FILTER (outcome = 'success') AS let_in,
           count(DISTINCT account) FILTER (outcome = 'success' AND since > first_failure)
               AS newly_in,
           list(DISTINCT account ORDER BY account)
               FILTER (outcome = 'success' AND since > first_failure)[1:8] AS entered,
           coalesce(list(DISTINCT dst_ip ORDER BY dst_ip) FILTER (dst_ip IS NOT NULL), [])
               AS dst_ips,
           coalesce(list(DISTINCT dst_port ORDER BY dst_port) FILTER (dst_port IS NOT NULL), [])
               AS ports,
           list(DISTINCT account ORDER BY account)[1:50] AS accounts,
           coalesce(list(DISTINCT host ORDER BY host) FILTER (host <> ''), []) AS hosts,
           evidence_of(evidence_id, 'authentication', frame) AS evidence
    FROM login JOIN begun USING (src_ip, service, hour) LEFT JOIN usual USING (src_ip, account)
    GROUP BY src_ip, service, hour
)
SELECT [src_ip] AS src_ips, dst_ips, hosts AS dst_names, ports AS dst_ports,
       NULL::VARCHAR AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts,
       service, failed, failures, let_in, newly_in, entered, inside,
       unknown / greatest(failures, 1) AS unknown_share,
       failures / greatest((epoch(t1) - epoch(t0)) / 60, 0.1) AS per_minute
FROM source
ORDER BY first_seen_time, src_ip, service
"""


def judge(row: Row) -> Judgement | None:
    """Weigh an hour of one source's failed logins."""
    terms = _terms(row)
    failed, mixed = cast(int, row["failed"]), _is_mixed(row)
    let_in = 0 if mixed else cast(int, row["newly_in"])
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    # Lists of names that nobody here has, from outside: the weather at an exposed server.
    is_weather = not row["inside"] and cast(float, row["unknown_share"]) >= PARAMS.strangers
    if sure >= 0.9 and failed >= 2 * PARAMS.min_accounts:
        severity = Severity.MEDIUM if is_weather else Severity.HIGH
        severity = Severity.CRITICAL if let_in else severity
    source, targets = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])
    # Logs of identity providers name no server: the provider itself is what was tried.
    ends = targets or cast(list[str], row["dst_names"])
    where = ends[0] if len(ends) == 1 else count_text(len(ends), "host")
    target = f" on {where}" if ends else ""
    per_minute = cast(float, row["per_minute"])
    return Judgement(
        title=f"{source} failed to log in to {row['service']}{target} as"
        f" {count_text(failed, 'account')}, {number_text(per_minute)} tries a minute"
        + (f", and got in as {count_text(let_in, 'account')}" if let_in else ""),
        severity=severity,
        terms=terms,
        techniques=("T1110.003", "T1078") if let_in else ("T1110.003",),
        facts={"failures": row["failures"], "let_in": row["entered"] if let_in else None},
        succeeded=True if let_in else None,
        together=None
        if not is_weather or let_in
        else Together(
            key=(str(row["service"]), *ends),
            title=lambda sources, _: (
                f"{count_text(len(sources), 'stranger')} tried lists of names"
                f" at {row['service']}{target}, as on any day"
            ),
            apart=f"{row['service']}{target}",
        ),
    )


def _is_mixed(row: Row) -> bool:
    """Whether others than the guesser log in from this source: a gateway, a proxy, a mail server.

    Then nobody can tell which of those let in was guessed.
    """
    let_in, newly = cast(int, row["let_in"]), cast(int, row["newly_in"])
    many = max(PARAMS.of_one_host, PARAMS.guessed_share * cast(int, row["failed"]))
    return let_in - newly > PARAMS.of_one_host or newly > many


def _terms(row: Row) -> dict[str, Term]:
    failed, failures = cast(int, row["failed"]), cast(int, row["failures"])
    let_in, per_minute = cast(int, row["let_in"]), cast(float, row["per_minute"])
    few = failures / failed
    terms = {
        "accounts_that_failed": term(1.0 + ramp(math.log10(failed), 0.9, 1.7, 2.0), failed),
        "tries_an_account": term(ramp(few, 5, 2, 1.0), few),
        "per_minute": term(ramp(per_minute, 1, 20, 1.5), per_minute),
    }
    if let_in > failed:
        # A gateway: most of those who come through it know their password.
        terms["more_are_let_in"] = term(-3.0, let_in)
    elif _is_mixed(row):
        terms["others_log_in_from_here_too"] = term(-1.0, let_in)
    return terms


DETECTOR = Detector(
    title="Password spraying",
    summary="One source whose logins fail on many accounts, a few tries each.",
    blind_spots="Protocols that hide the account; sources that take turns; a try a day.",
    benign="Gateways and terminal servers; scripts with expired accounts.",
    look_next="Accounts that were let in, the password they share, their logins elsewhere.",
    reads=("authentication",),
    techniques=("T1110.003",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="8 accounts that failed within an hour",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
