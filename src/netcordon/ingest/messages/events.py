"""What a message says, before it becomes rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

import pyarrow as pa

from netcordon.ingest.text.addresses import addresses
from netcordon.ingest.text.rows import Rows, rows
from netcordon.tables.arrow import arrow_schema
from netcordon.tables.schema import TABLES

Value = str | int | float | bool | list[str] | None
_SENT, _MOST_COUNT = 1 << 31, 1 << 62


@dataclass
class Event:
    """One row of a table.

    Attributes:
        table: its name.
        values: column -> value; an address by its name alone (``src_ip``), times in microseconds.
            What is empty or no address is NULL.
        session: id of a connection that the device tells of when it begins and again when it ends;
            the end replaces the beginning.
        is_begin: this is the beginning.
    """

    table: str
    values: dict[str, Value]
    session: str = ""
    is_begin: bool = False
    number: int = field(default=0)


def whole(text: str | None) -> int | None:
    """A count; ``None`` for anything else."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 18:
        return None
    return int(text)


def port(text: str | None) -> int | None:
    """A port; ``None`` beyond 16 bits."""
    number = whole(text)
    return number if number is not None and number < 65536 else None


def uid(line: bytes, number: int, device: str = "") -> str:
    """An id for a flow whose device gives none that is unique over files.

    Where the device names itself, its own part stands before a dash: by it, two devices that tell
    of one flow are told apart.
    """
    own = blake2b(line, digest_size=9, salt=number.to_bytes(8, "big")).hexdigest()
    return f"{_device(device)}-{own}" if device else own


@lru_cache(4096)
def _device(name: str) -> str:
    return blake2b(name.lower().encode(errors="replace"), digest_size=4).hexdigest()


def table_rows(events: Iterable[Event]) -> Iterable[Rows]:
    """The rows of events, by table."""
    by_table: dict[str, list[Event]] = {}
    for event in events:
        by_table.setdefault(event.table, []).append(event)
    for table, found in sorted(by_table.items()):
        yield _rows(table, found)


def _rows(table: str, events: list[Event]) -> Rows:
    types = {column.name: column.type for column in arrow_schema(table)}
    names = sorted({name for event in events for name in event.values})
    columns: dict[str, object] = {}
    for name in names:
        values = [event.values.get(name) for event in events]
        if f"{name}_hi" in types:
            columns.update(addresses(pa.array(values, pa.string())).columns(name))
        else:
            columns[name] = _column(values, name == TABLES[table].time, types[name])
    return rows(table, [event.number for event in events], columns)


def _column(values: list[Value], is_time: bool, type_: pa.DataType) -> pa.Array:
    if is_time or pa.types.is_timestamp(type_):
        return pa.array(values, pa.int64())
    if pa.types.is_integer(type_):
        most = _SENT if pa.types.is_int32(type_) else _MOST_COUNT
        fine = [v if isinstance(v, int) and 0 <= v < most else None for v in values]
        return pa.array(fine, pa.int64())
    if pa.types.is_floating(type_) or pa.types.is_boolean(type_) or pa.types.is_list(type_):
        return pa.array(values, type_)
    return pa.array([str(v) if v not in (None, "") else None for v in values], pa.string())
