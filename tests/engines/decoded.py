"""Our own rows of a capture, as Python values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES

Row = dict[str, object]


class _Rows:
    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {}

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        rows = to_arrow(TABLES[table], columns).to_pylist()
        self.tables.setdefault(table, []).extend(rows)


def decoded(capture: Path) -> dict[str, list[Row]]:
    """Table -> rows; a parser that failed is an error here."""
    rows, layer = _Rows(), ApplicationLayer()
    with capture.open("rb") as source:
        decode(source, rows, lambda _: None, layer)
    assert "parser failed" not in layer.refused, capture
    return rows.tables
