"""Snort's ``alert_full``: an alert on several lines."""

from __future__ import annotations

from netcordon.ingest.alerts.full import FullAlerts, is_title
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.head import Peeked, first_lines
from netcordon.ingest.text.reading import read_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share

_LINES_AN_ALERT = 12


def _recognise(head: bytes) -> str | None:
    """``snort_full`` where lines that begin an alert are followed by others that do not."""
    lines = [line.decode(errors="replace") for line in first_lines(head)]
    titles = sum(is_title(line) for line in lines)
    is_full = titles and titles * _LINES_AN_ALERT >= len(lines) > titles
    return "snort_full" if is_full and not any("{" in ln for ln in lines if is_title(ln)) else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    peeked = Peeked(source)
    clock = Clock(peeked.modified, peeked.log_zone)
    log = FullAlerts(clock)
    return read_lines(
        peeked, sink, progress, share, log, "alerts", finish=log.finish, warnings=clock.warnings,
        is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="Snort's full alerts",
    writes=("detection_finding", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
