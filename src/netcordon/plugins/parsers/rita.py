"""RITA's CSV: beacons, long connections, tunnels over DNS, as versions 4 and 5 print them."""

from __future__ import annotations

from netcordon.ingest.alerts.readers.rita import is_header
from netcordon.ingest.alerts.rita_csv import RitaCsv, cells_of
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.head import Peeked, first_lines
from netcordon.ingest.text.reading import read_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share

_BEFORE = 4
"""Lines that the program says before its heading."""


def _recognise(head: bytes) -> str | None:
    """``rita`` where one of the first lines is its heading."""
    lines = first_lines(head)[:_BEFORE]
    return "rita" if any(is_header(cells_of(line)) for line in lines) else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the table to its end."""
    peeked = Peeked(source)
    table = RitaCsv(Clock(peeked.modified, peeked.log_zone), peeked.modified)
    return read_lines(
        peeked, sink, progress, share, table, "alerts", warnings=table.warnings, is_in_order=True
    )


PARSER = Parser(
    title="RITA's findings (CSV)",
    writes=("detection_finding", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
