"""Event logs of Windows: EVTX files, XML, and JSON of collectors.

JSON: Elastic's agent, ``evtx_dump``, EvtxECmd, Wazuh, flat records (NXLog, Log Analytics, Splunk).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netcordon.ingest.text.documents import Lines, Records, first_records
from netcordon.ingest.text.head import Peeked
from netcordon.ingest.text.reading import read_lines
from netcordon.ingest.windows_events import event_xml
from netcordon.ingest.windows_events.evtx_file import MAGIC, EvtxFile
from netcordon.ingest.windows_events.fields import shape_of
from netcordon.ingest.windows_events.flatten import flat, flat_line, is_nested
from netcordon.ingest.windows_events.log import WindowsLog
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share

Warnings = Callable[[], Sequence[IngestWarning]]


def _shape(head: bytes) -> str | None:
    """The shape that most of the first records have."""
    records = first_records(head)
    shapes = ["nested" if is_nested(value) else shape_of(value) for value in records]
    for shape in shapes:
        if shape is not None and shapes.count(shape) * 2 > len(shapes):
            whole = shape != "nested" or any(shape_of(flat(value)) for value in records)
            return shape if whole else None
    return None


def _recognise(head: bytes) -> str | None:
    if head.startswith(MAGIC) or event_xml.is_events(head):
        return "windows"
    return None if _shape(head) is None else "windows"


def _opened(peeked: Peeked) -> tuple[ByteSource, str, Warnings]:
    """The log as lines of JSON, their shape, and what tells afterwards what was damaged."""
    if peeked.head.startswith(MAGIC):
        log = EvtxFile(peeked)
        return Lines(log.lines()), "flat", log.warnings
    if event_xml.is_events(peeked.head):
        return Lines(event_xml.lines(peeked, peeked.head)), "flat", tuple
    shape = _shape(peeked.head) or "flat"
    if shape == "nested":
        return Records(peeked, peeked.head, flat_line), "flat", tuple
    return Records(peeked, peeked.head), shape, tuple


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    if share.index:
        return ParseResult(records=0)
    records, shape, warnings = _opened(Peeked(source))
    return read_lines(
        records, sink, progress, share, WindowsLog(shape), "windows", warnings=warnings
    )


PARSER = Parser(
    title="Windows event log (EVTX, XML, JSON)",
    writes=("authentication", "network_activity", "dns_activity", "api_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
    has_threads=True,
)
