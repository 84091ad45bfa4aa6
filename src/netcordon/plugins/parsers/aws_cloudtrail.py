"""AWS CloudTrail (JSON): records on lines, in an array or in an envelope."""

from __future__ import annotations

from netcordon.ingest.audit.cloudtrail import CLOUDTRAIL
from netcordon.ingest.audit.event import read_audit
from netcordon.ingest.text.documents import first_records
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``aws`` where most of the first records have its fields."""
    records = first_records(head)
    known = [
        value for value in records if {"eventName", "eventSource", "eventTime"} <= value.keys()
    ]
    return "aws" if records and len(known) * 2 > len(records) else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    return read_audit(source, sink, progress, share, CLOUDTRAIL)


PARSER = Parser(
    title="AWS CloudTrail (JSON)",
    writes=("authentication", "api_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
    has_threads=True,
)
