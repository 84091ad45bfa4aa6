"""Alerts of other tools and logs of honeypots in JSON: on lines, in arrays or in envelopes.

Snort, Slips and other IDEA and IDMEF, Vectra, Darktrace, Gatewatcher, RITA; Cowrie, Dionaea,
OpenCanary, T-Pot, canary tokens. One file may mix them; each record goes to the reader that knows
it.
"""

from __future__ import annotations

from netcordon.ingest.alerts.log import AlertLog, inner, read_record
from netcordon.ingest.alerts.readers import ALL
from netcordon.ingest.alerts.record import Record
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.documents import Records, first_records
from netcordon.ingest.text.head import Peeked
from netcordon.ingest.text.reading import read_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``alerts:`` and the tool that most of the first records are of."""
    records = first_records(head)
    counts: dict[str, int] = {}
    clock = Clock(0)
    for value in records:
        name, _ = read_record(Record(inner(value), clock), ALL)
        if name:
            counts[name] = counts.get(name, 0) + 1
    if not counts or sum(counts.values()) * 2 <= len(records):
        return None
    return f"alerts:{max(sorted(counts), key=counts.__getitem__)}"


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    peeked = Peeked(source)
    clock = Clock(peeked.modified, peeked.log_zone)
    log = AlertLog(ALL, clock)
    records = Records(peeked, peeked.head, None)
    return read_lines(
        records, sink, progress, share, log, "alerts", log.facts.found, warnings=clock.warnings,
        is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="alerts of other tools and logs of honeypots (JSON)",
    writes=("detection_finding", "authentication", "file_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
