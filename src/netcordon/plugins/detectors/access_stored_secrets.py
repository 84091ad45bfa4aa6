"""Secrets fetched from where Windows keeps them.

Finds        The domain's backup keys and other private data asked of a local security authority
             (MS-LSAD), hives of a remote registry saved to a file, and files that hold passwords
             (the directory's database, hives, a dump of the security process) read over SMB.
Blind spots  Sealed calls hide names; files under other names; encrypted SMB; copies made on the
             host itself and sent elsewhere.
Often benign Backups of a domain controller by its backup server.
Look next    Which keys and accounts are exposed, and everything that can be opened with them.
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
    """Names of secrets and of files that hold them."""

    domain_keys: str = r"(?i)G\$BCKUPKEY_"
    """Secrets that open every user's protected data of the domain (MS-BKRP section 3.1.1)."""
    hives: str = r"(?i)(^|\\)(HKLM|HKEY_LOCAL_MACHINE)?\\?(SAM|SECURITY|SYSTEM)$"
    """Hives with password hashes, secrets, and the key to both."""
    files: str = (
        r"(?i)(^|\\)ntds\.dit$|(^|\\)(system32|syswow64)\\config\\(sam|security|system)$|"
        r"(^|\\)lsass[^\\]*\.(dmp|zip|mdmp)$|(^|\\)windows\\temp\\[a-z]{8}\.tmp$"
    )
    """The directory's database, hives where they stand, dumps named after the security process,
    and eight random letters below Temp, where saved hives are put to be fetched."""


PARAMS = Params()
PRIOR = -1.5

_SQL = """
WITH seen AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, 'dcerpc_activity' AS tbl, account,
           coalesce(object, detail) AS name,
           CASE WHEN operation = 'BaseRegSaveKey' THEN 'saved'
                WHEN regexp_matches(concat_ws(' ', object, detail), $domain_keys)
                THEN 'domain_key' ELSE 'private' END AS kind
    FROM dcerpc_activity
    WHERE (interface = 'winreg' AND operation = 'BaseRegSaveKey'
           AND (object IS NULL OR regexp_matches(object, $hives)))
       OR (interface = 'lsarpc' AND operation IN ('LsarRetrievePrivateData', 'LsarQuerySecret'))
       OR (interface_uuid IS NULL AND operation_number IN (28, 30, 43)
           AND regexp_matches(detail, $domain_keys))
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, 'smb_activity', account, path,
           CASE WHEN regexp_matches(path, '(?i)\\.tmp$') THEN 'temporary' ELSE 'file' END
    FROM smb_activity
    WHERE command = 'read' AND regexp_matches(path, $files)
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           count(*) FILTER (kind = 'domain_key') AS domain_keys,
           count(*) FILTER (kind = 'private') AS private,
           count(*) FILTER (kind = 'saved') AS saved,
           count(DISTINCT name) FILTER (kind = 'file') AS files,
           count(DISTINCT name) FILTER (kind = 'temporary') AS temporary,
           list(DISTINCT left(name, 120) ORDER BY left(name, 120))
               FILTER (name IS NOT NULL)[1:8] AS names,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM seen GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts,
       domain_keys, private, saved, files, temporary, names
FROM pair
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the secrets that one host fetched from another."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if row["domain_keys"] or (row["saved"] and row["temporary"]):
        severity = Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    what = "secrets" if not row["domain_keys"] else "the domain's backup keys"
    if row["files"]:
        what = "a file that holds passwords"
    accounts = cast("list[str] | None", row["accounts"]) or []
    return Judgement(
        title=f"{source} fetched {what} from {target}"
        + (f", as {accounts[0]}" if len(accounts) == 1 else ""),
        severity=severity,
        terms=terms,
        techniques=("T1003.003",) if row["files"] else ("T1003.002", "T1003.004"),
        facts={"names": row["names"], "hives_saved": row["saved"]},
        succeeded=True if row["files"] or row["temporary"] else None,
    )


def _terms(row: Row) -> dict[str, Term]:
    terms = {}
    for name, column, weight in (
        ("domain_backup_keys", "domain_keys", 4.0),
        ("private_data_asked", "private", 1.5),
        ("hives_saved", "saved", 2.0),
        ("files_with_passwords", "files", 2.5),
        ("saved_files_fetched", "temporary", 1.0),
    ):
        if row[column]:
            terms[name] = term(weight, cast(int, row[column]))
    return terms


DETECTOR = Detector(
    title="Stored secrets fetched",
    summary="Backup keys, private data, saved hives and files with passwords taken from a host.",
    blind_spots="Sealed calls, other file names, encrypted SMB, copies made on the host itself.",
    benign="Backups of a domain controller.",
    look_next="Which keys and accounts are exposed, and what can be opened with them.",
    reads=("dcerpc_activity", "smb_activity"),
    techniques=("T1003.002", "T1003.003", "T1003.004"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one secret or file",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
