"""Logs of firewalls and proxies in JSON: on lines, in arrays, or behind what a collector added.

A collector may have put messages of other forms between them; each line goes to the reader that
knows it.
"""

from __future__ import annotations

from netcordon.ingest.messages.envelope import Envelope
from netcordon.ingest.messages.log import Message, MessageLog
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.messages.readers import ALL, WRITES
from netcordon.ingest.messages.readers.json_devices import read_object
from netcordon.ingest.text.documents import Records, first_records
from netcordon.ingest.text.head import Peeked
from netcordon.ingest.text.reading import read_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``device_json`` where most of the first records are of a device that is known."""
    records = first_records(head)
    message = Message(Envelope("", "", "", ""), Clock(0))
    known = sum(read_object(message, value) is not None for value in records)
    return "device_json" if records and known * 2 > len(records) else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    peeked = Peeked(source)
    clock = Clock(peeked.modified, peeked.log_zone)
    reader = MessageLog(ALL, clock)
    return read_lines(
        Records(peeked, peeked.head), sink, progress, share, reader, "syslog", reader.facts.found,
        finish=reader.finish, warnings=clock.warnings, is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="logs of firewalls and proxies in JSON (Palo Alto, Zscaler, Netskope, Symantec, F5)",
    writes=WRITES,
    recognise=_recognise,
    parse=_parse,
)  # fmt: skip
