"""A directory searched for what an intruder needs.

Finds        LDAP searches whose filter or attributes tell their purpose: accounts with service
             names (tickets to guess from), accounts that need no proof, delegation, administrators,
             local administrators' passwords, security descriptors of everything, all computers or
             users of the domain.
Blind spots  Searches inside TLS or a sealing layer (the default of many programs), of which
             only the bind is visible; narrow searches for one name.
Often benign Synchronisation, identity management, audits, mail servers that list everybody.
Look next    The program and account that searched, and tickets or logins that follow.
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
    """What filters ask for (MS-ADTS names, in lower case)."""

    roastable: str = (
        r"serviceprincipalname=\*|useraccountcontrol:1\.2\.840\.113556\.1\.4\.803:=4194304"
    )
    """Every account with a service name; accounts that need no pre-authentication."""
    delegation: str = (
        r"useraccountcontrol:1\.2\.840\.113556\.1\.4\.803:=(524288|16777216)|"
        r"msds-allowedto(delegateto|actonbehalfofotheridentity)=\*"
    )
    """Accounts that may act for others."""
    administrators: str = r"admincount=1|\b(ms-mcs-admpwd|mslaps-(encrypted)?password)\b"
    """Protected accounts, and attributes that hold local administrators' passwords."""
    everybody: str = (
        r"samaccounttype=80530636[89]|samaccounttype=268435456|objectclass=trusteddomain|"
        r"^\(objectc(lass|ategory)=(user|person|computer|group)\)$"
    )
    """All users, computers, groups or trusts of a domain."""
    descriptors_of: int = 100
    """Entries whose security descriptors were read; a program reads those of its own objects."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH asked AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, account,
           lower(coalesce(json_extract_string(detail, '$.filter'), '')) AS filter,
           lower(coalesce(CAST(json_extract(detail, '$.attributes') AS VARCHAR), '')) AS wanted,
           coalesce(CAST(json_extract(detail, '$.entries') AS BIGINT), 0) AS entries,
           json_extract_string(detail, '$.scope') AS scope
    FROM application_activity
    WHERE service = 'ldap' AND operation = 'search' AND json_valid(detail)
),
judged AS (
    SELECT *, regexp_matches(filter, $roastable) AS roastable,
           regexp_matches(filter, $delegation) AS delegation,
           regexp_matches(filter, $administrators) OR regexp_matches(wanted, $administrators)
               AS administrators,
           scope <> 'base' AND regexp_matches(filter, $everybody)
             AND NOT regexp_matches(filter, '(samaccountname|distinguishedname|objectsid)=')
               AS everybody,
           scope <> 'base' AND contains(wanted, 'ntsecuritydescriptor')
             AND entries >= $descriptors_of AS descriptors
    FROM asked
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(*) FILTER (roastable) AS roastable, count(*) FILTER (delegation) AS delegation,
           count(*) FILTER (administrators) AS administrators,
           count(*) FILTER (everybody) AS everybody, count(*) FILTER (descriptors) AS descriptors,
           sum(entries)::BIGINT AS entries,
           list(DISTINCT left(filter, 160) ORDER BY left(filter, 160))[1:6] AS filters,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'application_activity', frame) AS evidence
    FROM judged WHERE roastable OR delegation OR administrators OR everybody OR descriptors
    GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts,
       roastable, delegation, administrators, everybody, descriptors, entries, filters,
       EXISTS (FROM domain_controller c WHERE c.ip = src_ip) AS serves
FROM pair
ORDER BY first_seen_time, src_ip, dst_ip
"""

_WORDS = {
    "roastable": ("accounts to guess passwords of", 2.6),
    "delegation": ("delegation", 2.0),
    "administrators": ("administrators and their passwords", 2.0),
    "everybody": ("all users, computers or groups", 1.5),
    "descriptors": ("everybody's rights", 1.5),
}


def judge(row: Row) -> Judgement | None:
    """Weigh what a source searched a directory for."""
    kinds = [kind for kind in _WORDS if row[kind]]
    entries = cast(int, row["entries"])
    terms: dict[str, Term] = {kind: term(_WORDS[kind][1], cast(int, row[kind])) for kind in kinds}
    terms["entries"] = term(ramp(math.log10(entries + 1), 2.0, 4.0, 1.0), entries)
    if row["serves"]:
        terms["source_serves_as_controller"] = term(-4.0, None)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    accounts = cast("list[str] | None", row["accounts"]) or []
    return Judgement(
        title=f"{source} searched the directory of {target} for"
        f" {', '.join(_WORDS[kind][0] for kind in kinds)}"
        f" ({count_text(entries, 'entry', 'entries')})"
        + (f", as {accounts[0]}" if len(accounts) == 1 else ""),
        severity=Severity.MEDIUM if sure >= 0.5 else Severity.LOW,
        terms=terms,
        techniques=("T1087.002", "T1069.002") if row["everybody"] else ("T1087.002",),
        facts={"filters": row["filters"], "entries": entries},
    )


DETECTOR = Detector(
    title="Directory searched for targets",
    summary="LDAP searches for accounts with service names, delegation, administrators, everybody.",
    blind_spots="Searches inside TLS or a sealing layer; narrow searches.",
    benign="Synchronisation, identity management, audits, mail servers.",
    look_next="The program and account that searched, and tickets or logins that follow.",
    reads=("application_activity",),
    techniques=("T1087.002",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one search",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
