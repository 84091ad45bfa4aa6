"""One TCP connection: its two streams, the parser that reads them, and what is still wanted."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from netcordon.ingest.capture.application.files.tracker import Copies, Files
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.identity import Identities
from netcordon.ingest.capture.application.record.rows import Rows
from netcordon.ingest.capture.application.stream.expected import Expected
from netcordon.ingest.capture.application.stream.reassembly import Budget, Stream
from netcordon.ingest.capture.application.stream.runs import Runs
from netcordon.ingest.capture.application.x509.certificate import Certificates
from netcordon.ingest.capture.events import ORIG, SERVICES

MOST_BUFFERED = 160 << 10
"""Bytes in order that a parser may leave unread before it is given up."""
_MOST_JOINED = 32 << 10
"""Bytes of a run that are handed to a parser at once."""

_SECURED_LATER = frozenset(("smtp", "pop3", "imap", "ftp", "rdp", "mysql", "postgresql", "ldap"))
"""Services that keep their name when they turn to TLS."""
_NUMBERS = {name: number for number, name in enumerate(SERVICES)}


@dataclass
class Context:
    """What all parsers share: where rows go, and what was given up."""

    budget: Budget
    begin: Callable[[Conversation], StreamParser]
    rows: Rows = field(default_factory=Rows)
    identities: Identities = field(default_factory=Identities)
    certificates: Certificates = field(default_factory=Certificates)
    unfinished: int = 0  # octets that handshakes over UDP hold until their messages are whole
    dns_messages: list[tuple[Ends, int, bytes, int, int]] = field(default_factory=list)
    given_up: Counter[str] = field(default_factory=Counter)
    first_given_up: dict[str, int] = field(default_factory=dict)
    expected: Expected = field(default_factory=Expected)
    hashed_file_bytes: int = 64 << 20
    copies: Copies | None = None
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        self.files = Files(self.rows, self.give_up, self.hashed_file_bytes, copies=self.copies)

    def give_up(self, reason: str, frame: int) -> None:
        """Count something that was not read, with the first frame it happened at."""
        self.given_up[reason] += 1
        # Flows are read one after the other: the first word of a chunk is not its first frame.
        self.first_given_up[reason] = min(frame, self.first_given_up.get(reason, frame))


class StreamParser(Protocol):
    """A protocol over TCP. It consumes from ``conversation.streams`` and never raises on bytes.

    Attributes:
        measures: whether it needs the ends of the streams even when it wants no more bytes.
    """

    measures: bool

    def advance(self, direction: int) -> None:
        """More bytes stand in ``streams[direction].buffer``; they may be those of many segments."""

    def gap(self, direction: int) -> None:
        """Bytes are missing before what comes next; the buffer still holds what came before."""

    def finish(self) -> None:
        """The connection is over; hand on what is known."""


class _Closed:
    """Reads nothing: a connection that is over."""

    measures = False

    def advance(self, direction: int) -> None:
        """Nothing is read."""

    def gap(self, direction: int) -> None:
        """Nothing is missed."""

    def finish(self) -> None:
        """Nothing is pending."""


_CLOSED = _Closed()


class Conversation:
    """State of one TCP connection.

    Attributes:
        want: bit 0 while ORIG's bytes are wanted, bit 1 for RESP's.
        flip: whether the payload showed that RESP is the client.
        changed: whether the kernel has to be told something.
        ended: bit 0 when ORIG's stream is known to have ended whole, bit 1 RESP's; set at the end.
    """

    __slots__ = (
        "_unknown", "changed", "context", "ended", "ends", "flip", "flow", "frame", "parser",
        "service", "slot", "streams", "time_ns", "want",
    )  # fmt: skip

    def __init__(self, context: Context, flow: int, slot: int, ends: Ends) -> None:
        self.context = context
        self.flow = flow
        self.slot = slot
        self.ends = ends
        self.streams = (Stream(context.budget), Stream(context.budget))
        self._unknown: StreamParser = context.begin(self)
        self.parser = self._unknown
        self.want = 3
        self.flip = False
        self.service = 0
        self.changed = False
        self.ended = 0
        self.time_ns = 0
        self.frame = 0

    def client(self, direction: int) -> Ends:
        """The ends as rows show them once ``direction`` is known to be the client."""
        if direction != ORIG and not self.flip:
            self.flip = self.changed = True
        return self.ends if direction == ORIG else self.ends.swapped()

    def label(self, service: str) -> None:
        """Name the service for `network_activity.service`; what a tunnel carries replaces it."""
        if service == "tls" and SERVICES[self.service] in _SECURED_LATER:
            return
        number = _NUMBERS[service]
        if number != self.service:
            self.service = number
            self.changed = True

    def skip(self, direction: int, count: int) -> None:
        """Consume ``count`` bytes; what has not arrived of them need not be handed over."""
        stream = self.streams[direction]
        if count > len(stream.buffer):
            self.changed = True
        stream.consume(count)

    def is_whole(self, direction: int) -> bool:
        """When the connection is over: whether every byte up to the end of a stream was read."""
        stream = self.streams[direction]
        return bool(self.ended >> direction & 1) and stream.next >= stream.end

    def stop(self, direction: int) -> None:
        """No more bytes of this direction are wanted."""
        bit = 1 << direction
        if self.want & bit:
            self.want &= ~bit
            self.changed = True
        self.streams[direction].drop()

    def stop_all(self) -> None:
        """Nothing more is wanted."""
        self.stop(0)
        self.stop(1)

    def is_over(self) -> bool:
        """Whether nothing that may still come is of use."""
        return not self.want and not self.parser.measures

    def let_go(self) -> None:
        """Part from the parser, so that both are freed at once and not by the collector."""
        self.parser = self._unknown = _CLOSED

    def take(self, runs: Runs, starts: list[int]) -> None:
        """Take runs of segments; let the parser read on.

        Args:
            runs: what came.
            starts: first segment of each run, and the end of the last one.
        """
        begin = starts[0]
        for stop in starts[1:]:
            if stop - begin > 1:
                self._take_run(runs, begin, stop)
            elif self.want >> runs.directions[begin] & 1:
                self._arrive(runs.directions[begin], runs, begin)
            if not self.want and self.changed and self.is_over():
                return
            begin = stop

    def _take_run(self, runs: Runs, begin: int, stop: int) -> None:
        """Take several segments that follow on.

        The first one often tells that the others are not wanted. What is wanted of them comes
        joined, but while the protocol is not known: it is told by how segments begin.
        """
        direction = runs.directions[begin]
        bit = 1 << direction
        stream = self.streams[direction]
        last, is_first = stop - 1, True
        behind = runs.positions[last] + runs.lengths[last]
        while begin < stop and self.want & bit:
            if behind <= stream.start and not runs.missing[last]:
                stream.end = max(stream.end, behind)
                self.time_ns, self.frame = runs.places[last]
                return
            if is_first or self.parser is self._unknown:
                self._arrive(direction, runs, begin)
                begin += 1
            else:
                begin = self._arrive_joined(direction, runs, begin, stop)
            is_first = False

    def _arrive(self, direction: int, runs: Runs, at: int) -> None:
        """Take one segment."""
        position, missing, place = runs.positions[at], runs.missing[at], runs.places[at]
        behind = position + runs.lengths[at]
        self.time_ns, self.frame = place
        stream = self.streams[direction]
        if position == stream.start + len(stream.buffer) and not stream.waiting:
            if behind > position:
                stream.follow_on(position, runs.data(at), place)
                self._advance(direction)
        elif behind <= stream.start:
            stream.end = max(stream.end, behind)
        elif stream.arrive(position, runs.data(at), *place):
            self._advance(direction)
        if missing and stream.next == behind:
            self._cut_off(direction, missing)
        while stream.waiting and stream.over_limit() and self.want & 1 << direction:
            self._jump(direction)

    def _arrive_joined(self, direction: int, runs: Runs, begin: int, stop: int) -> int:
        """Take as many segments at once as follow on and are not too much; return the next one."""
        positions, stream = runs.positions, self.streams[direction]
        if stream.start > positions[begin]:
            begin = bisect_right(positions, stream.start, begin, stop) - 1
        if stream.waiting or positions[begin] != stream.next:
            self._arrive(direction, runs, begin)
            return begin + 1
        to = max(begin + 1, bisect_right(positions, positions[begin] + _MOST_JOINED, begin, stop))
        self.time_ns, self.frame = runs.places[to - 1]
        stream.follow_on_joined(
            runs.joined(begin, to), zip(positions[begin:to], runs.places[begin:to], strict=True)
        )
        self._advance(direction)
        if runs.missing[to - 1] and stream.next == positions[to - 1] + runs.lengths[to - 1]:
            self._cut_off(direction, runs.missing[to - 1])
        return to

    def begin_again(self) -> None:
        """Another protocol starts inside this one (a tunnel): find out which."""
        self.parser = self._unknown = self.context.begin(self)
        for direction in (0, 1):
            if self.streams[direction].buffer and self.want & 1 << direction:
                self.parser.advance(direction)

    def finish(self, ends: tuple[int, int] = (0, 0)) -> None:
        """The connection is over: read what waits behind gaps, then close the parser.

        Args:
            ends: of both streams as the kernel saw them, 0 when not known.
        """
        for direction in (0, 1):
            self.streams[direction].end = max(self.streams[direction].end, ends[direction])
        for direction in (0, 1):
            stream = self.streams[direction]
            while stream.waiting and self.want & 1 << direction:
                self._jump(direction)
        self.parser.finish()
        self.stop_all()

    def _cut_off(self, direction: int, missing: int) -> None:
        """The capture keeps only the beginning of packets: the rest will never come."""
        if not self.want & 1 << direction:
            return
        self.context.give_up("packet cut off by the capture", self.frame)
        self.parser.gap(direction)
        if self.want & 1 << direction:
            stream = self.streams[direction]
            stream.consume(len(stream.buffer) + missing)

    def _jump(self, direction: int) -> None:
        self.context.give_up("gap in a TCP stream", self.frame)
        self.parser.gap(direction)
        if self.want & 1 << direction:
            self.streams[direction].jump_gap()
            self._advance(direction)

    def _advance(self, direction: int) -> None:
        self.parser.advance(direction)
        if len(self.streams[direction].buffer) > MOST_BUFFERED:
            self.context.give_up("message longer than a parser accepts", self.frame)
            self.stop(direction)
