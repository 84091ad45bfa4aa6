"""A program copied to or from another host's administrative share.

Finds        Files that Windows runs or loads (by their first bytes or by their name) written to, or
             fetched from, ADMIN$ or a drive's hidden share; worst into the system's own folders or
             those from which programs start by themselves.
Blind spots  Encrypted SMB 3; ordinary shares; harmless names whose first bytes were not
             captured.
Often benign Administrators who copy installers, distribution of software, scripts of deployments.
Look next    The file's hash, who ran it and how, and the logins of that account elsewhere.
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
    """What is a program, and where it matters."""

    admin_shares: str = r"(?i)\\(admin|[a-z])\$$"
    """Administrative shares: ADMIN$ and the drives (only administrators may open them)."""
    programs: str = r"(?i)\.(exe|dll|sys|scr|com|bat|cmd|ps1|vbs|vbe|wsf|hta|cpl|msi)$"
    """Names of files that Windows runs or loads."""
    magics: tuple[str, ...] = ("pe", "elf", "msi")
    """Types by first bytes that are programs, whatever the file's name says."""
    system_folders: str = (
        r"(?i)(^|\\)(windows\\)?(system32|syswow64|tasks|temp)\\|"
        r"\\start menu\\programs\\startup\\|^perflogs\\|^programdata\\[^\\]+$|^[^\\]+$"
    )
    """The system's own folders, folders all may write to, those that start programs, and the root
    of the share: installers unpack elsewhere."""


PARAMS = Params()
PRIOR = -1.5

_SQL = """
WITH wrote AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, 'smb_activity' AS tbl, path, account,
           true AS outward, NULL AS magic
    FROM smb_activity
    WHERE command = 'write' AND NOT coalesce(is_pipe, false)
      AND regexp_matches(share, $admin_shares) AND regexp_matches(path, $programs)
      AND coalesce(status, 'STATUS_SUCCESS') = 'STATUS_SUCCESS'
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, 'file_activity', file_name, NULL,
           is_upload, magic
    FROM file_activity
    WHERE service = 'smb' AND regexp_matches(origin, $admin_shares)
      AND (list_contains($magics, magic) OR regexp_matches(file_name, $programs))
),
pair AS (
    SELECT src_ip, dst_ip, outward, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(DISTINCT lower(path)) AS files,
           list(DISTINCT path ORDER BY path)[1:8] AS paths,
           count(*) FILTER (regexp_matches(path, $system_folders)) AS in_system,
           count(*) FILTER (magic IS NOT NULL AND NOT regexp_matches(path, $programs)) AS disguised,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM wrote GROUP BY src_ip, dst_ip, outward
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, outward,
       files, paths, in_system, disguised,
       count(*) OVER (PARTITION BY src_ip, outward) AS targets
FROM pair
ORDER BY first_seen_time, src_ip, dst_ip, outward
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the programs copied between two hosts."""
    files, outward = cast(int, row["files"]), bool(row["outward"])
    terms = {"programs": term(1.5 if outward else 0.5, files)}
    if row["in_system"]:
        terms["in_folders_of_the_system"] = term(1.5, cast(int, row["in_system"]))
    if row["disguised"]:
        terms["programs_under_another_name"] = term(2.0, cast(int, row["disguised"]))
    if files > 20:
        # An installation or a synchronised folder has many files; an intruder's tool has few.
        terms["many_files"] = term(-1.0, files)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    first = cast(list[str], row["paths"])[0]
    what = f"the program {first}" if files == 1 else count_text(files, "program")
    return Judgement(
        title=f"{source} copied {what} {'to' if outward else 'from'} an administrative share of"
        f" {target}",
        severity=Severity.MEDIUM if sure >= 0.5 else Severity.LOW,
        terms=terms,
        techniques=("T1570", "T1021.002"),
        facts={"paths": row["paths"], "hosts_of_this_source": row["targets"]},
        succeeded=True if outward else None,
    )


DETECTOR = Detector(
    title="Program on an administrative share",
    summary="Programs written to or fetched from ADMIN$ or a drive's hidden share.",
    blind_spots="Encrypted SMB 3; ordinary shares; harmless names whose first bytes are missing.",
    benign="Administrators who copy installers, distribution of software.",
    look_next="The file's hash, who ran it and how, and the account's other logins.",
    reads=("smb_activity", "file_activity"),
    techniques=("T1570", "T1021.002"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one file",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
