"""The lake: Parquet files, one folder a piece of evidence, put in place whole or not at all.

Layout: ``lake/evidence_id=<id>/<table>/day=<UTC day>/<n>.parquet``. Rows are written to a staging
folder first; one atomic ``rename`` puts them in place when the evidence has been read to its end,
so a run killed at any moment leaves either nothing or everything.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from netcordon.tables.arrow import day_numbers, to_arrow
from netcordon.tables.schema import TABLES, Table

STAGING = ".staging"
"""Folder of unfinished writes; everything in it is rubbish once no run holds the workspace."""

_FLUSH_ROWS = 1 << 17
_MAX_DAYS = 512


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


class Staging:
    """Rows of one piece of evidence on their way into the lake (a ``RowSink``)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, int] = {}
        self._pending: dict[str, list[pa.Table]] = {}
        self._pending_rows: dict[str, int] = {}
        self._parts: dict[tuple[str, int], int] = {}
        self._days: dict[str, set[int]] = {}

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Take a batch of rows; see ``model.parser.RowSink``.

        Raises:
            KeyError: for an unknown table or a missing column.
        """
        batch = to_arrow(TABLES[table], columns)
        if batch.num_rows == 0:
            return
        self.rows[table] = self.rows.get(table, 0) + batch.num_rows
        self._pending.setdefault(table, []).append(batch)
        self._pending_rows[table] = self._pending_rows.get(table, 0) + batch.num_rows
        if self._pending_rows[table] >= _FLUSH_ROWS:
            self._flush(TABLES[table])

    def finish(self) -> None:
        """Write what is pending."""
        for name in sorted(self._pending):
            self._flush(TABLES[name])

    def _flush(self, table: Table) -> None:
        pending = self._pending.pop(table.name, [])
        self._pending_rows[table.name] = 0
        if not pending:
            return
        rows = pa.concat_tables(pending)
        days = self._bounded(table.name, day_numbers(rows.column(table.time)))
        for day in np.unique(days):
            self._write(table, int(day), rows.filter(pa.array(days == day)))

    def _bounded(self, table: str, days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        # Forged clocks may claim thousands of days; they get a bounded number of folders.
        known = self._days.setdefault(table, set())
        for day in np.unique(days):
            if int(day) not in known and len(known) >= _MAX_DAYS:
                days = np.where(days == day, max(known), days)
            else:
                known.add(int(day))
        return days

    def _write(self, table: Table, day: int, rows: pa.Table) -> None:
        part = self._parts.get((table.name, day), 0)
        self._parts[table.name, day] = part + 1
        label = np.datetime_as_string(np.datetime64(day, "D"))
        folder = self.folder / table.name / f"day={label}"
        folder.mkdir(parents=True, exist_ok=True)
        order = pc.sort_indices(rows, sort_keys=[(key, "ascending") for key in table.sort])
        pq.write_table(
            rows.take(order),
            folder / f"{part:06d}.parquet",
            compression="zstd",
            compression_level=1,
            row_group_size=_FLUSH_ROWS,
        )


class Lake:
    """The Parquet files of a workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def stage(self) -> Staging:
        """A new, empty staging folder on the same file system."""
        folder = self.root / STAGING / uuid.uuid4().hex
        folder.mkdir(parents=True)
        return Staging(folder)

    def commit(self, staging: Staging, evidence_id: str) -> tuple[LakeFile, ...]:
        """Put staged rows in place under ``evidence_id``, replacing a copy nobody registered.

        Returns:
            Every file with its hash, in the order of paths.
        """
        staging.finish()
        files = tuple(_manifest(staging.folder))
        place = self.folder(evidence_id)
        if place.exists():
            shutil.rmtree(place)
        staging.folder.rename(place)
        _sync(self.root)
        return files

    def discard(self, staging: Staging) -> None:
        """Throw staged rows away."""
        shutil.rmtree(staging.folder, ignore_errors=True)

    def folder(self, evidence_id: str) -> Path:
        """Where the rows of a piece of evidence stand."""
        return self.root / f"evidence_id={evidence_id}"

    def files(self, table: str, evidence_ids: tuple[str, ...]) -> list[Path]:
        """The files of a table for these pieces of evidence, in a stable order."""
        found: list[Path] = []
        for evidence_id in evidence_ids:
            found.extend(sorted((self.folder(evidence_id) / table).glob("day=*/*.parquet")))
        return found


def _manifest(folder: Path) -> Iterator[LakeFile]:
    for path in sorted(folder.rglob("*.parquet")):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        rows = pq.read_metadata(path).num_rows
        yield LakeFile(path.relative_to(folder).as_posix(), digest, rows)
    for directory in sorted(p for p in folder.rglob("*") if p.is_dir()):
        _sync(directory)
    _sync(folder)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
