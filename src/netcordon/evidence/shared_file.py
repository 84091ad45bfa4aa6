"""A regular file that several processes read, each from front to back at its own place."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from netcordon.evidence.opening import STDIN, open_file
from netcordon.evidence.raw import changed_while_read
from netcordon.model.evidence import IngestWarning


class SharedFile(io.RawIOBase):
    """The first ``size`` bytes of an open file; all have the bytes that one of them opened.

    Args:
        handle: descriptor of a regular file; closed with this object. Its offset is not used, for
            processes that inherit a descriptor share it.
        size: bytes to read at most, so that a growing file is the same for all.
    """

    def __init__(self, handle: int, size: int) -> None:
        self._handle = handle
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """The descriptor."""
        return self._handle

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Read on; 0 at the end."""
        room = memoryview(buffer)[: self._size - self._at]
        count = os.preadv(self._handle, [room], self._at) if len(room) else 0
        self._at += count
        return count

    def close(self) -> None:
        """Give the descriptor back."""
        if not self.closed:
            os.close(self._handle)
        super().close()


@dataclass(frozen=True)
class Shareable:
    """An open regular file that others may read.

    Attributes:
        file: keeps it open.
        size: when it was opened.
        location: absolute path without links.
        before: its status when it was opened.
    """

    file: io.FileIO
    size: int
    location: str
    before: os.stat_result

    def changed(self, read_bytes: int) -> IngestWarning | None:
        """The warning NC-114 when the file is not any more as it was when it was opened."""
        after = os.fstat(self.file.fileno())
        return changed_while_read(self.before, after, read_bytes)


def open_shareable(path: str) -> Shareable | None:
    """Open a file for several processes; ``None`` for what can be read but once.

    Raises:
        EvidenceError: as ``opening.open_source``.
    """
    file = open_file(path)
    before = os.fstat(file.fileno())
    is_whole = (
        stat.S_ISREG(before.st_mode) and file.tell() == 0
    )  # standard input may stand anywhere
    location = os.path.realpath(f"/dev/fd/{file.fileno()}" if path == STDIN else path)
    if is_whole and Path(location).is_file():
        return Shareable(file, before.st_size, location, before)
    file.close()
    return None
