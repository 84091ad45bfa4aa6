"""What a product's events say: a declaration of paths, and what makes rows of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from netcordon.ingest.messages.events import Event, Value, whole
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.records.connection import connection
from netcordon.ingest.records.record import Record
from netcordon.tables.arrow import arrow_schema
from netcordon.tables.schema import TABLES

Source = Callable[[Record], Value]
"""Where a column's value comes from; ``None`` where the event does not say."""
Test = Callable[[Record], bool]
Sources = Mapping[str, Source | str]
"""Column -> source, or paths between spaces."""

_LETTERS, _LONG_LETTERS = 1024, 8192
_LONG = frozenset(("uri", "location"))
_ZONED = re.compile(r"(?:Z|UTC|GMT|[T ]\d{1,2}:.*[+-]\d{2}:?\d{2})$")
_TWELVE = re.compile(r"^(\d{1,2}/\d{1,2}/\d{4}),? (\d{1,2}:\d{2}:\d{2})(?:\.\d+)? ?([AP]M)$")
_PORT = re.compile(r"^\[?([0-9A-Fa-f:.]+?)\]?(?::\d{1,5})?$")


def said(paths: str) -> Source:
    """The first of these paths (between spaces) that says something."""
    names = tuple(paths.split())
    return lambda record: record.text(*names)


def fixed(value: Value) -> Source:
    """The same for each event."""
    return lambda _: value


def word(paths: str, known: Mapping[str, Value], *, keep: bool = False) -> Source:
    """The word that stands for a text (in lower case); others are nothing, or kept."""
    names = tuple(paths.split())

    def read(record: Record) -> Value:
        text = record.text(*names)
        return None if text is None else known.get(text.lower(), text if keep else None)

    return read


def joined(separator: str, *paths: str) -> Source:
    """What several paths say, one after another."""

    def read(record: Record) -> Value:
        return separator.join(text for path in paths if (text := record.text(path))) or None

    return read


def either(*sources: Source | str) -> Source:
    """The first of these that says something."""
    asked = [said(source) if isinstance(source, str) else source for source in sources]

    def read(record: Record) -> Value:
        return next((value for one in asked if (value := one(record)) is not None), None)

    return read


def listed(paths: str) -> Source:
    """All items of a list."""
    names = tuple(paths.split())
    return lambda record: record.texts(*names) or None


def has(*paths: str) -> Test:
    """Whether all of these paths hold something."""
    return lambda record: record.has(*paths)


def says(path: str, *texts: str) -> Test:
    """Whether a path says one of these texts (in lower case)."""
    known = frozenset(texts)
    return lambda record: record.lower(path) in known


def always(_: Record) -> bool:
    """Every event."""
    return True


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Events that become rows of one table.

    Attributes:
        table: its name; empty for events that no table holds, which are comments.
        columns: column -> paths or source. For ``network_activity`` see ``connection``.
        when: which events.
    """

    table: str
    columns: Sources
    when: Test = always

    def event(self, record: Record, clock: Clock, zone: str) -> Event:
        """The row of an event."""
        values: dict[str, Value] = {}
        for name, source in self.columns.items():
            told = record.text(*_split(source)) if isinstance(source, str) else source(record)
            values[name] = _typed(self.table, name, told, clock, zone)
        return connection(values) if self.table == "network_activity" else Event(self.table, values)


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product whose events are read.

    Attributes:
        name: one word, the ``provider`` of its rows.
        marks: what its events have and those of no other product.
        shapes: asked in turn.
        each: path of a list whose objects are an event each.
        zone: of times that name none: ``Z`` where the vendor's documentation says so; empty where
            it does not, and the log's zone is assumed.
    """

    name: str
    marks: Test
    shapes: tuple[Shape, ...]
    each: str = ""
    zone: str = "Z"

    def events(self, record: Record, clock: Clock) -> Iterator[Event | None]:
        """Rows of a record; ``None`` for a part of it that no shape fits."""
        parts = list(record.parts(self.each)) if self.each else []
        for part in parts or [record]:
            shape = next((one for one in self.shapes if one.when(part)), None)
            if shape is None:
                yield None
            elif shape.table:
                yield shape.event(part, clock, self.zone)


def moment(text: str, clock: Clock, zone: str) -> int | None:
    """A time, microseconds since 1970 UTC."""
    if " @ " in text:  # Kibana: May 1, 2024 @ 10:00:00.000
        text = text.replace(" @ ", " ").replace(",", "")
    twelve = _TWELVE.match(text)
    if twelve is not None:
        text = " ".join(twelve.groups())
    return clock.microseconds(text, "" if _ZONED.search(text) else zone)


def address(text: str) -> str:
    """An address as devices write it: before a port, or the first of several."""
    first = text.split(",", 1)[0].strip()
    if first.count(":") > 1 and not first.startswith("["):
        return first
    bare = _PORT.match(first)
    return bare[1] if bare else first


def _typed(table: str, name: str, told: Value, clock: Clock, zone: str) -> Value:
    if told is None:
        return None
    type_ = _types(table).get(name, pa.string())
    if name.endswith("_ip"):
        return address(str(told))
    if pa.types.is_timestamp(type_) or name == TABLES[table].time:
        return moment(str(told), clock, zone)
    if pa.types.is_integer(type_):
        return told if isinstance(told, int) else whole(str(told).partition(".")[0])
    if pa.types.is_floating(type_):
        return _number(str(told))
    if pa.types.is_list(type_) or pa.types.is_boolean(type_):
        return told
    return str(told)[: _LONG_LETTERS if name in _LONG else _LETTERS]


def _number(text: str) -> float | None:
    try:
        return min(max(float(text), 0.0), 1e9)
    except ValueError:
        return None


@cache
def _split(paths: str) -> tuple[str, ...]:
    return tuple(paths.split())


@cache
def _types(table: str) -> Mapping[str, pa.DataType]:
    return {field.name: field.type for field in arrow_schema(table)}
