"""Logs with a header ``#Fields:``: IIS, Blue Coat, CloudFront; the Windows firewall."""

from __future__ import annotations

from netcordon.ingest.messages.extended import ExtendedLog, is_read, names
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.head import Peeked, first_lines
from netcordon.ingest.text.reading import read_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``extended:flows`` or ``extended:web``, by the fields that the header names."""
    lines = first_lines(head)
    if not lines or not lines[0].startswith(b"#"):
        return None
    found = next((named for line in lines if (named := names(line))), ())
    if not is_read(found):
        return None
    return "extended:flows" if "src-ip" in found else "extended:web"


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    peeked = Peeked(source)
    clock = Clock(peeked.modified, peeked.log_zone)
    reader = ExtendedLog(clock)
    return read_lines(
        peeked, sink, progress, share, reader, "extended", reader.facts.found,
        warnings=clock.warnings, is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="W3C extended logs (IIS, Blue Coat, CloudFront), Windows firewall",
    writes=("network_activity", "http_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
