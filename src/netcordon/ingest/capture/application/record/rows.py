"""Rows of the tables as the parsers make them, and as columns for the sink."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from netcordon.ingest.capture.addresses import address_text, uid_text
from netcordon.model.parser import RowSink
from netcordon.tables.arrow import arrow_schema
from netcordon.tables.schema import ADDRESS, TABLES

Address = tuple[int, int]
"""Two 64-bit halves of a 16-byte address."""


class Ends(NamedTuple):
    """The columns that say between whom: client first, whoever sent the packet."""

    uid: int
    src_ip: Address
    src_port: int
    dst_ip: Address
    dst_port: int

    def swapped(self) -> Ends:
        """The same flow seen from the other side."""
        return Ends(self.uid, self.dst_ip, self.dst_port, self.src_ip, self.src_port)


class Rows:
    """Rows by table, kept until they are handed on."""

    def __init__(self) -> None:
        self._pending: dict[str, list[tuple[object, ...]]] = {}
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

        Raises:
            KeyError: ``values`` names a column that the table has not.
        """
        names = _names_after_ends(table)
        if not values.keys() <= names.keys():
            raise KeyError(f"{table} has no column {sorted(values.keys() - names.keys())}")
        self.add(table, time_ns, frame, *ends, *[values.get(name) for name in names])

    def add_columns(self, table: str, columns: Mapping[str, object]) -> None:
        """Keep many rows: every stored column, as ``RowSink.append`` takes them."""
        self._columns.append((table, columns))

    def hand_on(self, sink: RowSink) -> None:
        """Give every kept row to the sink."""
        for table, columns in self._columns:
            sink.append(table, columns)
        self._columns.clear()
        for table in sorted(self._pending):
            sink.append(table, as_columns(table, self._pending[table]))
        self._pending.clear()


@cache
def _names_after_ends(table: str) -> dict[str, None]:
    """Columns after time, frame and the five that say between whom, in order."""
    return dict.fromkeys(column.name for column in TABLES[table].columns[7:])


def as_columns(table: str, rows: list[tuple[object, ...]]) -> Mapping[str, object]:
    """Rows in the order of the schema's columns as arrays of every stored column."""
    types = arrow_schema(table)
    columns: dict[str, object] = {}
    for column, values in zip(TABLES[table].columns, zip(*rows, strict=True), strict=True):
        if column.type == ADDRESS:
            halves = np.array(values, dtype=np.uint64)
            columns.update(address_columns(column.name, halves[:, 0], halves[:, 1]))
        elif column.name == "uid":
            columns["uid"] = uid_text(np.array(values, dtype=np.uint64))
        elif column.type == "TIMESTAMP":
            columns[column.name] = pa.array(values, pa.int64())
        else:
            columns[column.name] = pa.array(values, types.field(column.name).type)
    return columns


def address_columns(name: str, high: np.ndarray, low: np.ndarray) -> dict[str, object]:
    """The three stored columns of an address."""
    return {name: address_text(high, low), f"{name}_hi": high, f"{name}_lo": low}
