"""Columns of a format become the columns of a table; what the format does not say is NULL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from netcordon.tables.arrow import arrow_schema
from netcordon.tables.schema import TABLES

_PLACES = ("frame", "first_frame")


@dataclass(frozen=True)
class Rows:
    """Rows of one table.

    Attributes:
        table: its name.
        columns: every stored column.
    """

    table: str
    columns: Mapping[str, object]

    @property
    def time(self) -> pa.Array:
        """When they happened, int64 microseconds, NULL where unknown."""
        return pa.array(self.columns[TABLES[self.table].time], pa.int64())


def rows(table: str, numbers: object, columns: Mapping[str, object]) -> Rows:
    """Rows of a table, one for each line.

    Args:
        table: its name.
        numbers: of the lines; they stand in ``frame`` or ``first_frame``.
        columns: what the format says, all of one length.

    Raises:
        KeyError: for a column that the table does not have.
    """
    stored = _stored(table)
    unknown = set(columns) - set(stored)
    if unknown:
        raise KeyError(f"{table} has no {', '.join(sorted(unknown))}")
    lines = pa.array(numbers, pa.int64())
    told = {**dict.fromkeys(_PLACES, lines), **columns}
    filled = {
        name: told[name] if name in told else pa.nulls(len(lines), type_)
        for name, type_ in stored.items()
    }
    return Rows(table, filled)


@cache
def _stored(table: str) -> dict[str, pa.DataType]:
    return {field.name: field.type for field in arrow_schema(table)}
