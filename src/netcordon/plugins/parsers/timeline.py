"""Timelines of Timesketch and Plaso: JSON lines or CSV, with a message and a time each."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from netcordon.ingest.text.head import Peeked, first_lines, first_objects
from netcordon.ingest.text.reading import read_lines
from netcordon.ingest.timeline.event import NEEDED
from netcordon.ingest.timeline.lines import (
    CONTAINER,
    CsvTimeline,
    JsonTimeline,
    cells_of,
    is_head,
)
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``timeline`` where most objects have what Timesketch wants, or the first line names it."""
    objects = first_objects(head)
    if objects:
        known = [each for each in objects if _is_event(each)]
        return "timeline_json" if len(known) * 2 > len(objects) else None
    lines = first_lines(head)
    return "timeline_csv" if lines and is_head(cells_of(lines[0])) else None


def _is_event(fields: dict[str, object]) -> bool:
    timed = "datetime" in fields or "timestamp" in fields
    return (timed and set(NEEDED) <= fields.keys()) or CONTAINER in fields


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the timeline to its end."""
    peeked = Peeked(source)
    zone = ZoneInfo(peeked.log_zone)
    is_csv = _recognise(peeked.head) == "timeline_csv"
    lines = CsvTimeline(zone) if is_csv else JsonTimeline(zone)
    return read_lines(peeked, sink, progress, share, lines, "timeline", is_in_order=is_csv)


PARSER = Parser(
    title="Timelines of Timesketch and Plaso (JSON lines, CSV)",
    writes=("timeline_event", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
