"""RITA's CSV: a heading, then a finding a line; without times: the file's own stands for all."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from netcordon.ingest.alerts.readers.rita import finding, is_header
from netcordon.ingest.alerts.record import Record
from netcordon.ingest.messages.events import Event, table_rows
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.model.evidence import IngestWarning

_LONGEST = 16 << 10


class RitaCsv:
    """Reads the lines.

    Args:
        clock: of the log.
        modified: when the file was last written, microseconds since 1970 UTC, where it is known.
    """

    def __init__(self, clock: Clock, modified: int | None) -> None:
        self._clock = clock
        self._modified = modified
        self._names: list[str] = []
        self._dated = 0

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        ready: list[Event] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            cells = cells_of(line)
            if not cells or is_header(cells) or not self._names:
                self._names = cells if is_header(cells) else self._names
                tally.comments += 1
            elif len(cells) != len(self._names):
                tally.refuse_text("not as many values as the heading", number, line)
            elif self._modified is None:
                tally.refuse_text("no time, and none of the file", number, line)
            else:
                record = Record(dict(zip(self._names, cells, strict=True)), self._clock)
                event = finding(record, self._modified)
                event.number = number
                ready.append(event)
                tally.read += 1
                self._dated += 1
        yield from table_rows(ready)

    def warnings(self) -> tuple[IngestWarning, ...]:
        """What was assumed."""
        if not self._dated:
            return ()
        return (
            IngestWarning(
                code="NC-235",
                what="The tool gives its alerts no time; that of the file stands for all of them.",
                count=self._dated,
            ),
        )


def cells_of(line: bytes) -> list[str]:
    """The values of a line; none where its quotes are broken."""
    try:
        return next(csv.reader([line[:_LONGEST].decode(errors="replace").strip()]), [])
    except csv.Error:
        return []
