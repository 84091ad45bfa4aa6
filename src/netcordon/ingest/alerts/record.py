"""One record of JSON: its fields by dotted names, whatever types they were written in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.moments import Clock

MOST_LETTERS = 1024
"""Of a text that is kept; nobody reads more of an alert."""
MOST_ITEMS = 64
MOST_SESSIONS = 1 << 16
"""Sessions whose ends are remembered; beyond them the oldest is forgotten."""

_ZONE_IN_WORDS = re.compile(r" \((?:UTC|GMT)\)$")


@dataclass
class Memory:
    """What earlier records said of sessions: id -> ends; bounded."""

    sessions: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    def keep(self, session: str, address: str, port: int | None) -> None:
        """Remember the server's end of a session."""
        self.sessions.pop(session, None)
        self.sessions[session] = (address, port)
        if len(self.sessions) > MOST_SESSIONS:
            del self.sessions[next(iter(self.sessions))]


@dataclass(frozen=True)
class Record:
    """An object of JSON.

    Attributes:
        fields: the object.
        clock: reads its times.
        memory: of the log it stands in.
        reporter: host that sent it, where an envelope says so.
    """

    fields: Mapping[str, object]
    clock: Clock
    memory: Memory = field(default_factory=Memory)
    reporter: str = ""

    def get(self, path: str) -> object:
        """A value by its dotted path; of a list the first item; ``None`` where there is none.

        A name may hold the dots itself (``{"source.ip": ...}``), as some exports write it.
        """
        if path in self.fields:
            return self.fields[path]
        value: object = self.fields
        for name in path.split("."):
            if isinstance(value, list):
                value = value[0] if value else None
            if not isinstance(value, Mapping):
                return None
            value = value.get(name)
        return value

    def has(self, *paths: str) -> bool:
        """Whether each path leads to something."""
        return all(self.get(path) is not None for path in paths)

    def text(self, *paths: str) -> str:
        """A text, or a number as text, by the first path that has one; empty without."""
        for path in paths:
            value = self.get(path)
            if isinstance(value, list):
                value = value[0] if value else None
            if isinstance(value, bool):
                value = str(value).lower()
            if isinstance(value, int | float) or (isinstance(value, str) and value.strip()):
                return _clean(str(value))
        return ""

    def whole(self, *paths: str) -> int | None:
        """A whole number that is not negative, also one written as text."""
        for path in paths:
            value = self.text(path)
            value = value.removesuffix(".0")
            if value.isascii() and value.isdecimal() and len(value) <= 18:
                return int(value)
        return None

    def number(self, *paths: str) -> float | None:
        """A finite number, also one written as text."""
        for path in paths:
            try:
                value = float(self.text(path))
            except ValueError:
                continue
            if abs(value) < 1e15:
                return value
        return None

    def port(self, *paths: str) -> int | None:
        """A port; ``None`` for 0 and beyond 16 bits."""
        value = self.whole(*paths)
        return value if value is not None and 0 < value < 65536 else None

    def time(self, *paths: str) -> int | None:
        """A time in microseconds since 1970 UTC, from text, or from seconds or milliseconds."""
        for path in paths:
            text = _ZONE_IN_WORDS.sub("Z", self.text(path))
            found = self.clock.microseconds(text.removesuffix(".0")) if text else None
            if found is not None:
                return found
        return None

    def texts(self, path: str) -> list[str]:
        """The texts of a list; of a text alone, that text."""
        value = self.get(path)
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, Sequence):
            return []
        return [_clean(item) for item in value[:MOST_ITEMS] if isinstance(item, str) and item]

    def parts(self, path: str) -> list[Record]:
        """The objects of a list, or the object alone, as records."""
        value = self.get(path)
        if isinstance(value, Mapping):
            value = [value]
        if not isinstance(value, list):
            return []
        return [
            Record(item, self.clock, self.memory, self.reporter)
            for item in value[:MOST_ITEMS]
            if isinstance(item, Mapping)
        ]


def _clean(text: str) -> str:
    """A text cut to a length, without halves of surrogate pairs."""
    return text[:MOST_LETTERS].encode(errors="replace").decode().replace("\0", "")


def is_address(text: str) -> bool:
    """Whether a text is an address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


Found = Sequence[Event] | str | None
"""Rows; none for a record that tells of nothing a table holds (a comment); why there are none (a
few words, closed vocabulary); ``None``: not of this kind."""


@dataclass(frozen=True)
class RecordReader:
    """Reads records of one tool.

    Attributes:
        name: of the tool, as facts and summaries name it.
        read: takes a record apart. It never raises on what JSON can hold.
    """

    name: str
    read: Callable[[Record], Found]
