"""The manifest beside carved files: what the traffic said of them, and where they were carried.

Names, origins and types are the sender's words. They stand here as JSON strings, in ASCII with all
else escaped, and nowhere in the names of files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from netcordon import __version__
from netcordon.model.quantity import rfc3339
from netcordon.workflow.carried import CarriedFile, CarriedFiles, Row

NAME = "manifest.json"
WARNING = "The content may be malicious. Do not open it outside of a sandbox."
_SAID = (
    "evidence_id", "time", "frame", "last_frame", "uid", "src_ip", "src_port", "dst_ip", "dst_port",
    "service", "is_upload", "file_name", "origin", "declared_type",
)  # fmt: skip


def manifest(files: CarriedFiles, parents: Mapping[str, str], chosen_by: str) -> bytes:
    """The manifest as JSON; the same files give the same bytes.

    Args:
        files: those that were written, and those left out.
        parents: evidence id -> its SHA-256.
        chosen_by: the choice in words.
    """
    document = {
        "netcordon": __version__,
        "warning": WARNING,
        "chosen_by": chosen_by,
        "evidence": dict(sorted(parents.items())),
        "files": [_file(file) for file in files.whole.values()],
        "left_out_count": files.left_out_count,
        "left_out": [_left_out(row) for row in files.left_out],
    }
    return (json.dumps(document, indent=1) + "\n").encode("ascii")


def _file(file: CarriedFile) -> dict[str, object]:
    return {
        "sha256": file.sha256,
        "bytes": file.bytes,
        "magic": file.rows[0]["magic"],
        "encoding": file.rows[0]["encoding"],
        "occurrences": file.occurrences,
        "carried": [_said(row) for row in file.rows],
    }


def _left_out(row: Row) -> dict[str, object]:
    why = "too long to be hashed" if row["is_complete"] else "incomplete"
    sizes = {name: row[name] for name in ("magic", "encoding", "file_bytes", "seen_bytes")}
    return {"why": why, **sizes, **_said(row)}


def _said(row: Row) -> dict[str, object]:
    values = {name: row[name] for name in _SAID}
    time = values["time"]
    values["time"] = rfc3339(time) if isinstance(time, datetime) else None
    return values
