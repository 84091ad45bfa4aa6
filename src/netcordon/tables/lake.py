"""The lake: Parquet files, one folder a piece of evidence, put in place whole or not at all.

Layout: ``lake/evidence_id=<id>/<table>/day=<UTC day>/<n>.parquet``. Rows are written to a staging
folder first, by a thread of its own; one atomic ``rename`` puts them in place when the evidence has
been read to its end, so a run killed at any moment leaves either nothing or everything.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from netcordon.tables.arrow import to_arrow
from netcordon.tables.background import Background
from netcordon.tables.parts import LakeFile, Parts, sync
from netcordon.tables.schema import TABLES, Table

__all__ = ["STAGING", "Lake", "LakeFile", "Staging"]

STAGING = ".staging"
"""Folder of unfinished writes; everything in it is rubbish once no run holds the workspace."""

_BATCH_ROWS = 1 << 14
_BATCH_BYTES = 12 << 20
"""Rows or bytes of one table that are handed to the thread that writes."""


class Staging:
    """Rows of one piece of evidence on their way into the lake (a ``RowSink``).

    Args:
        folder: where the files are written.
        prefix: of their names, for several processes that write into one folder.
        beside: how many write at the same time; each keeps that much fewer rows in memory.
    """

    def __init__(self, folder: Path, prefix: str = "", beside: int = 1) -> None:
        self.folder = folder
        self.rows: dict[str, int] = {}
        self._parts = Parts(folder, prefix, beside)
        self._writer = Background("lake-writer")
        self._pending: dict[str, list[pa.Table]] = {}
        self._pending_rows: dict[str, int] = {}
        self._pending_bytes = 0

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Take a batch of rows; see ``model.parser.RowSink``.

        Raises:
            KeyError: for an unknown table or a missing column.
            OSError: when rows that came earlier could not be written.
        """
        batch = to_arrow(TABLES[table], columns)
        if batch.num_rows == 0:
            return
        self.rows[table] = self.rows.get(table, 0) + batch.num_rows
        self._pending.setdefault(table, []).append(batch)
        self._pending_rows[table] = self._pending_rows.get(table, 0) + batch.num_rows
        self._pending_bytes += batch.nbytes
        if self._pending_rows[table] >= _BATCH_ROWS or self._pending_bytes >= _BATCH_BYTES:
            self._hand_over()

    def finish(self) -> tuple[LakeFile, ...]:
        """Write what is pending.

        Returns:
            Every file, in the order of paths; all of them are durable.

        Raises:
            OSError: when rows could not be written.
        """
        self._hand_over()
        self._writer.do(self._parts.finish)
        self._writer.finish()
        return self._parts.files

    def adopt(self, files: Sequence[LakeFile]) -> None:
        """Count files that others wrote into the folder among those of this one."""
        self._parts.adopt(files)

    def cancel(self) -> None:
        """Stop writing."""
        self._writer.cancel()

    def _hand_over(self) -> None:
        # All tables together, so that the days of the small ones are written in time as well.
        batches = [
            (TABLES[table], pa.concat_tables(self._pending[table]))
            for table in sorted(self._pending)
        ]
        self._writer.do(partial(self._write, batches))
        self._pending.clear()
        self._pending_rows.clear()
        self._pending_bytes = 0

    def _write(self, batches: list[tuple[Table, pa.Table]]) -> None:
        for table, rows in batches:
            self._parts.take(table, rows)


class Lake:
    """The Parquet files of a workspace.

    Attributes:
        root: of what it writes.
        folders: below which its files stand.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folders: tuple[Path, ...] = (root,)

    def stage(self) -> Staging:
        """A new, empty staging folder on the same file system."""
        folder = self.root / STAGING / uuid.uuid4().hex
        folder.mkdir(parents=True)
        return Staging(folder)

    def commit(self, staging: Staging, evidence_id: str) -> tuple[LakeFile, ...]:
        """Put staged rows in place under ``evidence_id``, replacing a copy nobody registered.

        Returns:
            Every file with its hash, in the order of paths.

        Raises:
            OSError: when rows could not be written.
        """
        files = staging.finish()
        place = self.folder(evidence_id)
        if place.exists():
            shutil.rmtree(place)
        staging.folder.rename(place)
        sync(self.root)
        return files

    def discard(self, staging: Staging) -> None:
        """Throw staged rows away."""
        staging.cancel()
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
