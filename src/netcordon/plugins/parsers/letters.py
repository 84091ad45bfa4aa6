"""Mails, and abuse reports in XARF: complaints in them become rows, all else is for `intake`."""

from __future__ import annotations

from netcordon.ingest.letters.kind import kind_of
from netcordon.ingest.letters.rows import read_letters
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the letter."""
    result = read_letters(source, sink, share)
    progress(result.records)
    return result


PARSER = Parser(
    title="mails (.eml, .msg) and abuse reports (XARF, ARF, tables of hosts)",
    writes=("detection_finding", "log_source"),
    recognise=kind_of,
    parse=_parse,
)
