"""Archives given to bare addresses: a packed file goes out to a place that has no name.

Finds        A ZIP, 7z, RAR or CAB archive, or a packed tar by its name, that a host puts or posts
             to an address outside which it asked for by number: by WebDAV, by a tool of the
             command line, to a place that few others use. Loot is packed before it is carried off,
             and whoever carries it off seldom registers a name for the purpose.
Blind spots  HTTPS and other encryption; archives whose first bytes are hidden; uploads in pieces;
             services with a name, where exfil_volume and exfil_gathered_files look.
Often benign Firmware given to a device at a site of ours that is not declared as ours, cameras and
             data loggers that deliver to a numbered host, developers who try things out.
Look next    What is in it (`netcordon carve --files`), what was read from shares before, which
             program and account sent it, what else went to that address.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.company import prevalence
from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, size_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as loot."""

    magics: str = "zip 7z rar cab"
    """Types by first bytes that people pack files into; gzip alone is how programs send reports."""
    names: str = r"\.(zip|7z|rar|cab|tgz|tar\.(gz|bz2|xz|zst))$"
    """Endings of names, where the first bytes were not seen or say gzip."""
    min_bytes: int = 2_000
    """Smaller ones hold settings, not loot."""
    tools: str = (
        r"^(curl|wget|python-requests|python-urllib|microsoft bits)(/|$)|windowspowershell/"
    )
    """User-Agents of the command line; in lower case."""
    mounted: str = r"^(microsoft-webdav-miniredir|davclnt)(/|$)"
    """User-Agents of Windows when a web server is opened as if it were a share; in lower case."""


PARAMS = Params()
PRIOR = -3.3

_SQL = r"""
WITH given AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, uid, service, magic, sha256, origin,
           coalesce(file_bytes, seen_bytes) AS file_bytes,
           coalesce(file_name, regexp_extract(split_part(origin, '?', 1), '[^/]+$')) AS file_name,
           regexp_extract(origin, '^[a-z]+://([^/:?]+)', 1) AS place
    FROM file_activity
    WHERE is_upload AND service IN ('http', 'ftp')
      AND is_internal(src_ip_hi, src_ip_lo) AND NOT is_internal(dst_ip_hi, dst_ip_lo)
      AND (list_contains(string_split($magics, ' '), magic)
           OR regexp_matches(lower(coalesce(file_name, split_part(origin, '?', 1))), $names))
),
bare AS (
    SELECT g.* FROM given g
    WHERE g.file_bytes >= $min_bytes AND coalesce(nullif(g.place, ''), g.dst_ip) = g.dst_ip
      AND NOT EXISTS (SELECT 1 FROM looked_up l WHERE l.src_ip = g.src_ip AND l.address = g.dst_ip)
),
asker AS (
    SELECT b.src_ip, b.dst_ip,
           min(h.user_agent) FILTER (regexp_matches(lower(h.user_agent), $tools)) AS tool,
           min(h.user_agent) FILTER (regexp_matches(lower(h.user_agent), $mounted)) AS mounted
    FROM (SELECT DISTINCT src_ip, dst_ip, evidence_id, uid FROM bare) b
    JOIN http_activity h USING (evidence_id, uid) WHERE h.method IN ('PUT', 'POST') GROUP BY ALL
),
sent AS (
    SELECT src_ip, dst_ip, list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           min(service) AS service, count(DISTINCT coalesce(sha256, file_name, '')) AS files,
           max(file_bytes) AS largest, min(file_name) AS file_name, min(magic) AS magic,
           min(time) AS t0, max(time) AS t1, min(origin) AS origin,
           evidence_of(evidence_id, 'file_activity', frame) AS evidence
    FROM bare GROUP BY src_ip, dst_ip
)
SELECT [s.src_ip] AS src_ips, [s.dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names,
       list_filter(s.ports, lambda p: p IS NOT NULL) AS dst_ports, 'tcp' AS protocol,
       s.t0 AS first_seen_time, s.t1 AS last_seen_time, s.evidence, s.service, s.files, s.largest,
       s.file_name, s.magic, s.origin, a.tool, a.mounted, u.users, h.active
FROM sent s CROSS JOIN active_hosts h
LEFT JOIN asker a USING (src_ip, dst_ip)
LEFT JOIN place_use u ON u.dst_ip = s.dst_ip
ORDER BY s.t0, s.src_ip, s.dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one host gave to one address."""
    largest, files = cast(int, row["largest"]), cast(int, row["files"])
    terms: dict[str, Term] = {
        "archive": term(1.0, str(row["magic"] or row["file_name"])),
        "bare_address": term(1.7, cast(list[str], row["dst_ips"])[0]),
        "size": term(ramp(math.log10(max(largest, 1)), 4.0, 6.0, 1.0), largest),
    }
    if row["mounted"]:
        terms["opened_as_a_share"] = term(1.0, str(row["mounted"])[:60])
    elif row["tool"]:
        terms["by_the_command_line"] = term(0.8, str(row["tool"])[:60])
    users, active = cast(int, row["users"] or 1), cast(int, row["active"])
    many, few = ("many_use_it", -1.5), ("users_share_at_most", 0.5)
    terms |= prevalence(users, active, many=many, few=few)
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    what = (
        f"the archive {row['file_name']}"
        if files == 1 and row["file_name"]
        else (count_text(files, "archive"))
    )
    return Judgement(
        title=f"{src} gave {what} ({size_text(largest)}) to {dst}, an address without a name",
        severity=Severity.MEDIUM if sure >= 0.5 else Severity.LOW,
        terms=terms,
        techniques=("T1048.003", "T1560"),
        facts={
            "service": row["service"],
            "origin": row["origin"],
            "files": files,
            "largest_bytes": largest,
        },
        succeeded=True,
    )


DETECTOR = Detector(
    title="Archive to a bare address",
    summary="A packed file goes out by HTTP or FTP to an address that was asked for by number.",
    blind_spots="Encryption; archives with hidden first bytes; uploads in pieces; named services.",
    benign="Firmware for a device of ours elsewhere, data loggers that deliver to a number.",
    look_next="What is in it, what was read from shares before, which program and account sent it.",
    reads=("file_activity", "http_activity"),
    techniques=("T1048.003", "T1560"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one upload of 2 kB",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
