"""The bytes as handed in: read once, hashed as they pass, copied when they come but once."""

from __future__ import annotations

import hashlib
import io
import os
import select
import stat
import threading
from typing import BinaryIO, Protocol

from netcordon.casefile.seal import Seal
from netcordon.model.evidence import IngestWarning

END_BYTES = 64 << 10
"""Bytes of each end that the cheap test for known evidence looks at."""

STEP_BYTES = 16 << 20
"""Distance of the digests that place a changed byte."""

_POLL_MS = 200


class Reader(Protocol):
    """Bytes from front to back."""

    def readinto(self, buffer: memoryview, /) -> int:
        """Write at least one byte at the front of ``buffer``; return how many, 0 at the end."""


class Digest:
    """SHA-256 of a file with what else a seal needs, in one pass."""

    def __init__(self) -> None:
        self._whole = hashlib.sha256()
        self._prefixes: list[str] = []
        self._head = bytearray()
        self._tail = b""
        self.bytes = 0

    def update(self, data: memoryview) -> None:
        """Take the next bytes."""
        if len(self._head) < END_BYTES:
            self._head += data[: END_BYTES - len(self._head)]
        tail = bytes(data[-END_BYTES:])
        self._tail = tail if len(tail) == END_BYTES else (self._tail + tail)[-END_BYTES:]
        while data:
            part = data[: STEP_BYTES - self.bytes % STEP_BYTES]
            self._whole.update(part)
            self.bytes += len(part)
            if self.bytes % STEP_BYTES == 0:
                self._prefixes.append(self._whole.hexdigest())
            data = data[len(part) :]

    def seal(self, *, location: str | None, kept: str | None) -> Seal:
        """The seal of everything taken so far."""
        return Seal(
            sha256=self._whole.hexdigest(),
            bytes=self.bytes,
            ends_sha256=ends_digest(bytes(self._head), self._tail),
            step_bytes=STEP_BYTES,
            prefixes=tuple(self._prefixes),
            location=location,
            kept=kept,
        )


def ends_digest(head: bytes, tail: bytes) -> str:
    """SHA-256 of the first and the last ``END_BYTES`` of a file; they overlap if it is short."""
    return hashlib.sha256(head + tail).hexdigest()


def changed_while_read(
    before: os.stat_result, after: os.stat_result, read_bytes: int
) -> IngestWarning | None:
    """The warning NC-114 when a file's status differs before and after it was read."""
    changes = [
        f"its {name} changed from {old} to {new}" if name == "size" else f"its {name} changed"
        for name, old, new in (
            ("size", before.st_size, after.st_size),
            ("time of modification", before.st_mtime_ns, after.st_mtime_ns),
            ("time of change", before.st_ctime_ns, after.st_ctime_ns),
        )
        if old != new
    ]
    if not changes:
        return None
    what = (
        f"the file was changed while it was read ({', '.join(changes)}); "
        f"hash and rows are of the {read_bytes} bytes that were read"
    )
    return IngestWarning(code="NC-114", what=what)


class RawReader:
    """Reads a file or a stream once and hashes what it reads.

    Of a regular file at most the bytes it had when it was opened are read, so that a capture still
    being written cannot be followed for ever.

    Args:
        file: unbuffered; not closed here.
        copy: takes every byte read as well.

    Attributes:
        digest: of what was read so far.
        failure: the read error that ended it, if one did.
    """

    def __init__(self, file: io.RawIOBase, copy: BinaryIO | None = None) -> None:
        self.digest = Digest()
        self._file = file
        self._copy = copy
        self._stop = threading.Event()
        self._before = os.fstat(file.fileno())
        regular = stat.S_ISREG(self._before.st_mode)
        self._size = self._before.st_size if regular else None
        self.failure: IngestWarning | None = None
        self._ahead = b""

    def peek(self, count: int) -> bytes:
        """The next bytes, up to ``count``; they count as read but are given out again."""
        while len(self._ahead) < count and (more := self._from_file(count - len(self._ahead))):
            self._ahead += more
        return self._ahead[:count]

    def readinto(self, buffer: memoryview, /) -> int:
        """See ``Reader``; a read error ends the stream and becomes a warning."""
        if self._ahead:
            count = min(len(buffer), len(self._ahead))
            buffer[:count] = self._ahead[:count]
            self._ahead = self._ahead[count:]
            return count
        return self._fill(buffer)

    def _fill(self, buffer: memoryview) -> int:
        if self.failure is not None:
            return 0
        if self._size is not None:
            buffer = buffer[: self._size - self.digest.bytes]
        elif not self._ready():
            return 0
        try:
            count = self._file.readinto(buffer) or 0
        except OSError as error:
            what = f"reading failed after {self.digest.bytes} bytes: {error.strerror or error}"
            self.failure = IngestWarning(code="NC-115", what=what)
            return 0
        data = buffer[:count]
        self.digest.update(data)
        if self._copy is not None:
            self._copy.write(data)
        return count

    def read(self, count: int) -> bytes:
        """Up to ``count`` bytes, none at the end."""
        buffer = bytearray(count)
        return bytes(memoryview(buffer)[: self.readinto(memoryview(buffer))])

    def _from_file(self, count: int) -> bytes:
        buffer = bytearray(count)
        return bytes(memoryview(buffer)[: self._fill(memoryview(buffer))])

    def stop(self) -> None:
        """Make a reader that waits for a stream give up."""
        self._stop.set()

    def warnings(self) -> list[IngestWarning]:
        """What went wrong with the file while it was read; ask at the end."""
        found = [] if self.failure is None else [self.failure]
        if self._size is None:
            return found
        after = os.fstat(self._file.fileno())
        changed = changed_while_read(self._before, after, self.digest.bytes)
        return found if changed is None else [*found, changed]

    def _ready(self) -> bool:
        waiting = select.poll()
        waiting.register(self._file, select.POLLIN)
        while not self._stop.is_set():
            if waiting.poll(_POLL_MS):
                return True
        return False
