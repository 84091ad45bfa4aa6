"""A log of messages: each line goes to the first reader that knows it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from netcordon.ingest.messages.envelope import Envelope, opened
from netcordon.ingest.messages.events import Event, table_rows
from netcordon.ingest.messages.merging import Identities, Logins
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.tables.schema import TABLES

_ENDS = ("src_ip", "src_port", "dst_ip", "dst_port", "protocol")
MOST_OPEN = 1 << 17
"""Connections whose end is awaited; beyond them the oldest stands as it began."""


@dataclass(frozen=True)
class Message:
    """A line, and what reads its times.

    Attributes:
        envelope: what syslog says.
        clock: of the log.
    """

    envelope: Envelope
    clock: Clock

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
    """

    def __init__(self, readers: Sequence[Reader], clock: Clock) -> None:
        self.facts = Facts()
        self.clock = clock
        self._readers = list(readers)
        self._open: dict[str, Event] = {}
        self._identities, self._logins = Identities(), Logins()

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        ready: list[Event] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            found = self._found(Message(opened(line.decode(errors="replace")), self.clock))
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
                continue
            if not found:
                tally.comments += 1
                continue
            tally.read += 1
            for event in found:
                event.number = number
                if event.table == "network_activity":
                    self.facts.add("device_flows", 1)
                    event.values.setdefault("uid", _uid(line, number))
                ready += self._settled(event)
        yield from table_rows(ready)

    def finish(self) -> Iterable[Rows]:
        """Connections whose end the log does not hold, and who addresses were."""
        left, self._open = list(self._open.values()), {}
        yield from table_rows([*left, *self._identities.all()])

    def _found(self, message: Message) -> Found:
        for place, reader in enumerate(self._readers):
            found = reader.read(message)
            if found is not None:
                if 0 < place < len(self._readers) - 1:
                    self._readers.insert(0, self._readers.pop(place))
                self.facts.add(f"{reader.name}_messages", 1)
                return found
        return None

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


def _uid(line: bytes, number: int) -> str:
    """An id for a flow whose device gives none that is unique over files."""
    return blake2b(line, digest_size=9, salt=number.to_bytes(8, "big")).hexdigest()


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
