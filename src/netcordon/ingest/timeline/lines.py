"""Lines of a timeline as rows: JSON objects, or CSV whose cells may go on over lines."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.head import json_object
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.tally import Tally
from netcordon.ingest.timeline.event import NEEDED, Event, event_of

_COLUMNS = ("time_text", "time_kind", "message", "source", "host", "account", "fields")
_MOST_RECORD = 1 << 20
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
CONTAINER = "__container_type__"
"""Field by which Plaso tells events from what else it writes."""


class JsonTimeline:
    """A JSON object a line, as Timesketch and Plaso (``json_line``) write it."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        found: list[tuple[int, Event]] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            fields = json_object(line)
            if fields is None:
                tally.refuse_text("not a JSON object", number, line)
            elif fields.get(CONTAINER, "event") != "event":
                tally.comments += 1
            else:
                _take(fields, self._zone, number, line, found, tally)
        yield from _rows(found)


class CsvTimeline:
    """CSV with a head. It goes block by block, for a cell in quotes may hold line feeds."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._names: list[str] = []
        self._begun = b""
        self._first = 0

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        found: list[tuple[int, Event]] = []
        for number, record in self._records(block, tally):
            cells = cells_of(record)
            if not self._names:
                self._names = cells
                tally.comments += 1
            elif len(cells) != len(self._names):
                tally.refuse_text("not as many values as the heading", number, record)
            else:
                told = {n: _plain(c) for n, c in zip(self._names, cells, strict=True) if c}
                _take(_unfolded(told), self._zone, number, record, found, tally)
        yield from _rows(found)

    def _records(self, block: Block, tally: Tally) -> Iterator[tuple[int, bytes]]:
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            record = self._begun + b"\n" + line if self._begun else line
            first = self._first if self._begun else number
            if record.count(b'"') % 2 == 0:
                self._begun = b""
                yield first, record
            elif len(record) > _MOST_RECORD:
                self._begun = b""
                tally.refuse_text("a value in quotes that does not end", first, record)
            else:
                # Counted with the line that ends it.
                self._begun, self._first = record, first
                tally.comments += 1


def _take(
    fields: Mapping[str, Any],
    zone: tzinfo,
    number: int,
    line: bytes,
    found: list[tuple[int, Event]],
    tally: Tally,
) -> None:
    event = event_of(fields, zone)
    if isinstance(event, str):
        tally.refuse_text(event, number, line)
    else:
        tally.read += 1
        found.append((number, event))


def _rows(found: list[tuple[int, Event]]) -> Iterator[Rows]:
    if not found:
        return
    columns: dict[str, object] = {"time": [event.time for _, event in found]}
    for name in _COLUMNS:
        columns[name] = [event.values[name] for _, event in found]
    yield rows("timeline_event", [number for number, _ in found], columns)


def cells_of(record: bytes) -> list[str]:
    """The values of a record; none where its quotes are broken."""
    try:
        return next(csv.reader([record.decode(errors="replace")]), [])
    except csv.Error:
        return []


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].lstrip(" ").startswith(_FORMULA) else cell


def _unfolded(told: dict[str, Any]) -> dict[str, Any]:
    """With what our own CSV keeps as JSON in one column as fields again."""
    more = json_object(str(told.get("fields", "")).encode())
    if more is None:
        return told
    return {**{n: v for n, v in told.items() if n != "fields"}, **more}


def is_head(cells: list[str]) -> bool:
    """Whether these are the names of a timeline's columns."""
    return {"datetime", *NEEDED} <= set(cells)
