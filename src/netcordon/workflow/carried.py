"""Files that evidence carried, by hash or by the flows that carried them: their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from netcordon.tables.engine import Engine

MOST_OCCURRENCES = 100
"""Rows named of one file in one piece of evidence."""
_MOST_LEFT_OUT = 1000
"""Rows named of those that cannot be written."""

_WITHIN = """
WITH RECURSIVE within(uid) AS (
    SELECT unnest($uids::VARCHAR[])
    UNION
    SELECT inside.uid FROM network_activity AS inside JOIN within
        ON inside.tunnel_parent = within.uid WHERE inside.evidence_id = $evidence
)
"""
_COLUMNS = """
evidence_id, time, frame, last_frame, uid, src_ip, src_ip_hi, src_ip_lo, src_port,
dst_ip, dst_ip_hi, dst_ip_lo, dst_port, service, is_upload, file_name, origin, declared_type,
magic, encoding, file_bytes, seen_bytes, is_complete, sha256
"""
_WHOLE = f"""{_WITHIN}
SELECT {_COLUMNS}, count(*) OVER (PARTITION BY sha256) AS occurrences
FROM file_activity
WHERE evidence_id = $evidence AND sha256 IS NOT NULL
  AND (list_contains($hashes::VARCHAR[], sha256) OR uid IN (SELECT uid FROM within))
QUALIFY row_number() OVER (PARTITION BY sha256 ORDER BY frame, uid, last_frame)
    <= {MOST_OCCURRENCES}
ORDER BY frame, uid, last_frame, sha256
"""
_LEFT_OUT = f"""{_WITHIN}
SELECT {_COLUMNS}, count(*) OVER () AS occurrences FROM file_activity
WHERE evidence_id = $evidence AND sha256 IS NULL AND uid IN (SELECT uid FROM within)
ORDER BY frame, uid, last_frame LIMIT {_MOST_LEFT_OUT}
"""

Row = Mapping[str, Any]
"""A row of `file_activity`."""


@dataclass
class CarriedFile:
    """One content, wherever it was carried.

    Attributes:
        sha256: of it.
        bytes: its size.
        rows: where it was carried; that of the first place comes first.
        occurrences: how often that was, which may be more than there are rows.
    """

    sha256: str
    bytes: int
    rows: list[Row] = field(default_factory=list)
    occurrences: int = 0


@dataclass
class CarriedFiles:
    """What a choice of files came to.

    Attributes:
        whole: SHA-256 -> the file, in the order they first came.
        left_out: rows of what cannot be written, for it is incomplete or was too long to be hashed.
        left_out_count: how many there are, which may be more than rows.
    """

    whole: dict[str, CarriedFile] = field(default_factory=dict)
    left_out: list[Row] = field(default_factory=list)
    left_out_count: int = 0

    def look(self, engine: Engine, evidence_id: str, hashes: set[str], uids: set[str]) -> None:
        """Add the files of one piece of evidence that have a hash, or that flows carried.

        Args:
            engine: holds its tables.
            evidence_id: which one.
            hashes: SHA-256, hexadecimal.
            uids: flows; those that they carry inside are meant as well.
        """
        values: dict[str, object] = {"evidence": evidence_id, "uids": sorted(uids)}
        found: Sequence[Row] = engine.query(_WHOLE, values | {"hashes": sorted(hashes)})
        for row in found:
            file = self.whole.setdefault(
                row["sha256"], CarriedFile(row["sha256"], row["seen_bytes"])
            )
            if not file.rows or file.rows[-1]["evidence_id"] != evidence_id:
                file.occurrences += row["occurrences"]
            file.rows.append(row)
        rows: Sequence[Row] = engine.query(_LEFT_OUT, values)
        self.left_out_count += rows[0]["occurrences"] if rows else 0
        self.left_out += rows[: _MOST_LEFT_OUT - len(self.left_out)]
