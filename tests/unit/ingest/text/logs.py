"""A log in memory, read as evidence is read, and its rows as Python values."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from netcordon.evidence.recognise import Recognised, recognise
from netcordon.model.parser import WHOLE, ParseResult
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES


class Source:
    """Bytes, given out in pieces as a pipe would."""

    modified: int | None = None

    def __init__(self, data: bytes, piece: int = 1 << 30) -> None:
        self._bytes = io.BytesIO(data)
        self._piece = piece

    def readinto(self, buffer: memoryview, /) -> int:
        filled = 0
        while filled < len(buffer):
            count = self._bytes.readinto(buffer[filled : filled + self._piece])
            if not count:
                break
            filled += count
        return filled


@dataclass
class Read:
    """What became of a log."""

    kind: str
    result: ParseResult
    tables: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        rows: pa.Table = to_arrow(TABLES[table], columns)
        self.tables.setdefault(table, []).extend(rows.to_pylist())

    def only(self, table: str) -> dict[str, object]:
        (row,) = self.tables[table]
        return row

    @property
    def adds_up(self) -> bool:
        """Whether each line was read, or is a comment, or was refused."""
        facts = self.result.facts
        return facts["lines"] == self.result.records + int(str(facts["comment_lines"]))


def read(data: bytes, *, piece: int = 1 << 30) -> Read:
    """Recognise a log and read it to its end."""
    recognised = recognise(data[: 64 << 10])
    assert isinstance(recognised, Recognised), "not recognised"
    found = Read(recognised.kind, ParseResult(records=0))
    found.result = recognised.parser.parse(Source(data, piece), found, lambda _: None, WHOLE)
    return found
