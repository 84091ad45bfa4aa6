"""Microsoft 365 unified audit log (JSON): records on lines, in an array or in an envelope."""

from __future__ import annotations

from netcordon.ingest.audit.event import read_audit
from netcordon.ingest.audit.microsoft365 import MICROSOFT365, unwrapped
from netcordon.ingest.text.documents import first_records
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``microsoft365`` where most of the first records have its fields."""
    records = first_records(head, unwrapped(head))
    known = [value for value in records if _is_event(value)]
    return "microsoft365" if records and len(known) * 2 > len(records) else None


def _is_event(value: dict[str, object]) -> bool:
    where = "Workload" in value or "OfficeWorkload" in value
    return where and "Operation" in value and ("CreationTime" in value or "TimeGenerated" in value)


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    return read_audit(source, sink, progress, share, MICROSOFT365, unwrapped)


PARSER = Parser(
    title="Microsoft 365 unified audit log (JSON)",
    writes=("authentication", "api_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
    has_threads=True,
)
