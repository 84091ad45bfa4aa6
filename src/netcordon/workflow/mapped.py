"""Logs that no parser knows: propose a mapping, try it, take logs in by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow as pa

from netcordon.casefile.mappings import record_mapping
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import EvidenceError, UsageError
from netcordon.evidence.opening import open_source
from netcordon.ingest.mapped.definition import MOST_BYTES, NOT_MAPPED, read_mapping, wrong
from netcordon.ingest.mapped.proposal import Proposal, propose
from netcordon.ingest.mapped.reading import read_mapped
from netcordon.ingest.mapped.sample import sampled
from netcordon.ingest.mapped.taking import take_in_mapped
from netcordon.model.evidence import Evidence
from netcordon.model.log_mapping import LogMapping
from netcordon.model.parser import WHOLE, ByteSource, ParseResult
from netcordon.settings import DecodeLimits
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES

Clock = Callable[[], datetime]

_TRIED_BYTES = 4 << 20


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a mapping makes of the beginning of a log; nothing is stored.

    Attributes:
        rows: the first ones, columns that hold something.
        is_all: the whole log was read.
    """

    path: str
    table: str
    result: ParseResult
    rows: Sequence[Mapping[str, object]]
    is_all: bool


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """A log that was handed in: its evidence, or why it could not be read."""

    path: str
    evidence: Evidence | None
    is_new: bool
    why: str = ""


def mapping_in(path: Path) -> LogMapping:
    """The mapping in a file.

    Raises:
        UsageError: NC-520 it cannot be read or used.
    """
    return read_mapping(_text(path), str(path))


def proposed(path: str, table: str | None) -> Proposal:
    """A mapping proposed from the first lines of a log.

    Raises:
        UsageError: NC-521 there is no such table, NC-522 no format fits its lines.
        EvidenceError: it cannot be read.
    """
    if table is not None and (table not in TABLES or table in NOT_MAPPED):
        known = ", ".join(name for name in TABLES if name not in NOT_MAPPED)
        raise UsageError("NC-521", f"No mapping fills a table {table!r}.", "", f"tables: {known}")
    with open_source(path, limits=DecodeLimits()) as source:
        head = source.peek()
    if len(head) >= 64 << 10:
        head = head[: head.rfind(b"\n") + 1] or head
    sample = sampled(head)
    if sample is None:
        raise UsageError(
            "NC-522", f"No format fits the lines of {path!r}.",
            "they are no CSV of three or more fields, no JSON objects and no key=value",
            "write the mapping by hand: CONTRIBUTING.md shows one",
        )  # fmt: skip
    return propose(sample, table)


def tried(path: str, mapping: LogMapping, shown: int) -> Tried:
    """Read the first MiB of a log by a mapping and keep the first rows to look at.

    Raises:
        EvidenceError: it cannot be read.
    """
    rows = _Rows(shown)
    with open_source(path, limits=DecodeLimits()) as source:
        part = _Beginning(source, _TRIED_BYTES)
        result = read_mapped(part, rows, _ignored, WHOLE, mapping)
    return Tried(
        path=path, table=mapping.table, result=result, rows=rows.found, is_all=not part.is_cut
    )


def ingest(
    workspace: Path,
    mapping_path: Path,
    files: Sequence[str],
    *,
    clock: Clock,
    progress: Callable[[str, int, int], None],
) -> tuple[Ingested, ...]:
    """Take logs into a workspace by a mapping; the journal keeps the mapping's text.

    Args:
        workspace: made when it is missing.
        mapping_path: of the mapping.
        files: logs.
        clock: stamps the journal.
        progress: hears path, bytes and lines.

    Raises:
        UsageError: NC-520 the mapping cannot be used.
        WorkspaceError: the workspace cannot be used.
    """
    content = _text(mapping_path)
    mapping = read_mapping(content, str(mapping_path))
    done: list[Ingested] = []
    with open_workspace(workspace, create=True, clock=clock) as opened:
        record_mapping(opened.journal, mapping.name, mapping.sha256, content)
        for path in files:
            try:
                taken = take_in_mapped(path, opened, mapping, partial(progress, path))
            except EvidenceError as error:
                why = f"{error.code} {error.what} {error.why}".strip()
                done.append(Ingested(path=path, evidence=None, is_new=False, why=why))
                continue
            evidence = taken.registration.evidence
            done.append(Ingested(path=path, evidence=evidence, is_new=taken.is_new))
    return tuple(done)


class _Rows:
    """Keeps the first rows of the tables of evidence, those that say something."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.found: list[dict[str, object]] = []

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Take a batch, see ``RowSink``."""
        if table in NOT_MAPPED or len(self.found) >= self._most:
            return
        rows: pa.Table = to_arrow(TABLES[table], columns)
        for row in rows.slice(0, self._most - len(self.found)).to_pylist():
            kept = {k: v for k, v in row.items() if v is not None and k[-3:] not in ("_hi", "_lo")}
            self.found.append(kept)


class _Beginning:
    """The first bytes of a source, whole lines at its end or not."""

    def __init__(self, source: ByteSource, most: int) -> None:
        self._source = source
        self._left = most
        self.is_cut = False

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill ``buffer``; nothing more once the bytes are used up."""
        if not self._left:
            self.is_cut = True
            return 0
        count = self._source.readinto(buffer[: self._left])
        self._left -= count
        return count


def _text(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise wrong(str(path), error.strerror or str(error)) from error


def _ignored(_: int) -> None:
    """Nobody waits for the progress of so little."""
