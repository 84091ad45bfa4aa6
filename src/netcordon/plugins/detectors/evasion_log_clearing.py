"""An event log of another host cleared over the network.

Finds        Calls that clear a log (ElfrClearELF, MS-EVEN; EvtRpcClearLog, MS-EVEN6).
Blind spots  Logs cleared by a program on the host itself; services that are stopped instead.
Often benign Administrators who archive logs and clear them, seldom over the network.
Look next    Copies of the log elsewhere (forwarded events), and what happened before the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """Which log matters most."""

    security: str = r"(?i)^security$"
    """Name of the log that holds logins and account changes; it is made to be kept."""


PARAMS = Params()
PRIOR = -1.0

_SQL = """
WITH call AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, object, account, status,
           coalesce(json_extract_string(detail, '$.backup_file'), '') <> '' AS archived
    FROM dcerpc_activity
    WHERE (interface = 'eventlog' AND operation LIKE 'ElfrClear%')
       OR (interface = 'IEventService' AND operation = 'EvtRpcClearLog')
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports, count(*) AS calls,
           count(*) FILTER (regexp_matches(object, $security)) AS security,
           bool_and(archived) AS archived, bool_or(status = '0x00000000') AS accepted,
           list(DISTINCT object ORDER BY object) FILTER (object IS NOT NULL) AS logs,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'dcerpc_activity', frame) AS evidence
    FROM call GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, calls,
       security, archived, coalesce(accepted, false) AS accepted, logs
FROM pair
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the logs that one host cleared on another."""
    terms = {"logs_cleared": term(2.0, cast(int, row["calls"]))}
    if row["security"]:
        terms["security_log"] = term(1.5, cast(int, row["security"]))
    if row["archived"]:
        terms["archived_first"] = term(-2.5, None)
    sure = confidence(PRIOR, terms)
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if row["security"] and not row["archived"]:
        severity = Severity.HIGH
    logs = cast("list[str] | None", row["logs"]) or []
    accounts = cast("list[str] | None", row["accounts"]) or []
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    what = f"the {logs[0]} log" if len(logs) == 1 else count_text(cast(int, row["calls"]), "log")
    return Judgement(
        title=f"{source} cleared {what} of {target}"
        + (f", as {accounts[0]}" if len(accounts) == 1 else ""),
        severity=severity,
        terms=terms,
        facts={"logs": logs, "archived_first": row["archived"]},
        succeeded=True if row["accepted"] else None,
    )


DETECTOR = Detector(
    title="Event log cleared",
    summary="An event log of another host cleared over the network.",
    blind_spots="Logs cleared on the host itself; services stopped instead.",
    benign="Administrators who archive logs and clear them.",
    look_next="Copies of the log elsewhere, and what happened before the call.",
    reads=("dcerpc_activity",),
    techniques=("T1070.001",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one call",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
