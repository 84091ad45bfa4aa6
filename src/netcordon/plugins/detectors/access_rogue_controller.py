"""A host that makes itself a domain controller for a moment (DCShadow).

Finds        A replica announced and withdrawn (DRSReplicaAdd, DRSReplicaDel, DRSAddEntry), or
             a server object added below Sites over LDAP, by a host that does not serve as a
             domain controller.
Blind spots  LDAP inside TLS or a sealing layer; a controller that is itself abused.
Often benign The promotion and demotion of a real controller, which takes minutes to hours.
Look next    What was replicated from it (attributes of accounts, group memberships, SIDHistory).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What a promotion looks like."""

    server_object: str = r"(?i)CN=Servers,CN=[^,]+,CN=Sites,CN=Configuration,"
    """Where the objects of domain controllers stand (MS-ADTS section 6.1.1.2.2.1)."""
    withdrawn_within_s: int = 900
    """A real controller is not withdrawn within a quarter of an hour."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH act AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, 'dcerpc_activity' AS tbl, account,
           operation IN ('IDL_DRSReplicaAdd', 'IDL_DRSAddEntry') AS adds,
           operation = 'IDL_DRSReplicaDel' AS withdraws, false AS server
    FROM dcerpc_activity
    WHERE interface = 'drsuapi'
      AND operation IN ('IDL_DRSReplicaAdd', 'IDL_DRSAddEntry', 'IDL_DRSReplicaDel')
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, 'application_activity', account,
           false, operation = 'delete', operation = 'add'
    FROM application_activity
    WHERE service = 'ldap' AND operation IN ('add', 'delete')
      AND regexp_matches(object, $server_object)
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(*) FILTER (adds) AS adds, count(*) FILTER (withdraws) AS withdrawals,
           count(*) FILTER (server) AS servers,
           epoch(max(time) FILTER (withdraws)) - epoch(min(time) FILTER (adds OR server))
               AS lived_s,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM act GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, adds,
       withdrawals, servers, lived_s,
       EXISTS (FROM domain_controller c WHERE c.ip = src_ip) AS serves
FROM pair WHERE adds + servers > 0
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh a host's announcement as a controller."""
    adds, servers = cast(int, row["adds"]), cast(int, row["servers"])
    lived = cast("float | None", row["lived_s"])
    terms = {}
    if adds:
        terms["replicas_announced"] = term(2.0, adds)
    if servers:
        terms["server_objects_added"] = term(2.0, servers)
    brief = lived is not None and 0 <= lived <= PARAMS.withdrawn_within_s
    if brief:
        terms["withdrawn_after_s"] = term(3.0, lived)
    if row["serves"]:
        terms["source_serves_as_controller"] = term(-4.0, None)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if brief and adds and not row["serves"]:
        severity = Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    return Judgement(
        title=f"{source} announced itself to {target} as a domain controller"
        + (f" and withdrew {lived:.3g} s later" if brief else ""),
        severity=severity,
        terms=terms,
        facts={"replicas": adds, "withdrawals": row["withdrawals"], "server_objects": servers},
    )


DETECTOR = Detector(
    title="Rogue domain controller",
    summary="A host that announces itself as a domain controller and withdraws at once.",
    blind_spots="LDAP inside TLS or a sealing layer; an abused controller.",
    benign="The promotion or demotion of a real controller.",
    look_next="What was replicated from it: attributes of accounts, memberships, SIDHistory.",
    reads=("dcerpc_activity", "application_activity"),
    techniques=("T1207",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one announcement",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
