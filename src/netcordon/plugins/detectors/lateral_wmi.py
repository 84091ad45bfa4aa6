"""A program run on another host through WMI or DCOM.

Finds        Methods called on another host's WMI classes (IWbemServices::ExecMethod, how a process
             is created), event subscriptions and instances put there, and DCOM objects that run
             programs when their methods are invoked (IDispatch::Invoke with a command line, or
             classes of consoles, shells and office programs activated from afar).
Blind spots  Sealed calls hide which class and method it was; a query of WMI that only reads looks
             like the first half of it; associations without their beginning name no class.
Often benign Management and inventory servers (they mostly read), administrators' scripts,
             monitoring that calls methods of its own provider.
Look next    The process that started under WmiPrvSE or under the activated program on the target,
             its command line, and the account's other targets.
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
    """What runs programs, and what a command looks like."""

    interpreters: str = (
        r"(?i)(%comspec%|\b(cmd|powershell|pwsh|rundll32|regsvr32|mshta|wscript|cscript|certutil|"
        r"bitsadmin|msbuild|installutil)(\.exe)?\b|encodedcommand|frombase64string|"
        r"win32_process\b|shellexecute|executeshellcommand)"
    )
    """Interpreters of Windows, and the methods that start them, in the texts of a call."""
    classes: tuple[str, ...] = (
        "49b2791a-b1ae-4c90-9b8e-e860ba07f889",
        "9ba05972-f6a8-11cf-a442-00a0c90a8f39",
        "c08afd90-f2a1-11d1-8455-00a0c91f3880",
        "00024500-0000-0000-c000-000000000046",
        "00020812-0000-0000-c000-000000000046",
        "000209ff-0000-0000-c000-000000000046",
        "0006f03a-0000-0000-c000-000000000046",
        "00021a20-0000-0000-c000-000000000046",
        "72c24dd5-d70a-438b-8a42-98424b88afb8",
    )
    """Registered classes whose methods start programs: MMC20.Application, ShellWindows,
    ShellBrowserWindow, Excel (two), Word, Outlook, Visio, WScript.Shell. Nobody's ordinary work
    activates them on another host."""
    queries_of_a_reader: int = 20
    """Queries beyond which WMI is being read as monitoring and inventory read it."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH call AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, interface, operation, account,
           status, is_encrypted, detail, object,
           interface = 'IWbemServices' AND operation LIKE 'ExecMethod%' AS wmi_method,
           interface = 'IWbemServices'
             AND (operation LIKE 'PutInstance%' OR operation LIKE 'PutClass%') AS wmi_put,
           interface = 'IWbemServices' AND (operation LIKE 'ExecQuery%'
             OR operation LIKE '%Enum%' OR operation LIKE 'ExecNotification%') AS wmi_read,
           coalesce(interface IN ('IRemoteSCMActivator', 'IRemoteActivation'), false)
             AND list_contains($classes, lower(object)) AS console,
           -- Invoke is operation 6 of IDispatch; without a binding only its texts tell.
           (operation = 'Invoke' OR interface_uuid IS NULL AND operation_number = 6)
             AND regexp_matches(coalesce(detail, ''), $interpreters) AS invoked,
           interface = 'IWbemServices' AND regexp_matches(coalesce(detail, ''), $interpreters)
             AND (operation LIKE 'ExecMethod%' OR operation LIKE 'PutInstance%') AS wmi_command
    FROM dcerpc_activity
    WHERE interface IN ('IWbemServices', 'IRemoteSCMActivator', 'IRemoteActivation', 'IDispatch')
       OR (interface_uuid IS NULL AND operation_number = 6)
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(*) FILTER (wmi_method) AS methods, count(*) FILTER (wmi_put) AS puts,
           count(*) FILTER (wmi_read) AS reads, count(*) FILTER (console) AS consoles,
           count(*) FILTER (invoked) AS invokes, count(*) FILTER (wmi_command) AS commands,
           count(*) FILTER (operation = 'Invoke') AS any_invokes,
           count(*) FILTER ((invoked OR wmi_command) AND status = '0x00000000') AS accepted,
           max(detail) FILTER (invoked OR wmi_command) AS command,
           min(object) FILTER (console) AS class_id, bool_and(is_encrypted) AS sealed,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'dcerpc_activity',
                       CASE WHEN wmi_method OR wmi_put OR console OR invoked THEN frame END)
               AS evidence
    FROM call GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, methods,
       puts, reads, consoles, invokes, any_invokes, commands, accepted, command, class_id, sealed
FROM pair WHERE methods + puts + consoles + invokes > 0
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one host had another do."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    told = bool(row["invokes"] or row["commands"])
    if told or (row["consoles"] and row["any_invokes"]):
        severity = Severity.CRITICAL if told and row["accepted"] else Severity.HIGH
    by_dcom = bool(row["consoles"] or row["invokes"])
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    accounts = cast("list[str] | None", row["accounts"]) or []
    how = "a DCOM object" if by_dcom else "WMI"
    did = "ran a command" if told else "called methods that can run programs"
    return Judgement(
        title=f"{source} {did} on {target} through {how}"
        + (f", as {accounts[0]}" if len(accounts) == 1 else ""),
        severity=severity,
        terms=terms,
        techniques=("T1021.003", "T1559.001") if by_dcom else ("T1047", "T1021.003"),
        facts={
            "methods_called": row["methods"],
            "instances_put": row["puts"],
            "queries": row["reads"],
            "class_activated": row["class_id"],
            "texts_of_the_call": row["command"],
            "calls_sealed": row["sealed"],
        },
        succeeded=True if row["accepted"] else None,
    )


def _terms(row: Row) -> dict[str, Term]:
    methods, puts = cast(int, row["methods"]), cast(int, row["puts"])
    reads = cast(int, row["reads"])
    terms = {}
    if methods:
        terms["wmi_methods_called"] = term(2.5, methods)
    if puts:
        terms["wmi_instances_put"] = term(2.0, puts)
    if row["commands"]:
        terms["wmi_command_line"] = term(3.0, cast(int, row["commands"]))
    if row["consoles"]:
        terms["class_that_runs_programs"] = term(3.0, cast(str, row["class_id"]))
    if row["invokes"]:
        terms["command_line_invoked"] = term(4.0, cast(int, row["invokes"]))
    if reads > PARAMS.queries_of_a_reader:
        terms["reads_as_monitoring_does"] = term(-2.0, reads)
    return terms


DETECTOR = Detector(
    title="Remote execution through WMI or DCOM",
    summary="Methods of WMI classes or of DCOM objects called on another host to run a program.",
    blind_spots="Sealed calls hide class and method; associations whose beginning is missing.",
    benign="Management servers and monitoring, administrators' scripts.",
    look_next="The process that started on the target, its command line, the account's targets.",
    reads=("dcerpc_activity",),
    techniques=("T1047", "T1021.003"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one call",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
