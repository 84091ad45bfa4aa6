"""A log of messages: each line goes to the first reader that knows it."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from netcordon.ingest.messages.envelope import Envelope, opened
from netcordon.ingest.messages.events import Event, table_rows, uid
from netcordon.ingest.messages.merging import Identities, Logins
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.abreast import Turns
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.tables.schema import TABLES

_ENDS = ("src_ip", "src_port", "dst_ip", "dst_port", "protocol")
MANY_BYTES = 1 << 20
"""Bytes of a block that are worth loading the compiled readers for."""
MOST_OPEN = 1 << 17
"""Connections whose end is awaited; beyond them the oldest stands as it began."""


@dataclass(frozen=True)
class Message:
    """A line, and what reads its times.

    Attributes:
        envelope: what syslog says.
        clock: of the log.
        line: all of it, as it stands.
    """

    envelope: Envelope
    clock: Clock
    line: str = ""

    @property
    def text(self) -> str:
        """The message."""
        return self.envelope.text

    def time(self, text: str = "", zone: str = "") -> int | None:
        """The message's own time where it gives one, else that of its envelope."""
        own = self.clock.microseconds(text, zone) if text else None
        if own is None and self.envelope.time:
            return self.clock.microseconds(self.envelope.time, zone)
        return own


Found = Sequence[Event] | str | None
"""Rows; none for a message that is known to tell of nothing that a table holds (a comment); or why
there are none (a few words, closed vocabulary); or ``None``: not of this kind."""


@dataclass(frozen=True)
class Reader:
    """Reads messages of one kind of device.

    Attributes:
        name: of the kind, as facts and summaries name it.
        read: takes a message apart. It never raises on text.
    """

    name: str
    read: Callable[[Message], Found]


class MessageLog:
    """Reads lines; ``finish`` gives what waited for more of them.

    Args:
        readers: asked in turn; whoever read the line before is asked first, but the last, which
            takes what no other knows.
        clock: reads the times.
        of_device: clock of a device, by its name; ``None`` where all have the same.
    """

    def __init__(
        self,
        readers: Sequence[Reader],
        clock: Clock,
        of_device: Callable[[str], Clock] | None = None,
    ) -> None:
        self.facts = Facts()
        self.clock = clock
        self._of_device = of_device
        self._readers = list(readers)
        self._open: dict[str, Event] = {}
        self._identities, self._logins = Identities(), Logins()
        self._turns = Turns()

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``.

        What one line tells of another is settled block after block; the columns are read beside.
        """
        return self._rows(block, tally, self._turns.draw())

    def _rows(self, block: Block, tally: Tally, turn: int) -> Iterable[Rows]:
        with self._turns.after(turn) as wait:
            found: list[Rows] = []
            readers: Sequence[str] = ()
            if len(block.data) >= MANY_BYTES and self._of_device is None:
                from netcordon.ingest.messages.by_column.block import by_column

                taken = by_column(block, self.clock)
                found, readers = taken.rows, taken.readers.tolist()
                flows = sum(len(rows.time) for rows in found if rows.table == "network_activity")
                self.facts.add("device_flows", flows)
            wait()
            found += table_rows(self._line_by_line(block, readers, tally))
        yield from found

    def _line_by_line(self, block: Block, readers: Sequence[str], tally: Tally) -> Sequence[Event]:
        """Rows of the lines that were not read by the column."""
        ready: list[Event] = []
        numbers = block.numbers.tolist()
        left = [i for i, name in enumerate(readers) if not name] if readers else range(len(block))
        done = 0
        for index in left:
            self._have_read(readers[done:index])
            done = index + 1
            ready += self._events(block.text(index), numbers[index], tally)
        self._have_read(readers[done:])
        tally.read += len(readers) - len(left) if readers else 0
        for name, count in sorted(Counter(filter(None, readers)).items()):
            self.facts.add(f"{name}_messages", count)
        return ready

    def _have_read(self, readers: Sequence[str]) -> None:
        """These readers would have read the lines between two others."""
        for name in dict.fromkeys(reversed(dict.fromkeys(reversed(readers)))):
            self._put_first(name)

    def _events(self, line: bytes, number: int, tally: Tally) -> Sequence[Event]:
        ready: list[Event] = []
        text = line.decode(errors="replace")
        envelope = opened(text)
        clock = self._of_device(envelope.host) if self._of_device else self.clock
        message = Message(envelope, clock, text)
        found = self._found(message)
        if not found and b"\0" in line:
            found = "zeros where the text was"
        elif found is None:
            found = "no message of a known kind"
        elif not isinstance(found, str) and any(_undated(event) for event in found):
            found = "no time, or none that can be read"
        elif not isinstance(found, str) and not all(_has_ends(event) for event in found):
            found = "an end of the connection is no address"
        if isinstance(found, str):
            tally.refuse_text(found, number, line)
            return ready
        if not found:
            tally.comments += 1
            return ready
        tally.read += 1
        for event in found:
            event.number = number
            if event.table == "network_activity":
                self.facts.add("device_flows", 1)
                event.values.setdefault("uid", uid(line, number, message.envelope.host))
            ready += self._settled(event)
        return ready

    def finish(self) -> Iterable[Rows]:
        """Connections whose end the log does not hold, and who addresses were."""
        left, self._open = list(self._open.values()), {}
        yield from table_rows([*left, *self._identities.all()])

    def _found(self, message: Message) -> Found:
        for reader in self._readers:
            found = reader.read(message)
            if found is not None:
                self._put_first(reader.name)
                self.facts.add(f"{reader.name}_messages", 1)
                return found
        return None

    def _put_first(self, name: str) -> None:
        """Who has read a line is asked first for the next, but the last of the readers."""
        place = next(i for i, reader in enumerate(self._readers) if reader.name == name)
        if 0 < place < len(self._readers) - 1:
            self._readers.insert(0, self._readers.pop(place))

    def _settled(self, event: Event) -> Iterable[Event]:
        if event.table == "host_identity":
            return self._identities.take(event)
        if not event.session:
            return [event]
        if event.table == "authentication":
            return [] if self._logins.is_repeated(event) else [event]
        begun = self._open.pop(event.session, None)
        if not event.is_begin:
            return [event]
        if begun is not None and _same_ends(begun, event):  # told of again before it ended
            counted = event.values.get("ip_bytes_out") is not None
            self._open[event.session] = event if counted else begun
            return []
        self._open[event.session] = event
        if begun is not None:  # the id was given again
            return [begun]
        if len(self._open) > MOST_OPEN:
            return [self._open.pop(next(iter(self._open)))]
        return []


def _same_ends(one: Event, other: Event) -> bool:
    return all(one.values.get(end) == other.values.get(end) for end in _ENDS)


def _has_ends(event: Event) -> bool:
    if event.table != "network_activity":
        return True
    return all(_is_address(str(event.values.get(end))) for end in ("src_ip", "dst_ip"))


@lru_cache(1 << 16)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _undated(event: Event) -> bool:
    return event.values.get(TABLES[event.table].time) is None
