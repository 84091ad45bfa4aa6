"""VPC flow logs of Google Cloud (JSON, as Cloud Logging exports them)."""

from __future__ import annotations

from netcordon.ingest.flow_logs.telling import is_google_record
from netcordon.ingest.text.documents import Records, first_records
from netcordon.ingest.text.head import Peeked
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``google-flow`` where most of the first records tell of connections."""
    records = first_records(head)
    known = sum(map(is_google_record, records))
    return "google-flow" if records and known * 2 > len(records) else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    from netcordon.ingest.flow_logs.google import GoogleFlowLog
    from netcordon.ingest.text.reading import read_lines

    peeked = Peeked(source)
    log = GoogleFlowLog()
    return read_lines(
        Records(peeked, peeked.head), sink, progress, share, log, "googleflow",
        log.reported.facts.found, finish=log.reported.finish, is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="Google Cloud VPC flow logs (JSON)",
    writes=("network_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
