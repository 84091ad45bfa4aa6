"""Tables of flows in text: Argus (ra, binetflow), SiLK (rwcut), nfdump's CSV."""

from __future__ import annotations

from netcordon.ingest.flow_logs.telling import columns_of
from netcordon.ingest.text.head import Peeked, first_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``argus``, ``silk`` or ``nfdump``, by the names of the columns."""
    lines = first_lines(head)
    found = columns_of(lines[0]) if lines else None
    return None if found is None else found[0]


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the table to its end."""
    from netcordon.ingest.flow_logs.tabular import FlowTable
    from netcordon.ingest.messages.moments import Clock
    from netcordon.ingest.text.reading import read_lines

    peeked = Peeked(source)
    clock = Clock(peeked.modified, peeked.log_zone)
    log = FlowTable(first_lines(peeked.head)[0], clock)
    return read_lines(
        peeked, sink, progress, share, log, log.program, log.reported.facts.found,
        finish=log.reported.finish, warnings=clock.warnings, is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="tables of flows (Argus, SiLK, nfdump CSV)",
    writes=("network_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
