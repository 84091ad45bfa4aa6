"""Windows event logs as JSON: Elastic's agent, ``evtx_dump``, and flat records of collectors."""

from __future__ import annotations

from netcordon.ingest.text.documents import Records, first_records
from netcordon.ingest.text.head import Peeked
from netcordon.ingest.text.reading import read_lines
from netcordon.ingest.windows_events.fields import shape_of
from netcordon.ingest.windows_events.log import WindowsLog
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _shape(head: bytes) -> str | None:
    """The shape that most of the first records have."""
    records = first_records(head)
    shapes = [shape_of(value) for value in records]
    for shape in shapes:
        if shape is not None and shapes.count(shape) * 2 > len(shapes):
            return shape
    return None


def _recognise(head: bytes) -> str | None:
    return None if _shape(head) is None else "windows"


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    peeked = Peeked(source)
    log = WindowsLog(_shape(peeked.head) or "flat")
    records = Records(peeked, peeked.head)
    return read_lines(records, sink, progress, share, log, "windows")


PARSER = Parser(
    title="Windows event log (JSON)",
    writes=("authentication", "network_activity", "dns_activity", "api_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
