"""What an administrator's account gave away, opened or turned off, as audit logs tell it.

Finds        In logs of clouds, services and hosts: calls of one account within an hour that turn
             logging or a second factor off, forward mail, give roles, credentials or consent, share
             with the world, read secrets or delete what is stored; the more kinds of them, from
             where the account never came from, amid calls that were refused, or by nobody known.
Blind spots  Calls that no log holds; what a call gave exactly, for names are read and no policies;
             a thief who does what the person does every day.
Often benign Administrators at work, and the programs that set up accounts for them.
Look next    Ask the person by another way; take back what was given; what was done with it since.
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
    """What belongs together, and what is usual."""

    window_s: int = 3600
    """Calls of an account without a longer pause are one piece of work: whoever breaks in makes
    sure to stay within the hour."""
    min_earlier: int = 20
    """Earlier calls of the account below which no address is new to it."""
    usual_days: int = 3
    """Days before on which the account did the same: then it is its work."""
    programs: str = (
        r"(?i)\$$|^system:(node|kube|serviceaccount|masters)|^nt authority\\|^(local )?system$|"
        r"\.amazonaws\.com$|gserviceaccount\.com$|awsservicerolefor|^microsoft\.|"
        r"^(service|automation)[-_]"
    )
    """Accounts of programs and computers, as clouds, clusters and Windows name them."""
    nobody: str = r"(?i)^system:(anonymous|unauthenticated)$|^anonymous"
    """Callers that showed no credentials at all."""


PARAMS = Params()
PRIOR = -3.0
_WEIGHTS = {
    "logging": 2.2, "forwarding": 1.7, "mfa": 1.5, "sharing": 1.0, "consent": 1.0, "deletion": 0.6,
    "role": 0.6, "credential": 0.6, "account": 0.4, "secret": 0.4,
}  # fmt: skip
"""Log-odds of one such call; administrators give roles every day and turn logging off seldom."""
_WORDS = {
    "logging": "weakened logging", "forwarding": "forwarded mail", "mfa": "weakened the login",
    "sharing": "shared with others", "consent": "gave a program consent", "role": "gave a role",
    "deletion": "deleted what was stored", "credential": "made a credential",
    "account": "made an account", "secret": "read secrets",
}  # fmt: skip
_TECHNIQUES = {
    "logging": "T1562.008", "forwarding": "T1114.003", "mfa": "T1556.006", "sharing": "T1537",
    "consent": "T1528", "role": "T1098.003", "credential": "T1098.001", "account": "T1136.003",
    "secret": "T1555.006", "deletion": "T1485",
}  # fmt: skip

_SQL = """
WITH call AS (
    SELECT coalesce(provider, 'a service') AS provider, coalesce(lower(account), '') AS account,
           coalesce(lower(account), src_ip, '') AS caller, src_ip, time, frame,
           evidence_id, change, operation, object
    FROM api_activity
    WHERE change IS NOT NULL AND coalesce(outcome, 'success') = 'success'
),
begun AS (
    SELECT *, CASE WHEN time - lag(time) OVER same <= to_seconds($window_s) THEN 0 ELSE 1 END
              AS is_first
    FROM call WINDOW same AS (PARTITION BY provider, caller ORDER BY time, frame, evidence_id)
),
session AS (
    SELECT *, sum(is_first) OVER (PARTITION BY provider, caller
                                  ORDER BY time, frame, evidence_id) AS number
    FROM begun
),
work AS (
    SELECT provider, account, caller, number, min(time) AS t0, max(time) AS t1,
           list(DISTINCT change ORDER BY change) AS changes,
           list(DISTINCT operation ORDER BY operation)[1:8] AS operations,
           list(DISTINCT left(object, 120) ORDER BY left(object, 120))
               FILTER (object IS NOT NULL)[1:8] AS objects,
           coalesce(list(DISTINCT src_ip ORDER BY src_ip) FILTER (src_ip IS NOT NULL), [])
               AS src_ips,
           count(*) AS calls,
           count(DISTINCT coalesce(object, operation)) FILTER (change = 'secret') AS secrets,
           count(DISTINCT coalesce(object, operation)) FILTER (change = 'deletion') AS deletions,
           evidence_of(evidence_id, 'api_activity', frame) AS evidence
    FROM session GROUP BY provider, account, caller, number
),
usual AS (
    SELECT w.provider, w.caller, w.number, count(DISTINCT date_trunc('day', c.time)) AS days
    FROM work w JOIN call c ON c.provider = w.provider AND c.caller = w.caller
     AND c.time < date_trunc('day', w.t0) AND list_contains(w.changes, c.change)
    WHERE w.account <> ''
    GROUP BY ALL
),
around AS (
    SELECT w.provider, w.caller, w.number, count(*) FILTER (a.time < w.t0) AS earlier,
           count(*) FILTER (a.time < w.t0 AND list_contains(w.src_ips, a.src_ip)) AS from_here,
           count(DISTINCT a.operation) FILTER (
               a.outcome = 'failure' AND a.time >= w.t0 - to_seconds($window_s)
               AND a.time <= w.t1 + to_seconds($window_s)) AS refused
    FROM work w JOIN api_activity a
      ON coalesce(a.provider, 'a service') = w.provider AND lower(a.account) = w.account
    WHERE w.account <> ''
    GROUP BY ALL
)
SELECT src_ips, []::VARCHAR[] AS dst_ips, []::VARCHAR[] AS dst_names, []::INTEGER[] AS dst_ports,
       NULL::VARCHAR AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       CASE WHEN account = '' THEN [] ELSE [account] END AS accounts,
       provider || ' ' || caller AS apart, provider, account, changes, operations, objects, calls,
       secrets, deletions, coalesce(days, 0) AS days, coalesce(earlier, 0) AS earlier,
       coalesce(from_here, 0) AS from_here, coalesce(refused, 0) AS refused,
       regexp_matches(account, $programs) AS is_program,
       regexp_matches(account, $nobody) AS is_nobody
FROM work LEFT JOIN usual USING (provider, caller, number)
LEFT JOIN around USING (provider, caller, number)
ORDER BY first_seen_time, provider, caller
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one account changed in one piece of work."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    changes = _by_weight(row)
    severity = Severity.MEDIUM if sure >= 0.5 or changes[0] == "logging" else Severity.LOW
    if sure >= 0.85 and len(changes) > 1:
        severity = Severity.HIGH
    sources = cast(list[str], row["src_ips"])
    who = cast(str, row["account"]) or (sources[0] if sources else "somebody")
    did = ", ".join(_WORDS[change] for change in changes[:3])
    more = f" and {count_text(len(changes) - 3, 'other kind')} of changes" * (len(changes) > 3)
    calls = cast(list[str], row["operations"])
    return Judgement(
        title=f"{who} {did}{more} in {row['provider']}: {', '.join(calls[:3])}"
        + (", ..." if len(calls) > 3 else "")
        + (f", from {sources[0]}" if len(sources) == 1 and who != sources[0] else ""),
        severity=severity,
        terms=terms,
        techniques=tuple(_TECHNIQUES[change] for change in changes[:4]),
        facts={
            "behaviour": "administration",
            "changes": changes,
            "calls": row["calls"],
            "operations": calls,
            "objects": row["objects"],
            "provider": row["provider"],
        },
        succeeded=True,
    )


def _by_weight(row: Row) -> list[str]:
    known = [change for change in cast(list[str], row["changes"]) if change in _WEIGHTS]
    return sorted(known, key=lambda change: (-_WEIGHTS[change], change)) or ["account"]


def _terms(row: Row) -> dict[str, Term]:
    def number(name: str) -> int:
        return cast(int, row[name])

    changes = _by_weight(row)
    terms = {"weightiest_change": term(_WEIGHTS[changes[0]], changes[0])}
    if len(changes) > 1:
        terms["kinds_of_changes"] = term(min(0.8 * (len(changes) - 1), 2.4), len(changes))
    for name in ("secrets", "deletions"):
        if number(name) > 1:
            terms[f"many_{name}"] = term(ramp(number(name), 4, 30, 2.0), number(name))
    if row["is_nobody"]:
        terms["caller_showed_no_credentials"] = term(3.0, None)
    elif row["is_program"]:
        terms["account_of_a_program"] = term(-1.5, None)
    if row["src_ips"] and number("earlier") >= PARAMS.min_earlier and not number("from_here"):
        terms["address_is_new_to_the_account"] = term(1.5, number("earlier"))
    if number("refused") > 2:
        terms["calls_refused_around_it"] = term(
            ramp(number("refused"), 2, 8, 1.5), number("refused")
        )
    if number("days") >= PARAMS.usual_days:
        terms["did_the_same_on_earlier_days"] = term(-2.0, number("days"))
    return terms


DETECTOR = Detector(
    title="Rights, secrets or logs changed",
    summary="Calls of an account that turn logging or logins off, give rights away or delete.",
    blind_spots="Calls no log holds; what a policy says; a thief who acts as the person does.",
    benign="Administrators at work; programs that set up accounts.",
    look_next="Ask the person by another way; take back what was given; its use since.",
    reads=("api_activity",),
    techniques=("T1098", "T1562.008", "T1136.003", "T1528", "T1485"),
    partition_by="account",
    params=PARAMS,
    minimum_sample="one call that turns logging off, or several kinds of changes",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
