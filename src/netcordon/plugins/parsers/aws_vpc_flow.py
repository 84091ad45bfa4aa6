"""VPC and transit gateway flow logs of AWS: the default format, or fields that a header names."""

from __future__ import annotations

from netcordon.ingest.flow_logs.telling import is_default, names_of
from netcordon.ingest.text.head import first_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``vpc`` where a header names the fields, or most of the first lines have the default ones."""
    lines = first_lines(head)
    if not lines:
        return None
    known = sum(map(is_default, lines))
    return "vpc" if names_of(lines[0]) is not None or known * 2 > len(lines) else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    from netcordon.ingest.flow_logs.aws import VpcFlowLog
    from netcordon.ingest.text.reading import read_lines

    log = VpcFlowLog()
    return read_lines(
        source, sink, progress, share, log, "vpc", log.reported.facts.found,
        finish=log.reported.finish, is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="AWS VPC flow logs",
    writes=("network_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
