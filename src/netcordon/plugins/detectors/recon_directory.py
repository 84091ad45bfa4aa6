"""Questions about accounts, groups, sessions and services of other Windows hosts.

Finds        Calls that list what an intruder wants to know: users and members of privileged groups
             (MS-SAMR), who is logged in where (MS-SRVS, MS-WKST, the users' hives of a remote
             registry), shares, names behind identifiers in bulk (MS-LSAT), all endpoints of a host
             (ept_lookup), and whether one may administer it (a service manager opened and closed).
Blind spots  The same questions over LDAP; sealed calls whose interface was not seen; slow questions
             to one host at a time.
Often benign Administrators' tools, inventory, file servers' consoles, software that checks
             memberships; computers ask a controller for names at every logon.
Look next    The program and account that asked, and what the source did with the answers.
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
    """What is asked for."""

    privileged: str = (
        r"(?i)^rid (500|512|516|518|519|520|544|548|549|550|551|555|580)$|"
        r"^(domain|enterprise|schema) admins$|^administrators$"
    )
    """Relative identifiers of administrators and of groups that lead there (MS-DTYP section
    2.4.2.4); names where no identifier was asked for."""
    many_lookups: int = 200
    """Calls that translate identifiers to names: a logon needs a few, cycling through identifiers
    one or more for each account of the domain."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH call AS (
    SELECT uid, src_ip, dst_ip, dst_port, time, frame, evidence_id, account, object,
           CASE
             WHEN interface = 'samr' AND operation IN ('SamrEnumerateUsersInDomain',
                  'SamrQueryDisplayInformation', 'SamrQueryDisplayInformation2',
                  'SamrQueryDisplayInformation3') THEN 'users'
             WHEN interface = 'samr' AND operation IN ('SamrGetMembersInGroup',
                  'SamrGetMembersInAlias') THEN 'members'
             WHEN interface = 'samr' AND operation IN ('SamrOpenGroup', 'SamrOpenAlias',
                  'SamrLookupNamesInDomain') AND regexp_matches(object, $privileged)
               THEN 'privileged'
             WHEN interface = 'samr' AND operation IN ('SamrQueryInformationUser',
                  'SamrQueryInformationUser2') THEN 'account'
             WHEN interface = 'samr' AND operation IN ('SamrGetGroupsForUser',
                  'SamrGetAliasMembership') THEN 'account_groups'
             WHEN interface = 'samr' AND operation IN ('SamrEnumerateGroupsInDomain',
                  'SamrEnumerateAliasesInDomain') THEN 'groups'
             WHEN operation IN ('NetrSessionEnum', 'NetrWkstaUserEnum', 'NetrConnectionEnum')
               THEN 'sessions'
             WHEN operation IN ('NetrShareEnum', 'NetrShareEnumSticky') THEN 'shares'
             WHEN interface = 'winreg' AND operation = 'OpenUsers' THEN 'hives'
             WHEN interface = 'winreg' AND operation = 'BaseRegEnumKey' THEN 'keys'
             WHEN interface = 'lsarpc' AND operation LIKE 'LsarLookupSids%' THEN 'names'
             WHEN operation = 'LsarEnumerateAccountsWithUserRight' THEN 'groups'
             WHEN operation = 'ept_lookup' THEN 'endpoints'
             WHEN interface = 'svcctl' AND operation LIKE 'ROpenSCManager%' THEN 'managers'
             WHEN interface = 'svcctl' AND operation <> 'RCloseServiceHandle' THEN 'managed'
           END AS kind
    FROM dcerpc_activity
    WHERE interface IN ('samr', 'srvsvc', 'wkssvc', 'winreg', 'lsarpc', 'epmapper', 'svcctl')
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           count(*) FILTER (kind = 'users') AS users, count(*) FILTER (kind = 'members') AS members,
           count(*) FILTER (kind = 'privileged') AS privileged,
           count(*) FILTER (kind = 'account') AS accounts_read,
           count(*) FILTER (kind = 'account_groups') AS account_groups,
           count(*) FILTER (kind = 'groups') AS groups,
           count(*) FILTER (kind = 'sessions') AS sessions,
           count(*) FILTER (kind = 'shares') AS shares,
           least(count(*) FILTER (kind = 'hives'), count(*) FILTER (kind = 'keys')) AS hives,
           count(*) FILTER (kind = 'names') AS names,
           count(*) FILTER (kind = 'endpoints') AS endpoints,
           CASE WHEN count(*) FILTER (kind = 'managed') = 0
                THEN count(*) FILTER (kind = 'managers') ELSE 0 END AS managers,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           min({'evidence_id': evidence_id, 'table': 'dcerpc_activity', 'frame': frame}, 200)
               AS evidence
    FROM call WHERE kind IS NOT NULL
    GROUP BY src_ip, dst_ip
),
source AS (
    SELECT src_ip, list(dst_ip ORDER BY dst_ip) AS dst_ips, min(t0) AS t0, max(t1) AS t1,
           list_sort(list_distinct(flatten(list(ports ORDER BY dst_ip)))) AS ports,
           list_sort(list_distinct(flatten(list(coalesce(accounts, []) ORDER BY dst_ip))))
               AS accounts,
           flatten(list(evidence ORDER BY dst_ip)) AS evidence,
           sum(users)::BIGINT AS users, sum(least(members, privileged))::BIGINT AS members,
           sum(least(accounts_read, account_groups))::BIGINT AS profiles,
           sum(groups)::BIGINT AS groups, sum(names)::BIGINT AS names,
           count(*) FILTER (sessions > 0) AS session_hosts,
           count(*) FILTER (shares > 0) AS share_hosts, count(*) FILTER (hives > 0) AS hive_hosts,
           sum(endpoints)::BIGINT AS endpoints, count(*) FILTER (managers > 0) AS manager_hosts,
           count(*) AS hosts
    FROM pair
    WHERE users + members + accounts_read + groups + sessions + shares + hives + names + endpoints
          + managers > 0
    GROUP BY src_ip
)
SELECT [src_ip] AS src_ips, dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, users,
       members, profiles, groups, names, session_hosts, share_hosts, hive_hosts, endpoints,
       manager_hosts, hosts, EXISTS (FROM domain_controller c WHERE c.ip = src_ip) AS serves
FROM source
ORDER BY first_seen_time, src_ip
"""

_WORDS = {
    "users": "its users",
    "privileged_members": "members of privileged groups",
    "account_profile": "an account and its groups",
    "logged_in_by_session": "who is logged in",
    "logged_in_by_hives": "who is logged in",
    "shares": "its shares",
    "names_in_bulk": "names behind identifiers",
    "endpoints": "all its endpoints",
    "tried_to_administer": "leave to administer it",
}


def judge(row: Row) -> Judgement | None:
    """Weigh what a source wanted to know."""
    terms = _terms(row)
    asked = [_WORDS[name] for name in terms if name in _WORDS]
    sure = confidence(PRIOR, terms)
    if sure < 0.2 or not asked:
        return None
    source, targets = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])
    target = targets[0] if len(targets) == 1 else count_text(len(targets), "host")
    accounts = cast(list[str], row["accounts"])
    return Judgement(
        title=f"{source} asked {target} for {', '.join(dict.fromkeys(asked))}"
        + (f", as {accounts[0]}" if len(accounts) == 1 else ""),
        severity=Severity.MEDIUM if sure >= 0.5 else Severity.LOW,
        terms=terms,
        techniques=_techniques(terms),
        facts={
            name: row[name]
            for name in ("users", "members", "session_hosts", "share_hosts", "endpoints", "hosts")
            if row[name]
        },
    )


def _terms(row: Row) -> dict[str, Term]:
    def number(name: str) -> int:
        return cast(int, row[name])

    terms: dict[str, Term] = {}
    for name, column, weight in (
        ("users", "users", 2.6),
        ("privileged_members", "members", 2.6),
        ("account_profile", "profiles", 2.6),
        ("groups", "groups", 0.5),
    ):
        if number(column):
            terms[name] = term(weight, number(column))
    # Who is logged in where, and whom one may administer, are asked of many hosts in turn.
    for name, column, weight in (
        ("logged_in_by_session", "session_hosts", 2.6),
        ("logged_in_by_hives", "hive_hosts", 2.6),
        ("shares", "share_hosts", 1.2),
        ("tried_to_administer", "manager_hosts", 1.2),
    ):
        if number(column):
            wide = ramp(math.log10(number(column)), 0.0, 1.0, 2.0)
            terms[name] = term(weight + wide, number(column))
    if number("endpoints"):
        wide = ramp(math.log10(number("endpoints")), 0.0, 2.0, 2.0)
        terms["endpoints"] = term(2.6 + wide, number("endpoints"))
    if number("names") >= PARAMS.many_lookups:
        terms["names_in_bulk"] = term(3.0, number("names"))
    if row["serves"]:
        terms["source_serves_as_controller"] = term(-3.0, None)
    return terms


def _techniques(terms: dict[str, Term]) -> tuple[str, ...]:
    found = [
        technique
        for names, technique in (
            (("users", "account_profile", "names_in_bulk"), "T1087.002"),
            (("privileged_members", "groups"), "T1069.002"),
            (("logged_in_by_session",), "T1049"),
            (("logged_in_by_hives",), "T1033"),
            (("shares",), "T1135"),
            (("endpoints",), "T1046"),
            (("tried_to_administer",), "T1069.001"),
        )
        if any(name in terms for name in names)
    ]
    return tuple(found)


DETECTOR = Detector(
    title="Questions about accounts and sessions",
    summary="Users, privileged groups, sessions, shares and endpoints listed over the network.",
    blind_spots="The same over LDAP; calls whose interface was not seen; slow questions.",
    benign="Administrators' tools, inventory, software that checks memberships.",
    look_next="The program and account that asked, and what the source did with the answers.",
    reads=("dcerpc_activity",),
    techniques=("T1087.002", "T1069.002"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one call that lists something",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
