"""The anchor: a small file that repeats how many entries the journal has and the hash of the last.

A chain of hashes shows every change but not that its end was cut off; the anchor does. It is
written after the commit, so a run killed in between leaves it behind the journal, which is sound,
never ahead of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from netcordon.casefile import chain
from netcordon.casefile.canonical import canonical
from netcordon.casefile.durable import write_whole

ANCHOR_NAME = "case.anchor"


@dataclass(frozen=True)
class Checkpoint:
    """The state of a journal: how many entries, and the last one's hash. Prints as ``12:ab34…``."""

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


EMPTY = Checkpoint(0, chain.GENESIS)
"""The state before the first entry."""


class DamagedAnchorError(ValueError):
    """The anchor file is there and does not read as one."""


def read_anchor(path: Path) -> Checkpoint | None:
    """The checkpoint in the file; ``None`` when there is no file.

    Raises:
        DamagedAnchorError: when the file was changed.
        OSError: when it cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        value = json.loads(content)
        checkpoint = Checkpoint(int(value["count"]), str(value["hash"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedAnchorError(str(error)) from error
    if _text(checkpoint) != content:
        raise DamagedAnchorError("it is not in the form it was written in")
    return checkpoint


def write_anchor(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the file in one step.

    Raises:
        OSError: when it cannot be written.
    """
    write_whole(path, _text(checkpoint))


def _text(checkpoint: Checkpoint) -> bytes:
    return canonical(checkpoint).encode() + b"\n"
