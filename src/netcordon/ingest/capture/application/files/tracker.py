"""Objects that protocols carry: counted, recognised and hashed as they pass, never kept.

A parser opens a file when it knows that an object begins, hands its bytes on (in order, or with
their offsets), and closes it. What is remembered of a file is its hash state, its first 32 bytes
and which parts of it were seen. Where bytes arrive out of order a bounded window waits.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right, insort
from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple, Protocol

from netcordon.ingest.capture.application.files.magic import LOOK, magic_of
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.rows import Rows

Piece = bytes | bytearray | memoryview

_MOST_PARTS = 256
"""Separate ranges of a file that are told apart; more of them count as damage."""
_MOST_WAITING = 1 << 20
"""Bytes of one file that wait for those before them."""
_MOST_WAITING_PIECES = 64

BEYOND = "carried files beyond the bound"
"""Reason under which files are counted that were not hashed because too many were open."""


class Copy(Protocol):
    """Takes the bytes of one file, for those who asked for its content."""

    def write(self, data: Piece, /) -> object:
        """Take the next bytes."""

    def close(self, sha256: str | None, /) -> None:
        """There are no more; ``sha256`` is ``None`` when they are not the whole file."""


class Label(NamedTuple):
    """What the protocol says of a file.

    Attributes:
        service: as `network_activity.service`.
        is_upload: carried from initiator to responder.
        name: name or path, safe text.
        origin: URL, share, or subject, safe text.
        declared_type: media type, safe text.
        size: octets the protocol announces.
        encoding: content coding the bytes are in, safe text.
    """

    service: str
    is_upload: bool
    name: str | None = None
    origin: str | None = None
    declared_type: str | None = None
    size: int | None = None
    encoding: str | None = None


Copies = Callable[[Ends, Label], Copy | None]
"""Opens a copy of a file that begins, or says that none is wanted."""


class Files:
    """The files of one capture: opens them, bounds them, writes their rows.

    Args:
        rows: where rows go.
        give_up: told the reason and the frame of what was not hashed.
        most_hashed: octets of a file up to which it is hashed.
        most_open: files hashed at the same time.
        most_waiting: octets that wait out of order, over all files.
        copies: opens copies for those who asked for content; by default nobody does.
    """

    def __init__(
        self,
        rows: Rows,
        give_up: Callable[[str, int], None],
        most_hashed: int = 64 << 20,
        most_open: int = 1 << 16,
        most_waiting: int = 32 << 20,
        copies: Copies | None = None,
    ) -> None:
        self.waiting_room = most_waiting
        self._rows = rows
        self._give_up = give_up
        self._most_hashed = most_hashed
        self._most_open = most_open
        self._open = 0
        self._copies = copies

    @property
    def is_crowded(self) -> bool:
        """Whether as many files are open as may be hashed at the same time."""
        return self._open >= self._most_open

    def begin(self, ends: Ends, label: Label) -> CarriedFile:
        """A file begins; ``ends`` are those of its row, client first."""
        is_crowded = self.is_crowded
        is_hashed = not is_crowded and (label.size is None or label.size <= self._most_hashed)
        copy = self._copies(ends, label) if is_hashed and self._copies is not None else None
        self._open += 1
        file = CarriedFile(self, ends, label, self._most_hashed if is_hashed else -1, copy)
        file.is_crowded_out = is_crowded
        return file

    def over(self, file: CarriedFile, sha256: str | None, is_complete: bool) -> None:
        """A file is closed; called by itself."""
        self._open -= 1
        if file.first_frame == 0:
            return
        if file.is_crowded_out:
            self._give_up(BEYOND, file.first_frame)
        label, seen = file.label, file.seen_bytes
        self._rows.add(
            "file_activity",
            file.first_ns,
            file.first_frame,
            *file.ends,
            label.service,
            label.is_upload,
            label.name,
            label.origin,
            label.declared_type,
            magic_of(bytes(file.first)),
            seen if is_complete else label.size,
            seen,
            is_complete,
            sha256,
            file.last_frame,
            label.encoding,
        )


class CarriedFile:
    """One object on its way; made by ``Files.begin``.

    Attributes:
        ends: client and server.
        label: what the protocol says of it; may be replaced until it is closed.
        first: its first bytes, at most 32.
        seen_bytes: octets that were captured, each once.
        first_ns: time of the first byte seen.
        first_frame: its frame; 0 before it.
        last_frame: frame of the last byte seen.
        is_crowded_out: not hashed because too many files were open when it began.
    """

    __slots__ = (
        "_copy", "_digest", "_files", "_hashed", "_is_damaged", "_most", "_parts", "_waiting",
        "_waiting_bytes", "ends", "first", "first_frame", "first_ns", "is_crowded_out", "label",
        "last_frame", "seen_bytes",
    )  # fmt: skip

    def __init__(
        self, files: Files, ends: Ends, label: Label, most: int, copy: Copy | None
    ) -> None:
        self.ends = ends
        self.label = label
        self.first = bytearray()
        self.seen_bytes = 0
        self.first_ns = 0
        self.first_frame = 0
        self.last_frame = 0
        self.is_crowded_out = False
        self._files = files
        self._copy = copy
        self._most = most
        self._digest = hashlib.sha256() if most >= 0 else None
        self._hashed = 0
        self._parts: list[list[int]] = []  # [start, stop) seen, in order, apart from each other
        self._is_damaged = False
        self._waiting: list[tuple[int, bytes]] = []
        self._waiting_bytes = 0

    @property
    def wants_bytes(self) -> bool:
        """Whether bytes are still of use; if not, ``pass_by`` says all that the row needs."""
        return self._digest is not None or len(self.first) < LOOK

    @property
    def end(self) -> int:
        """Offset behind the furthest byte seen."""
        return self._parts[-1][1] if self._parts else 0

    def take(self, data: Piece, time_ns: int, frame: int) -> None:
        """The next bytes in order; only read during the call."""
        self.take_at(self.end, data, time_ns, frame)

    def take_at(self, offset: int, data: Piece, time_ns: int, frame: int) -> None:
        """Bytes at ``offset`` of the object, in any order; only read during the call."""
        size = len(data)
        if offset < 0 or size == 0:
            return
        fresh = self._see(offset, offset + size, time_ns, frame)
        held = len(self.first)
        if offset <= held < LOOK:
            self.first += data[held - offset : LOOK - offset]
        if self._digest is None:
            return
        if fresh < size and self.label.is_upload:
            self._stop_hashing()  # written twice: what was hashed is not what remains
        elif offset > self._hashed:
            self._wait(offset, data)
        elif offset + size > self._hashed:
            self._hash(memoryview(data)[self._hashed - offset :])
            while self._waiting and self._waiting[0][0] <= self._hashed:
                offset, held_back = self._waiting.pop(0)
                self._let_go(len(held_back))
                if offset + len(held_back) > self._hashed:
                    self._hash(memoryview(held_back)[self._hashed - offset :])

    def reached(self, frame: int) -> None:
        """The last bytes taken came in several frames, up to this one."""
        self.last_frame = max(self.last_frame, frame)

    def pass_by(self, count: int, time_ns: int, frame: int) -> None:
        """The next ``count`` octets were captured and not looked at; they stay unhashed."""
        if count > 0:
            self._see(self.end, self.end + count, time_ns, frame)
            self._stop_hashing()

    def miss(self) -> None:
        """Bytes are missing in the capture."""
        self._is_damaged = True
        self._stop_hashing()

    def close(self, *, is_ended: bool) -> None:
        """Write the row. A file of which no byte was seen has none.

        Args:
            is_ended: the protocol showed that the object ended here.
        """
        is_whole = not self._is_damaged and len(self._parts) == 1 and self._parts[0][0] == 0
        size = self.label.size
        is_complete = is_ended and is_whole and size in (None, self.seen_bytes)
        sha256 = None
        if is_complete and self._digest is not None and self._hashed == self.seen_bytes:
            sha256 = self._digest.hexdigest()
        if self._copy is not None:
            self._copy.close(sha256)
            self._copy = None
        self._forget()
        self._files.over(self, sha256, is_complete)

    def drop(self) -> None:
        """It turned out to be no file: no row."""
        self.first_frame = 0
        self.close(is_ended=False)

    def _see(self, start: int, stop: int, time_ns: int, frame: int) -> int:
        """Note a range; returns how many of its octets are new."""
        if self.first_frame == 0:
            self.first_ns, self.first_frame = time_ns, frame
        self.last_frame = max(self.last_frame, frame)
        parts = self._parts
        if parts and parts[-1][1] == start:  # nearly always: the next bytes
            parts[-1][1] = stop
            fresh = stop - start
        else:
            fresh = self._merge(start, stop)
        self.seen_bytes += fresh
        return fresh

    def _merge(self, start: int, stop: int) -> int:
        parts = self._parts
        low = bisect_right(parts, start, key=itemgetter(0))
        if low and parts[low - 1][1] >= start:
            low -= 1
        high, before = low, 0
        first, last = start, stop
        while high < len(parts) and parts[high][0] <= stop:
            first, last = min(first, parts[high][0]), max(last, parts[high][1])
            before += parts[high][1] - parts[high][0]
            high += 1
        if high == low and len(parts) >= _MOST_PARTS:
            self.miss()
            return 0
        parts[low:high] = [[first, last]]
        return last - first - before

    def _hash(self, data: memoryview) -> None:
        assert self._digest is not None
        if self._hashed + len(data) > self._most:
            self._stop_hashing()
            return
        self._digest.update(data)
        self._hashed += len(data)
        if self._copy is not None:
            self._copy.write(data)

    def _wait(self, offset: int, data: Piece) -> None:
        room = min(_MOST_WAITING - self._waiting_bytes, self._files.waiting_room)
        if len(data) > room or len(self._waiting) >= _MOST_WAITING_PIECES:
            self._stop_hashing()
            return
        insort(self._waiting, (offset, bytes(data)))
        self._waiting_bytes += len(data)
        self._files.waiting_room -= len(data)

    def _let_go(self, count: int) -> None:
        self._waiting_bytes -= count
        self._files.waiting_room += count

    def _stop_hashing(self) -> None:
        self._digest = None
        self._forget()

    def _forget(self) -> None:
        self._waiting.clear()
        self._let_go(self._waiting_bytes)
