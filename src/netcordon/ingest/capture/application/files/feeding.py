"""Bytes of a stream handed to a file, without a copy of them."""

from __future__ import annotations

from typing import Protocol

from netcordon.ingest.capture.application.files.tracker import CarriedFile, Piece
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.reassembly import Stream


class Taker(Protocol):
    """Takes octets in order."""

    def take(self, data: Piece, time_ns: int, frame: int, /) -> None:
        """The next octets; only read during the call."""

    def reached(self, frame: int, /) -> None:
        """The last octets came in several frames, up to this one."""


def feed(file: Taker, stream: Stream, most: int | None = None) -> int:
    """Hand on what stands in order, at most ``most`` bytes, and consume it; returns how many."""
    have = len(stream.buffer)
    count = have if most is None else min(have, most)
    if count <= 0:
        return 0
    with memoryview(stream.buffer) as view, view[:count] as data:
        file.take(data, *stream.mark())
    file.reached(stream.mark(count - 1)[1])
    stream.consume(count)
    return count


class UntilClose:
    """A file that is all the rest of one direction of a connection.

    Attributes:
        file: what it goes to.
    """

    def __init__(self, file: CarriedFile) -> None:
        self.file = file
        self._stopped_at: int | None = None

    def read(self, conversation: Conversation, direction: int) -> int:
        """Take what has come; returns how many bytes. What is too long is let go by."""
        if self._stopped_at is not None:
            return 0
        stream = conversation.streams[direction]
        count = feed(self.file, stream)
        if not self.file.wants_bytes:
            self._stopped_at = stream.start
            conversation.stop(direction)
        return count

    def close(self, conversation: Conversation, direction: int) -> int:
        """The connection is over; returns the bytes that went by unlooked at."""
        passed = 0
        is_ended = conversation.is_whole(direction)
        if self._stopped_at is not None:
            passed = max(0, conversation.streams[direction].end - self._stopped_at)
            self.file.pass_by(passed, conversation.time_ns, conversation.frame)
            is_ended = bool(conversation.ended >> direction & 1)
        self.file.close(is_ended=is_ended)
        return passed
