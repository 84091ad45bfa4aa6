"""The schema as Arrow types, and batches of columns as Arrow tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from netcordon.tables.schema import TABLES, Table
from netcordon.tables.schema.columns import FEW_VALUES

_MICROSECONDS_A_DAY = 86_400_000_000

_TYPES = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "UBIGINT": pa.uint64(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR[]": pa.list_(pa.string()),
    "BIGINT[]": pa.list_(pa.int64()),
    "INTEGER[]": pa.list_(pa.int32()),
}


_WORDS = pa.dictionary(pa.int32(), pa.string())


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The stored columns of a table as an Arrow schema.

    Raises:
        KeyError: for an unknown table.
    """
    return pa.schema(
        [(c.name, _WORDS if c.name in FEW_VALUES else _TYPES[c.type]) for c in TABLES[table].flat()]
    )


def to_arrow(table: Table, columns: Mapping[str, object]) -> pa.Table:
    """One batch of rows with the table's exact schema.

    Args:
        table: whose rows these are.
        columns: column name -> NumPy array, Arrow array or list; times as int64 microseconds.

    Raises:
        KeyError: when a stored column is missing.
    """
    schema = arrow_schema(table.name)
    return pa.table([_column(columns[field.name], field.type) for field in schema], schema=schema)


def _column(values: object, wanted: pa.DataType) -> pa.Array | pa.ChunkedArray:
    array: pa.Array | pa.ChunkedArray
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        array = values
    elif isinstance(values, np.ndarray):
        array = pa.array(values)
    else:
        array = pa.array(values, pa.int64() if pa.types.is_timestamp(wanted) else wanted)
    if array.type == wanted:
        return array
    if wanted == _WORDS:
        return array.cast(pa.string()).dictionary_encode()
    return array.cast(wanted)


def day_numbers(times: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """UTC day (days since 1970) of each time; rows without a time go to day 0."""
    micros: npt.NDArray[np.int64] = pc.fill_null(times.cast(pa.int64()), 0).to_numpy()
    return np.floor_divide(micros, _MICROSECONDS_A_DAY)
