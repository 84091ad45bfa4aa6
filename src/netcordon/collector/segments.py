"""The files of a sealed log: numbered segments, a seal for each that is full, and the state.

A log is a folder. ``segment-000001.log`` and on hold the records; a full one is made read-only and
gets ``segment-000001.seal`` beside it. ``state.json`` holds the number of the last record that is
surely on disk, and the key of the next. Only one collector writes (a kernel file lock).
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from netcordon.collector.chain import KEY_BYTES

STATE, LOCK = "state.json", ".lock"
_NAME = re.compile(r"segment-(\d{6})\.log\Z")


class DamagedLogError(ValueError):
    """The log cannot be continued, and why."""


def segment_path(folder: Path, number: int) -> Path:
    """The file of a segment."""
    return folder / f"segment-{number:06d}.log"


def seal_path(folder: Path, number: int) -> Path:
    """The seal of a segment."""
    return folder / f"segment-{number:06d}.seal"


def segments(folder: Path) -> list[tuple[int, Path]]:
    """Number and file of each segment, in order."""
    found = [(int(m[1]), path) for path in folder.iterdir() if (m := _NAME.match(path.name))]
    return sorted(found)


def write_state(folder: Path, seq: int, key: bytes) -> None:
    """Replace the state in one step, durably."""
    content = json.dumps({"seq": seq, "key": key.hex()}).encode("ascii")
    temporary = folder / f".{STATE}.new"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / STATE)


def read_state(folder: Path) -> tuple[int, bytes] | None:
    """Number of the last record that is surely there, and the key of the one after it.

    Raises:
        DamagedLogError: it is no state.
    """
    path = folder / STATE
    if not path.is_file():
        return None
    try:
        said = json.loads(path.read_text("ascii"))
        seq, key = said["seq"], bytes.fromhex(said["key"])
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedLogError(f"{STATE} is damaged: {error}") from error
    if not isinstance(seq, int) or len(key) != KEY_BYTES:
        raise DamagedLogError(f"{STATE} is damaged")
    return seq, key
