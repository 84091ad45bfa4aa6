"""Accounts made, passwords set, and members added to privileged groups over the network.

Finds        Calls that change who may do what (MS-SAMR, MS-LSAD): a member added to a group of
             administrators, an account made and its password set, a computer's secret overwritten.
Blind spots  The same over LDAP or by a program on the controller; sealed calls.
Often benign Administrators at work; a computer that joins a domain makes its own account.
Look next    Who asked, whether the change was announced, and the account's first logins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """Which groups and secrets."""

    privileged: str = r"(?i)^rid (512|516|518|519|520|544|548|549|550|551|555|580)$"
    """Relative identifiers of groups that lead to administration (MS-DTYP section 2.4.2.4)."""
    of_the_machine: str = r"(?i)^\$machine\.acc$"
    """The secret that holds a computer's own password: only that computer writes it."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH call AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, account, object, status,
           operation IN ('SamrAddMemberToGroup', 'SamrAddMemberToAlias',
                         'SamrAddMultipleMembersToAlias') AS adds,
           operation IN ('SamrCreateUserInDomain', 'SamrCreateUser2InDomain') AS makes,
           operation IN ('SamrSetInformationUser', 'SamrSetInformationUser2',
                         'SamrSetDSRMPassword') AS sets,
           operation = 'LsarSetSecret' AND regexp_matches(coalesce(object, ''), $of_the_machine)
               AS secret,
           operation = 'SamrLookupNamesInDomain' AS names
    FROM dcerpc_activity
    WHERE interface IN ('samr', 'lsarpc')
      AND operation IN ('SamrAddMemberToGroup', 'SamrAddMemberToAlias', 'LsarSetSecret',
          'SamrAddMultipleMembersToAlias', 'SamrCreateUserInDomain', 'SamrCreateUser2InDomain',
          'SamrSetInformationUser', 'SamrSetInformationUser2', 'SamrSetDSRMPassword',
          'SamrLookupNamesInDomain')
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(*) FILTER (adds) AS added,
           count(*) FILTER (adds AND regexp_matches(object, $privileged)) AS privileged,
           count(*) FILTER (makes) AS made,
           count(*) FILTER (makes AND ends_with(object, '$')) AS computers,
           count(*) FILTER (sets) AS changed, count(*) FILTER (secret) AS secrets,
           count(*) FILTER ((adds OR makes OR sets OR secret) AND status = '0x00000000')
               AS accepted,
           list(DISTINCT object ORDER BY object) FILTER (object IS NOT NULL AND (makes OR names))
               AS named,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'dcerpc_activity', CASE WHEN NOT names THEN frame END)
               AS evidence
    FROM call GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, added,
       privileged, made, computers, changed, secrets, accepted, named
FROM pair WHERE added + made + changed + secrets > 0
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one host changed in another's accounts."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    accepted = bool(row["accepted"])
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if row["secrets"] or (row["privileged"] and row["made"]):
        severity = Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    if row["secrets"]:
        did = "overwrote the password that a computer keeps of itself on"
    elif row["privileged"]:
        did = "added a member to a privileged group on"
    else:
        did = "made an account on" if row["made"] else "changed an account on"
    accounts = cast("list[str] | None", row["accounts"]) or []
    return Judgement(
        title=f"{source} {did} {target}" + (f", as {accounts[0]}" if len(accounts) == 1 else ""),
        severity=severity,
        terms=terms,
        techniques=("T1136.002", "T1098") if row["made"] else ("T1098",),
        facts={"names": row["named"], "members_added": row["added"], "accounts_made": row["made"]},
        succeeded=True if accepted else None,
    )


def _terms(row: Row) -> dict[str, Term]:
    def number(name: str) -> int:
        return cast(int, row[name])

    terms = {}
    persons = number("made") - number("computers")
    if number("privileged"):
        terms["members_of_privileged_groups"] = term(3.0, number("privileged"))
    elif number("added"):
        terms["members_added"] = term(1.0, number("added"))
    if persons:
        terms["accounts_made"] = term(2.5, persons)
    if number("computers"):
        terms["computer_accounts_made"] = term(0.5, number("computers"))
    if number("changed"):
        terms["accounts_changed"] = term(0.5, number("changed"))
    if number("secrets"):
        terms["computer_secret_overwritten"] = term(4.0, number("secrets"))
    return terms


DETECTOR = Detector(
    title="Account changed from afar",
    summary="Accounts made, passwords set and members of privileged groups added over RPC.",
    blind_spots="The same over LDAP or on the controller itself; sealed calls.",
    benign="Administrators at work; a computer that joins a domain.",
    look_next="Who asked, whether it was announced, and the account's first logins.",
    reads=("dcerpc_activity",),
    techniques=("T1098",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one change",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
