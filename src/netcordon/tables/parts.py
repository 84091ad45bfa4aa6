"""Rows of one piece of evidence as files: split by UTC day, sorted, hashed and made durable."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from netcordon.tables.arrow import day_numbers
from netcordon.tables.schema import Table

FILE_ROWS = 1 << 17
"""Rows of a full file; a file may have more by one batch."""
FILE_BYTES = 64 << 20
"""Bytes of rows in memory that make a file full as well: a row may hold texts of many KiB."""
_PENDING_FILES = 2
"""Full files' worth of rows of one table that wait for their days to fill up."""
_SMALL_ROWS = 1024
_NUMBERS = frozenset(("TIMESTAMP", "BIGINT", "UBIGINT", "INTEGER", "DOUBLE"))
_MAX_DAYS = 512
_MOST_PARTS = 64


@dataclass(frozen=True)
class LakeFile:
    """One file of the lake as it was written.

    Attributes:
        path: relative to the folder of its evidence.
        sha256: of the file.
        rows: in it.
    """

    path: str
    sha256: str
    rows: int


@dataclass
class _Waiting:
    """Rows of one table and day, not yet written."""

    parts: list[pa.Table] = field(default_factory=list)
    rows: int = 0
    bytes: int = 0

    def add(self, part: pa.Table) -> None:
        """Take more rows. Many small parts become one, for each costs more than its rows."""
        self.parts.append(part)
        self.rows += part.num_rows
        self.bytes += part.nbytes
        if len(self.parts) >= _MOST_PARTS and self.rows < _SMALL_ROWS * _MOST_PARTS:
            self.parts = [pa.concat_tables(self.parts).combine_chunks()]


class Parts:
    """Writes files below ``folder``. The same batches in the same order make the same files.

    Args:
        folder: of the evidence.
        prefix: of the names of files.
        beside: how many write at a time; the files of each are full that much earlier.
    """

    def __init__(self, folder: Path, prefix: str = "", beside: int = 1) -> None:
        self._file_rows = FILE_ROWS // beside
        self._file_bytes = FILE_BYTES // beside
        self._folder = folder
        self._prefix = prefix
        self._files: list[LakeFile] = []
        self._count: dict[tuple[str, int], int] = {}
        self._pending: dict[Table, dict[int, _Waiting]] = {}
        self._days: dict[str, set[int]] = {}

    def take(self, table: Table, rows: pa.Table) -> None:
        """Take rows; write the days that are full and those that these rows have left behind."""
        days = self._bounded(table.name, day_numbers(rows.column(table.time)))
        pending = self._pending.setdefault(table, {})
        touched = set()
        for day, part in _by_day(rows, days):
            pending.setdefault(day, _Waiting()).add(part)
            touched.add(day)
        waiting = {day: self._fullness(rows) for day, rows in pending.items()}
        total = sum(waiting.values())
        for day in sorted(waiting, key=lambda day: (-waiting[day], day)):
            if day not in touched or waiting[day] >= 1 or total > _PENDING_FILES:
                self._write(table, day, pending.pop(day))
                total -= waiting[day]

    def finish(self) -> None:
        """Write all that waits, and make the folders durable as well."""
        for table in sorted(self._pending, key=lambda table: table.name):
            pending = self._pending[table]
            for day in sorted(pending):
                self._write(table, day, pending[day])
        self._pending.clear()
        for folder in sorted({self._folder / Path(file.path).parent for file in self._files}):
            sync(folder)
        for folder in sorted({self._folder / Path(file.path).parts[0] for file in self._files}):
            sync(folder)
        sync(self._folder)

    def adopt(self, files: Sequence[LakeFile]) -> None:
        """Count files that others wrote below the folder, under names of their own, as written."""
        self._files.extend(files)

    @property
    def files(self) -> tuple[LakeFile, ...]:
        """What was written, in the order of paths."""
        return tuple(sorted(self._files, key=lambda file: file.path))

    def _bounded(self, table: str, days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        # Forged clocks may claim thousands of days; they get a bounded number of folders.
        known = self._days.setdefault(table, set())
        for day in np.unique(days):
            if int(day) not in known and len(known) >= _MAX_DAYS:
                days = np.where(days == day, max(known), days)
            else:
                known.add(int(day))
        return days

    def _fullness(self, waiting: _Waiting) -> Fraction:
        """How much of a file they would fill."""
        return max(
            Fraction(waiting.rows, self._file_rows), Fraction(waiting.bytes, self._file_bytes)
        )

    def _write(self, table: Table, day: int, waiting: _Waiting) -> None:
        number = self._count.get((table.name, day), 0)
        self._count[table.name, day] = number + 1
        label = np.datetime_as_string(np.datetime64(day, "D"))
        path = f"{table.name}/day={label}/{self._prefix}{number:06d}.parquet"
        rows = _sorted(pa.concat_tables(waiting.parts), table.sort)
        digest = _write_file(self._folder / path, _encode(table, rows))
        self._files.append(LakeFile(path, digest, rows.num_rows))


def _by_day(rows: pa.Table, days: npt.NDArray[np.int64]) -> list[tuple[int, pa.Table]]:
    """Rows of each day."""
    if days.min() == days.max():
        return [(int(days[0]), rows)]
    rows = rows.take(pa.array(np.argsort(days, kind="stable")))
    found, counts = np.unique(days, return_counts=True)
    begins = np.cumsum(counts) - counts
    return [
        (int(day), rows.slice(int(begin), int(count)))
        for day, begin, count in zip(found, begins, counts, strict=True)
    ]


def _sorted(rows: pa.Table, keys: tuple[str, ...]) -> pa.Table:
    # Of many columns, what one source tells fills half; NULLs need no sorting.
    told = [f.name for f in rows.schema if rows.column(f.name).null_count < rows.num_rows]
    filled = rows.select(told).combine_chunks()
    by = [(key, "ascending") for key in keys if key in told]
    if by:
        filled = filled.take(pc.sort_indices(filled, sort_keys=by))
    columns = [
        filled.column(f.name) if f.name in told else pa.nulls(rows.num_rows, f.type)
        for f in rows.schema
    ]
    return pa.table(columns, schema=rows.schema)


def _encode(table: Table, rows: pa.Table) -> pa.Buffer:
    # Dictionaries pay for texts that repeat; on numbers they cost more than they save.
    texts = [c.name for c in table.flat() if c.type == "VARCHAR" and c.name != "uid"]
    # Smallest and largest values let queries skip files by time, frame and address; of texts they
    # let nothing skip that the address's halves do not, and cost a tenth of the writing.
    bounded = [c.name for c in table.flat() if not c.type.startswith("VARCHAR")]
    # Zstandard sets up 100 KiB of state for each column; few rows never earn that back.
    is_small = rows.num_rows < _SMALL_ROWS
    out = pa.BufferOutputStream()
    pq.write_table(
        rows,
        out,
        compression="snappy" if is_small else "zstd",
        compression_level=None if is_small else 1,
        use_dictionary=texts,
        column_encoding=_encodings(table),
        write_statistics=bounded,
        row_group_size=2 * FILE_ROWS,
    )
    return out.getvalue()


@cache
def _encodings(table: Table) -> dict[str, str]:
    """How numbers are laid out before they are compressed.

    Times and frames that follow each other are small differences; of other numbers the octets of
    one weight stand together, most of which are zero. Both make half the work for the compressor,
    and smaller files.
    """
    return {
        c.name: "DELTA_BINARY_PACKED" if c.type == "TIMESTAMP" else "BYTE_STREAM_SPLIT"
        for c in table.flat()
        if c.type in _NUMBERS
    }


def _write_file(path: Path, content: pa.Buffer) -> str:
    """Write and ``fsync``; returns the SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(content).hexdigest()


def sync(directory: Path) -> None:
    """Make the entries of a directory durable."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
