"""Bounded in-order reassembly of one direction of a TCP stream.

Bytes that arrived first win where segments overlap (RFC 9293 leaves the choice to the receiver; a
later segment that contradicts is counted, for it is a known way to blind sensors). Bytes out of
order wait within a budget; what never comes is a gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter

_MOST_SEGMENTS = 2048
_PIECE_BYTES = 200
"""Octets of memory that a segment takes beside its own."""
_OFFSET = itemgetter(0)


@dataclass
class Budget:
    """Bytes waiting out of order, over all streams, and what became of the limits.

    ``pieces`` is of how many segments they are, for what holds a segment counts in ``total``.
    """

    per_stream: int
    total: int
    used: int = 0
    pieces: int = 0
    gaps: int = 0
    conflicts: int = 0


class Stream:
    """One direction: ``buffer`` holds the bytes in order that no parser has consumed yet.

    Attributes:
        start: stream offset of ``buffer[0]``.
        end: highest stream offset seen plus one.
        waiting: what stands behind a gap: stream offset, bytes, time and frame of each piece.
    """

    __slots__ = ("_budget", "_marks", "_waiting_bytes", "buffer", "end", "start", "waiting")

    def __init__(self, budget: Budget) -> None:
        self.start = 0
        self.end = 0
        self.buffer = bytearray()
        self._marks: list[tuple[int, tuple[int, int]]] = []  # stream offset, (time_ns, frame)
        self.waiting: list[tuple[int, bytes, int, int]] = []
        self._waiting_bytes = 0
        self._budget = budget

    @property
    def next(self) -> int:
        """Stream offset of the next byte in order."""
        return self.start + len(self.buffer)

    def arrive(self, position: int, data: bytes, time_ns: int, frame: int) -> bool:
        """Take a segment; says whether ``buffer`` grew."""
        stop = position + len(data)
        self.end = max(self.end, stop)
        expected = self.start + len(self.buffer)
        if position > expected:
            self._wait(position, data, time_ns, frame)
            return False
        if position < expected:
            self._compare(position, data)
            if stop <= expected:
                return False
            data = data[expected - position :]
        if self.waiting:
            self._wait(max(position, expected), data, time_ns, frame)  # what waits came first
            self._drain()
        else:
            self._append(expected, data, time_ns, frame)
        return True

    def consume(self, count: int) -> None:
        """Drop ``count`` bytes from the front; may reach beyond what has arrived (skipping)."""
        if count >= len(self.buffer):
            self.buffer.clear()
            self._marks.clear()
            self.start += count
            if self.waiting:
                self._drain()
            return
        del self.buffer[:count]
        self.start += count
        marks = self._marks
        if len(marks) > 1 and marks[1][0] <= self.start:
            del marks[: bisect_right(marks, self.start, key=_OFFSET) - 1]

    def mark(self, offset: int = 0) -> tuple[int, int]:
        """Time (ns) and frame of the segment that brought ``buffer[offset]``."""
        marks = self._marks
        if len(marks) == 1:
            return marks[0][1]
        return marks[max(bisect_right(marks, self.start + offset, key=_OFFSET), 1) - 1][1]

    def follow_on(self, position: int, data: bytes, place: tuple[int, int]) -> None:
        """Take a segment that is the next in order while nothing waits."""
        self.buffer += data
        self._marks.append((position, place))
        position += len(data)
        if position > self.end:
            self.end = position

    def follow_on_joined(self, data: bytes, marks: Iterable[tuple[int, tuple[int, int]]]) -> None:
        """Take several segments that are the next in order while nothing waits.

        Args:
            data: what follows ``buffer``.
            marks: for each segment of it stream offset, and time (ns) with frame.
        """
        self.buffer += data
        self._marks.extend(marks)
        self.end = max(self.end, self.start + len(self.buffer))

    def segment_starts(self) -> list[int]:
        """Offsets in ``buffer`` where segments begin."""
        return [mark[0] - self.start for mark in self._marks if mark[0] >= self.start]

    @property
    def held(self) -> int:
        """Octets of memory that ``buffer`` takes, with what tells where its bytes came from."""
        return len(self.buffer) + _PIECE_BYTES * len(self._marks)

    def find_segment(self, begins_message: Callable[[bytes], bool], head: int) -> bool:
        """Go to the first segment that begins with a message; what stands before it is dropped.

        Args:
            begins_message: told the first bytes of a segment and what follows it in ``buffer``.
            head: how many bytes at most.

        Returns:
            Whether there is one; without one ``buffer`` is empty afterwards.
        """
        for start in self.segment_starts():
            if begins_message(bytes(self.buffer[start : start + head])):
                self.consume(start)
                return True
        self.consume(len(self.buffer))
        return False

    def over_limit(self) -> bool:
        """Whether more bytes wait than the budget allows."""
        return bool(self.waiting) and (
            self._waiting_bytes > self._budget.per_stream
            or self._budget.used + _PIECE_BYTES * self._budget.pieces > self._budget.total
            or len(self.waiting) > _MOST_SEGMENTS
        )

    def jump_gap(self) -> int:
        """Give up on missing bytes and go on with the first that wait; returns how many miss."""
        expected = self.next
        self.buffer.clear()
        self._marks.clear()
        self.start = self.waiting[0][0] if self.waiting else expected
        self._budget.gaps += 1
        self._drain()
        return self.start - expected

    def drop(self) -> None:
        """Forget every byte."""
        self._budget.used -= self._waiting_bytes
        self._budget.pieces -= len(self.waiting)
        self._waiting_bytes = 0
        self.waiting.clear()
        self._marks.clear()
        self.buffer = bytearray()

    def _append(self, position: int, data: bytes, time_ns: int, frame: int) -> None:
        self.buffer += data
        self._marks.append((position, (time_ns, frame)))

    def _wait(self, position: int, data: bytes, time_ns: int, frame: int) -> None:
        """Keep the parts that no waiting segment covers, so that what waits never overlaps."""
        waiting = self.waiting
        at = bisect_right(waiting, position, key=_OFFSET)
        if at and waiting[at - 1][0] + len(waiting[at - 1][1]) > position:
            at -= 1
        stop = position + len(data)
        pieces: list[tuple[int, bytes, int, int]] = []
        first, low = at, position
        while at < len(waiting) and waiting[at][0] < stop:
            held_at, held, _, _ = waiting[at]
            if low < held_at:
                pieces.append((low, data[low - position : held_at - position], time_ns, frame))
            begin, end = max(position, held_at), min(stop, held_at + len(held))
            ours = held[begin - held_at : end - held_at]
            self._budget.conflicts += ours != data[begin - position : end - position]
            pieces.append(waiting[at])
            low = max(low, held_at + len(held))
            at += 1
        if low < stop:
            pieces.append((low, data[low - position :], time_ns, frame))
        before = sum(len(held) for _, held, _, _ in waiting[first:at])
        grown = sum(len(piece) for _, piece, _, _ in pieces) - before
        self._waiting_bytes += grown
        self._budget.used += grown
        self._budget.pieces += len(pieces) - (at - first)
        waiting[first:at] = pieces

    def _drain(self) -> None:
        while self.waiting and self.waiting[0][0] <= self.next:
            position, data, time_ns, frame = self.waiting.pop(0)
            self._waiting_bytes -= len(data)
            self._budget.used -= len(data)
            self._budget.pieces -= 1
            fresh = self.next - position
            self._compare(position, data)
            if fresh < len(data):
                self._append(self.next, data[fresh:], time_ns, frame)

    def _compare(self, position: int, data: bytes) -> None:
        low = max(position, self.start)
        high = min(position + len(data), self.next)
        if high > low:
            ours = self.buffer[low - self.start : high - self.start]
            self._budget.conflicts += ours != data[low - position : high - position]
