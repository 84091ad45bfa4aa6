"""NTLM relay: the proof of one login is handed on to another server.

Finds        Two connections with the same server challenge, where whoever is asked on the first
             asks on the second, within seconds: eight random octets do not repeat, so the middle
             passed the question of the target on to the victim, and the victim's proof back.
Blind spots  The leg that the sensor did not see; logins inside TLS (HTTPS, LDAPS) and SMB
             encryption; NTLM of SMB 1 without security blobs; logs, which carry no challenge.
Often benign Load balancers and gateways that pass whole connections on under their own address:
             the same service on both legs, for many accounts.
Look next    What the account did at the target (`netcordon sql`, tables smb_activity and
             dcerpc_activity), and how the victim was led to the middle: forced by a call,
             poisoned names, rogue proxy.
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
    """What belongs together."""

    within_s: int = 30
    """Time between the two legs. A challenge is good for as long as the target keeps the
    connection open; tools pass it on at once."""
    gateway_accounts: int = 5
    """Accounts that go through one address to one service from which on it is likelier a
    gateway."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH leg AS (
    SELECT time, frame, evidence_id, uid, src_ip, dst_ip, dst_port, service,
           lower(account) AS account, lower(coalesce(domain, '')) AS domain,
           lower(workstation) AS workstation, outcome, challenge
    FROM authentication
    WHERE method = 'ntlm' AND challenge IS NOT NULL
      AND challenge <> repeat('0', 16) AND coalesce(account, '') <> ''
),
relay AS (
    SELECT a.dst_ip AS middle, b.dst_ip AS target, b.dst_port, a.src_ip AS victim, a.account,
           a.domain, a.service AS from_service, b.service AS to_service, b.outcome, a.time AS t0,
           b.time AS t1, a.challenge, a.workstation,
           [{'evidence_id': a.evidence_id, 'table': 'authentication', 'frame': a.frame},
            {'evidence_id': b.evidence_id, 'table': 'authentication', 'frame': b.frame}] AS proof
    FROM leg a JOIN leg b ON a.challenge = b.challenge AND a.dst_ip = b.src_ip
     AND a.account = b.account AND a.uid <> b.uid
     AND b.time BETWEEN a.time - to_seconds($within_s) AND a.time + to_seconds($within_s)
),
-- The workstation that a login names is the victim's; the middle has a name of its own.
named AS (
    SELECT ip, list(DISTINCT lower(host_name) ORDER BY lower(host_name)) AS names
    FROM host_identity WHERE host_name IS NOT NULL AND source <> 'ntlm' GROUP BY ip
)
SELECT [middle] AS src_ips, [target] AS dst_ips, []::VARCHAR[] AS dst_names,
       list(DISTINCT dst_port ORDER BY dst_port) AS dst_ports, 'tcp' AS protocol,
       min(least(t0, t1)) AS first_seen_time, max(greatest(t0, t1)) AS last_seen_time,
       list_distinct(flatten(list(proof ORDER BY t0, proof)))[1:1000] AS evidence,
       list(DISTINCT account ORDER BY account) AS accounts, middle, target,
       list(DISTINCT victim ORDER BY victim) AS victims, count(DISTINCT challenge) AS relays,
       bool_and(coalesce(from_service = to_service, false)) AS same_service,
       min(from_service) AS from_service, min(to_service) AS to_service,
       count(*) FILTER (outcome = 'success') AS granted,
       bool_or(account LIKE '%$') AS computer_account, bool_or(victim = target) AS reflected,
       bool_or(workstation IS NOT NULL AND n.names IS NOT NULL
               AND NOT list_contains(n.names, workstation)) AS names_another
FROM relay LEFT JOIN named n ON n.ip = middle
GROUP BY middle, target
ORDER BY first_seen_time, middle, target
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one host passed on to one server."""
    accounts = cast(list[str], row["accounts"])
    terms: dict[str, Term] = {
        "one_challenge_on_two_connections": term(4.0, cast(int, row["relays"]))
    }
    if row["same_service"]:
        many = len(accounts)
        terms["same_service_on_both_legs"] = term(
            -0.5 + ramp(many, 1, PARAMS.gateway_accounts, -4.0), many
        )
    else:
        terms["from_one_service_to_another"] = term(
            2.0, f"{row['from_service']} to {row['to_service']}"
        )
    if row["names_another"]:
        terms["login_names_another_workstation"] = term(1.0, None)
    if row["computer_account"]:
        terms["account_of_a_computer"] = term(1.0, accounts[0][:60])
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    granted = cast(int, row["granted"]) > 0
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.8:
        severity = Severity.CRITICAL if granted else Severity.HIGH
    victims = cast(list[str], row["victims"])
    who = victims[0] if len(victims) == 1 else count_text(len(victims), "host")
    account = accounts[0] if len(accounts) == 1 else count_text(len(accounts), "account")
    return Judgement(
        title=f"{row['middle']} passed the login of {account[:80]} from {who} on to"
        f" {row['target']}" + (", which let it in" if granted else ""),
        severity=severity,
        terms=terms,
        facts={
            "victims": tuple(victims[:50]),
            "from_service": row["from_service"],
            "to_service": row["to_service"],
            "granted": row["granted"],
            "back_to_the_victim_itself": row["reflected"],
        },
        succeeded=True if granted else None,
    )


DETECTOR = Detector(
    title="NTLM relay",
    summary="One login's challenge on two connections: the host in the middle logs in with the"
    " proof of another.",
    blind_spots="Legs that were not seen; logins inside TLS or encrypted SMB.",
    benign="Load balancers and gateways that pass connections on under their own address.",
    look_next="What the account did at the target, and how the victim was led to the middle.",
    reads=("authentication", "host_identity"),
    techniques=("T1557.001",),
    partition_by="challenge",
    params=PARAMS,
    minimum_sample="both legs of one login",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
