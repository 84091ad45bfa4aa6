"""A program run on another host as a scheduled task.

Finds        Tasks registered over the network (MS-TSCH: ITaskSchedulerService and the older atsvc),
             run at once, deleted after it, or whose action is a command line.
Blind spots  Sealed calls (the default) hide the task's name and action; tasks written as files into
             the Tasks folder are a copy, not a call.
Often benign Management tools and backup servers that schedule jobs on their clients.
Look next    The task's XML on the target, its account and action, and other targets of the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a command."""

    interpreters: str = (
        r"(?i)(%comspec%|\b(cmd|powershell|pwsh|rundll32|regsvr32|mshta|wscript|cscript|certutil|"
        r"bitsadmin|msbuild|installutil)(\.exe)?\b|encodedcommand|frombase64string)"
    )
    """Interpreters and loaders of Windows in a task's action: a product's names its program."""
    removed_within_s: int = 600
    """A task that is registered and deleted within ten minutes was made for one run."""


PARAMS = Params()
PRIOR = -1.0

_SQL = """
WITH call AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, operation, object, account, detail,
           status, is_encrypted,
           operation IN ('SchRpcRegisterTask', 'NetrJobAdd', 'SASetAccountInformation') AS adds,
           operation = 'SchRpcRun' AS runs,
           operation IN ('SchRpcDelete', 'NetrJobDel') AS deletes
    FROM dcerpc_activity
    WHERE interface IN ('ITaskSchedulerService', 'atsvc', 'SASec')
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(*) FILTER (adds) AS added, count(*) FILTER (runs) AS run,
           count(*) FILTER (deletes) AS deleted,
           count(*) FILTER ((adds OR runs) AND status = '0x00000000') AS accepted,
           epoch(max(time) FILTER (deletes)) - epoch(min(time) FILTER (adds)) AS lived_s,
           count(*) FILTER (adds AND regexp_matches(detail, $interpreters)) AS command_lines,
           max(detail) FILTER (adds) AS detail, bool_and(is_encrypted) AS sealed,
           list(DISTINCT object ORDER BY object) FILTER (object IS NOT NULL) AS tasks,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'dcerpc_activity', frame) AS evidence
    FROM call WHERE adds OR runs OR deletes GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, added,
       run, deleted, accepted, lived_s, command_lines, detail, sealed, tasks
FROM pair WHERE added + run > 0
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the tasks that one host gave another."""
    added, run = cast(int, row["added"]), cast(int, row["run"])
    lived = cast("float | None", row["lived_s"])
    terms = {}
    if added:
        terms["tasks_registered"] = term(1.5, added)
    if run:
        terms["run_at_once"] = term(1.0, run)
    if row["command_lines"]:
        terms["action_is_a_command"] = term(3.0, cast(int, row["command_lines"]))
    brief = added > 0 and lived is not None and 0 <= lived <= PARAMS.removed_within_s
    if brief:
        terms["deleted_after_s"] = term(1.5, lived)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    succeeded = bool(row["accepted"])
    if added and (row["command_lines"] or (run and brief)):
        severity = Severity.CRITICAL if succeeded and row["command_lines"] else Severity.HIGH
    tasks = cast("list[str] | None", row["tasks"]) or []
    accounts = cast("list[str] | None", row["accounts"]) or []
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    done = "registered" if added else "ran"
    return Judgement(
        title=f"{source} {done} a task"
        + (f" {tasks[0]}" if len(tasks) == 1 else "")
        + f" on {target}"
        + (", a command line" if row["command_lines"] else "")
        + (f", and deleted it {lived:.3g} s later" if brief else "")
        + (f", as {accounts[0]}" if len(accounts) == 1 else ""),
        severity=severity,
        terms=terms,
        facts={
            "tasks": row["tasks"],
            "registered": added,
            "run": run,
            "deleted": row["deleted"],
            "calls_sealed": row["sealed"],
            "action": row["detail"],
        },
        succeeded=True if succeeded else None,
    )


DETECTOR = Detector(
    title="Remote execution by a scheduled task",
    summary="Tasks registered or run on another host over the network.",
    blind_spots="Sealed calls hide name and action; tasks written as files are a copy, not a call.",
    benign="Management tools and backup servers that schedule jobs on their clients.",
    look_next="The task's XML on the target, its account and action, other targets of the source.",
    reads=("dcerpc_activity",),
    techniques=("T1053.005", "T1021.002"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one call that registers or runs a task",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
