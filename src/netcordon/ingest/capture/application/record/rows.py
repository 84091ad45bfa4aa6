"""Rows of the tables as the parsers make them, and as columns for the sink."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import address_text, uid_text
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.model.parser import RowSink
from netcordon.tables.arrow import arrow_schema
from netcordon.tables.schema import ADDRESS, TABLES
from netcordon.tables.schema.columns import Column

_Noted = tuple[int, int, Ends, Mapping[str, object]]
"""Time (us), frame, between whom, and the columns that are not NULL."""


class Rows:
    """Rows by table, kept until they are handed on."""

    def __init__(self) -> None:
        self._pending: dict[str, list[tuple[object, ...]]] = {}
        self._noted: dict[str, list[_Noted]] = {}
        self._columns: list[tuple[str, Mapping[str, object]]] = []

    def add(self, table: str, time_ns: int, frame: int, *values: object) -> None:
        """Keep one row: ``values`` are the schema's columns after ``time`` and ``frame``, in order.

        An address is a pair of halves, a uid its integer.
        """
        self._pending.setdefault(table, []).append((time_ns // 1000, frame, *values))

    def note(
        self, table: str, time_ns: int, frame: int, ends: Ends, values: Mapping[str, object]
    ) -> None:
        """Keep one row of a wide table; columns that ``values`` does not name are NULL.

        ``values`` is kept, not copied.

        Raises:
            KeyError: ``values`` names a column that the table has not.
        """
        if not values.keys() <= _names_after_ends(table):
            unknown = sorted(values.keys() - _names_after_ends(table))
            raise KeyError(f"{table} has no column {unknown}")
        noted = self._noted.get(table)
        if noted is None:
            noted = self._noted[table] = []
        noted.append((time_ns // 1000, frame, ends, values))

    def add_columns(self, table: str, columns: Mapping[str, object]) -> None:
        """Keep many rows: every stored column, as ``RowSink.append`` takes them."""
        self._columns.append((table, columns))

    def note_columns(self, table: str, count: int, columns: Mapping[str, object]) -> None:
        """Keep ``count`` rows of which some stored columns are given; the others are NULL."""
        absent = {
            field.name: pa.nulls(count, field.type)
            for field in arrow_schema(table)
            if field.name not in columns
        }
        self.add_columns(table, {**columns, **absent})

    def hand_on(self, sink: RowSink) -> None:
        """Give every kept row to the sink."""
        for table, columns in self._columns:
            sink.append(table, columns)
        self._columns.clear()
        for table in sorted(self._pending):
            sink.append(table, as_columns(table, self._pending[table]))
        self._pending.clear()
        for table in sorted(self._noted):
            sink.append(table, _noted_columns(table, self._noted[table]))
        self._noted.clear()


@cache
def _names_after_ends(table: str) -> frozenset[str]:
    """Columns after time, frame and the five that say between whom."""
    return frozenset(column.name for column in TABLES[table].columns[7:])


def as_columns(table: str, rows: list[tuple[object, ...]]) -> Mapping[str, object]:
    """Rows in the order of the schema's columns as arrays of every stored column.

    Columns that a table gained for other sources stand last, and are NULL in rows that end before.
    """
    known = len(rows[0])
    columns: dict[str, object] = {}
    for column, values in zip(TABLES[table].columns[:known], zip(*rows, strict=True), strict=True):
        columns.update(_stored(table, column, values))
    for field in arrow_schema(table):
        if field.name not in columns:
            columns[field.name] = pa.nulls(len(rows), field.type)
    return columns


def _noted_columns(table: str, rows: list[_Noted]) -> Mapping[str, object]:
    """Rows of a wide table as arrays of every stored column; most columns hold nothing at all."""
    times, frames, ends, values = zip(*rows, strict=True)
    first = (times, frames, *zip(*ends, strict=True))
    columns: dict[str, object] = {}
    for column, known in zip(TABLES[table].columns, first, strict=False):
        columns.update(_stored(table, column, known))
    named = set().union(*values)
    for column in TABLES[table].columns[len(first) :]:
        name = column.name
        if name in named:
            columns.update(_stored(table, column, [row.get(name) for row in values]))
        else:
            columns[name] = pa.nulls(len(rows), arrow_schema(table).field(name).type)
    return columns


def _stored(table: str, column: Column, values: Sequence[object]) -> Mapping[str, object]:
    """The stored columns of one column of the schema."""
    if column.type == ADDRESS:
        halves = _u64(chain.from_iterable(values))  # type: ignore[arg-type]  # pairs
        return address_columns(column.name, halves[::2], halves[1::2])
    if column.name == "uid":
        return {"uid": uid_text(_u64(values))}  # type: ignore[arg-type]  # integers
    if column.type == "TIMESTAMP":
        return {column.name: pa.array(values, pa.int64())}
    return {column.name: pa.array(values, arrow_schema(table).field(column.name).type)}


def _u64(values: Iterable[int]) -> np.ndarray:
    return np.frombuffer(array("Q", values), dtype=np.uint64)


def address_columns(name: str, high: np.ndarray, low: np.ndarray) -> dict[str, object]:
    """The three stored columns of an address."""
    return {name: address_text(high, low), f"{name}_hi": high, f"{name}_lo": low}


def ends_columns(events: NDArray[Any], swap: NDArray[np.bool_]) -> dict[str, object]:
    """Time, frame and between whom of each event; where ``swap`` is true RESP is the client."""
    columns: dict[str, object] = {
        "time": events["time_ns"] // 1000,
        "frame": events["frame"].copy(),
        "uid": uid_text(events["uid"]),
    }
    for name, other in (("src", "dst"), ("dst", "src")):
        high, low, port = (
            np.where(swap, events[f"{other}_{part}"], events[f"{name}_{part}"])
            for part in ("hi", "lo", "port")
        )
        columns |= address_columns(f"{name}_ip", high, low)
        columns[f"{name}_port"] = port.astype(np.int32)
    return columns
