"""The one writer of a sealed log: append, seal, go on after a crash, wait for room."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from netcordon.collector.chain import (
    GENESIS,
    KEY_BYTES,
    NoRecordError,
    line_of,
    next_key,
    parse_line,
    record_hash,
    tag,
)  # fmt: skip
from netcordon.collector.segments import (
    LOCK,
    DamagedLogError,
    read_state,
    seal_path,
    segment_path,
    segments,
    write_state,
)  # fmt: skip
from netcordon.model.sealed_log import Record

EVENT = "-"
SEGMENT_BYTES = 64 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LogFullError(OSError):
    """There is no room; what was appended waits, and nothing of it is lost."""


class LogWriter:
    """Appends records to a log.

    Args:
        folder: of the log; made when it is missing.
        clock: stamps records.
        segment_bytes: size from which a segment is sealed.

    Attributes:
        first_key: of a log that was made just now, to be kept elsewhere; ``None`` otherwise.
        seq: of the last record.
        torn_bytes: of a record that a crash had left half written; they are set aside.

    Raises:
        DamagedLogError: another collector writes, or the end of the log is not what it was.
        OSError: it cannot be written.
    """

    def __init__(
        self, folder: Path, *, clock: Callable[[], datetime], segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._clock, self._segment_bytes = folder, clock, segment_bytes
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise DamagedLogError("another collector writes to it") from error
        self.first_key: bytes | None = None
        self.torn_bytes = self.seq = self._size = 0
        self._key, self._head, self._number, self._handle = b"", GENESIS, 1, -1
        self._pending = bytearray()
        try:
            self._open()
        except BaseException:
            os.close(self._lock)
            raise

    def append(self, sender: str, message: str) -> Record:
        """Add a record; it survives a kill of this process at once, a power cut after ``sync``.

        Raises:
            LogFullError: no room; the record is kept in memory, call ``flush`` until it succeeds.
        """
        record = Record(
            seq=self.seq + 1, time=_stamp(self._clock()), sender=sender, message=message
        )
        self._head = record_hash(self._head, record)
        self._pending += line_of(record, self._head, tag(self._key, self._head))
        self._key, self.seq = next_key(self._key), record.seq
        self.flush()
        return record

    def note(self, what: str) -> Record:
        """Add an event of the collector's own."""
        return self.append(EVENT, what)

    def flush(self) -> None:
        """Write what waits.

        Raises:
            LogFullError: there is no room still.
        """
        while self._pending:
            try:
                written = os.write(self._handle, self._pending)
            except OSError as error:
                if error.errno in _FULL:
                    raise LogFullError(error.errno, error.strerror) from error
                raise
            del self._pending[:written]
            self._size += written
        if self._size >= self._segment_bytes:
            self._rotate()

    def sync(self) -> None:
        """Make what was written durable, and forget the keys of it."""
        os.fsync(self._handle)
        write_state(self._folder, self.seq, self._key)

    def close(self) -> None:
        """Write, make durable and let go."""
        try:
            self.flush()
            self.sync()
        finally:
            os.close(self._handle)
            os.close(self._lock)

    def _open(self) -> None:
        state, found = read_state(self._folder), segments(self._folder)
        if state is None and found:
            raise DamagedLogError("its state is missing")
        if state is None:
            self.first_key = secrets.token_bytes(KEY_BYTES)
            state = (0, self.first_key)
            write_state(self._folder, *state)
        self.seq, self._key = state
        self._number = found[-1][0] if found else 1
        self._go_on(found)

    def _go_on(self, found: list[tuple[int, Path]]) -> None:
        """Find the end: the last whole record; set aside what a crash left after it."""
        surely, seq, head = self.seq, 0, GENESIS
        for number, path in reversed(found):
            last, whole, size = _last_record(path)
            if number == self._number:
                self._size = whole
                self.torn_bytes = size - whole
            if last is not None:
                seq, head = last[0].seq, last[1]
                break
        if seq < surely:
            raise DamagedLogError(
                f"record {surely} was written and is not there; the last is {seq}"
            )
        self._head = head
        for _ in range(seq - surely):
            self._key = next_key(self._key)
        self.seq = seq
        path = segment_path(self._folder, self._number)
        if self.torn_bytes:
            _set_aside(path, self._size)
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        if seal_path(self._folder, self._number).exists():
            self._next_segment()

    def _rotate(self) -> None:
        """Seal the segment and begin the next."""
        self.sync()
        path = segment_path(self._folder, self._number)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        seal = {"segment": self._number, "last_seq": self.seq, "head": self._head, "sha256": digest}
        target = seal_path(self._folder, self._number)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o400)
        with os.fdopen(handle, "wb") as out:
            out.write(json.dumps(seal, sort_keys=True).encode("ascii") + b"\n")
            out.flush()
            os.fsync(out.fileno())
        path.chmod(0o400)
        self._next_segment()

    def _next_segment(self) -> None:
        os.close(self._handle)
        self._number, self._size = self._number + 1, 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        self._handle = os.open(segment_path(self._folder, self._number), flags, 0o600)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _last_record(path: Path) -> tuple[tuple[Record, str, str] | None, int, int]:
    """The last whole record of a segment, the size up to its end, and the size of all."""
    last, whole, size = None, 0, 0
    with path.open("rb") as file:
        for line in file:
            size += len(line)
            if not line.endswith(b"\n"):
                break
            try:
                last = parse_line(line[:-1])
            except NoRecordError:
                break
            whole = size
        size = os.fstat(file.fileno()).st_size
    return last, whole, size


def _set_aside(path: Path, whole: int) -> None:
    """Move half a record out of the segment; nothing is thrown away."""
    with path.open("r+b") as file:
        file.seek(whole)
        torn = file.read()
        aside = path.with_name(f"{path.name}.torn-{whole}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(torn)
            out.flush()
            os.fsync(out.fileno())
        file.truncate(whole)
        os.fsync(file.fileno())
