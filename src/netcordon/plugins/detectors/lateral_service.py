"""A program run on another host as a service that was made for it.

Finds        Services created, changed or started over the service control protocol (MS-SCMR), with
             what speaks for a hand behind it: an image path that is a command line, a program
             copied to an administrative share just before, named pipes for input and output, a
             service that is deleted as soon as it ran. A service that was asked for and refused is
             told as that.
Blind spots  Where the calls are sealed (the default over TCP) names and command lines are not
             visible, only which operations were called; services that exist and are only started.
Often benign Software distribution and inventory that install an agent, administrators' remote
             command tools, backup agents pushed from a server.
Look next    The service's image path and its account, what the program did on the target, and
             whether the same source did it on other hosts.
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
    """What counts as a command and as a program."""

    interpreters: str = (
        r"(?i)(%comspec%|\b(cmd|powershell|pwsh|rundll32|regsvr32|mshta|wscript|cscript|certutil|"
        r"bitsadmin|msbuild|installutil)(\.exe)?\b|encodedcommand|frombase64string)"
    )
    """Interpreters and loaders of Windows in an image path: no product's service is one of them."""
    programs: str = r"(?i)\.(exe|dll|sys|scr|com|bat|cmd|ps1|vbs|js|hta)$"
    """Names of files that Windows runs or loads, as the copy's name ends."""
    admin_shares: str = r"(?i)\\(admin|[a-z])\$$"
    """Administrative shares: ADMIN$ and the drives (only administrators may open them)."""
    streams: str = r"(?i)(stdin|stdout|stderr|communicat)"
    """Names that remote command services give the named pipes of a program's input and output."""
    removed_within_s: int = 600
    """A service that is created and deleted within ten minutes was made for one task."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH call AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, operation, object, account, status,
           is_encrypted, json_extract_string(detail, '$.image_path') AS image
    FROM dcerpc_activity
    WHERE interface = 'svcctl'
      AND (operation LIKE 'RCreate%' OR operation LIKE 'RStartService%'
           OR operation LIKE 'RChangeServiceConfig_' OR operation LIKE 'RControlService%'
           OR operation = 'RDeleteService')
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           -- An answer that was not seen is taken for a yes.
           count(*) FILTER (operation LIKE 'RCreate%'
                            AND coalesce(status, '0x00000000') = '0x00000000') AS created,
           count(*) FILTER (operation LIKE 'RCreate%' AND status <> '0x00000000') AS refused,
           count(*) FILTER (operation LIKE 'RChangeServiceConfig_' AND image IS NOT NULL)
               AS redirected,
           count(*) FILTER (operation LIKE 'RStartService%') AS started,
           -- 0x41d: the program does not speak the protocol of services, but it was started.
           count(*) FILTER (operation LIKE 'RStartService%'
                            AND status IN ('0x00000000', '0x0000041d')) AS ran,
           count(*) FILTER (operation LIKE 'RControlService%') AS controlled,
           count(*) FILTER (operation = 'RDeleteService') AS deleted,
           epoch(max(time) FILTER (operation = 'RDeleteService'))
             - epoch(max(time) FILTER (operation LIKE 'RCreate%')) AS lived_s,
           count(*) FILTER (regexp_matches(image, $interpreters)) AS command_lines,
           max(image) AS image, bool_and(is_encrypted) AS sealed,
           list(DISTINCT object ORDER BY object) FILTER (object IS NOT NULL) AS services,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'dcerpc_activity', frame) AS evidence
    FROM call GROUP BY src_ip, dst_ip
    HAVING created + refused + redirected + started > 0
),
share AS (
    SELECT src_ip, dst_ip,
           list(DISTINCT path ORDER BY path) FILTER (regexp_matches(share, $admin_shares))[1:5]
               AS copied,
           count(DISTINCT path) FILTER (regexp_matches(share, $admin_shares)) AS copies,
           count(DISTINCT path) FILTER (is_pipe) AS streams
    FROM smb_activity SEMI JOIN pair USING (src_ip, dst_ip)
    WHERE (command = 'write' AND regexp_matches(path, $programs)
           AND regexp_matches(share, $admin_shares))
       OR (command IN ('create', 'write') AND is_pipe AND regexp_matches(path, $streams))
    GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, created,
       refused, redirected, started, ran, controlled, deleted, lived_s, command_lines, image,
       sealed, services, copied, coalesce(copies, 0) AS copies, coalesce(streams, 0) AS streams
FROM pair LEFT JOIN share USING (src_ip, dst_ip)
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one host did with the services of another."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    runs_commands = bool(row["command_lines"] or row["streams"])
    made = bool(row["created"] or row["redirected"])
    brief = "service_deleted_after_s" in terms
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    # One of these may be a distribution of software; two together, or a command line, are a hand.
    signs = bool(row["copies"]) + runs_commands + brief
    if made and row["started"] and (row["command_lines"] or signs >= 2):
        severity = Severity.HIGH
    ran = bool(row["ran"] or (row["streams"] and row["started"]))
    if severity is Severity.HIGH and ran and runs_commands:
        severity = Severity.CRITICAL
    return Judgement(
        title=_title(row, made=made),
        severity=severity,
        terms=terms,
        techniques=("T1569.002", "T1021.002", *(("T1570",) if row["copies"] else ())),
        facts={
            "services": row["services"],
            "image_path": row["image"],
            "created": row["created"],
            "refused": row["refused"],
            "started": row["started"],
            "deleted": row["deleted"],
            "copied_programs": row["copied"],
            "calls_sealed": row["sealed"],
        },
        succeeded=True if ran else (False if _refused(row) else None),
    )


def _terms(row: Row) -> dict[str, Term]:
    created, started = cast(int, row["created"]), cast(int, row["started"])
    lived = cast("float | None", row["lived_s"])
    terms = {}
    if created:
        terms["services_created"] = term(2.0, created)
    elif row["refused"]:
        # The wish is the same; but a server that refuses may also be asked by mistake.
        terms["services_refused"] = term(1.5, cast(int, row["refused"]))
    if row["redirected"]:
        terms["image_paths_changed"] = term(2.0, cast(int, row["redirected"]))
    if started:
        terms["services_started"] = term(0.7, started)
    if row["command_lines"]:
        terms["image_path_is_a_command"] = term(3.0, cast(str, row["image"])[:120])
    if row["copies"]:
        terms["programs_copied_to_admin_share"] = term(1.5, cast(int, row["copies"]))
    if row["streams"]:
        terms["pipes_for_input_and_output"] = term(1.5, cast(int, row["streams"]))
    if created and lived is not None and 0 <= lived <= PARAMS.removed_within_s:
        terms["service_deleted_after_s"] = term(1.0, lived)
    return terms


def _refused(row: Row) -> bool:
    """Whether nothing came of it."""
    return bool(row["refused"]) and not (row["created"] or row["redirected"] or row["started"])


def _title(row: Row, *, made: bool) -> str:
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    services = cast("list[str] | None", row["services"]) or []
    named = f" {services[0]}" if len(services) == 1 else ""
    done = "created and started" if row["created"] and row["started"] else "created"
    if not row["created"]:
        done = "changed and started" if made else "started"
    if _refused(row):
        done = "was refused"
    accounts = cast("list[str] | None", row["accounts"]) or []
    return (
        f"{source} {done} a service{named} on {target}"
        + (", a command line" if row["command_lines"] else "")
        + (", after copying a program there" if row["copies"] else "")
        + (f", as {accounts[0]}" if len(accounts) == 1 else "")
    )


DETECTOR = Detector(
    title="Remote execution by a service",
    summary="Services created or started on another host, with a command line, a copied program,"
    " or a life of seconds.",
    blind_spots="Sealed calls hide names and command lines; existing services that are started.",
    benign="Software distribution that installs an agent, administrators' remote command tools.",
    look_next="The image path, what the program did, and other targets of the same source.",
    reads=("dcerpc_activity", "smb_activity"),
    techniques=("T1569.002", "T1021.002"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one call that creates, changes or starts a service",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
