"""Messages of devices: firewalls, proxies and web servers, by syslog or in files of their own.

One file may mix devices, as a collector of syslog writes it; each line goes to the reader that
knows it.
"""

from __future__ import annotations

from netcordon.ingest.messages.device_clocks import DeviceClocks
from netcordon.ingest.messages.envelope import opened
from netcordon.ingest.messages.log import Message, MessageLog
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.messages.readers import ALL, WRITES
from netcordon.ingest.text.head import Peeked, first_lines
from netcordon.ingest.text.reading import read_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share

_ENOUGH = 8
"""Of the first lines, one in so many must make a row: a collector's file holds much else."""


def _recognise(head: bytes) -> str | None:
    """``syslog:`` and the kind of device that most of the first lines are of."""
    lines = first_lines(head)
    if not lines or lines[0].startswith((b"{", b"#")):
        return None
    counts: dict[str, int] = {}
    clock = Clock(0)
    # Zeros stand where a crash or a rotation cut a file; they spoil their line, not the log.
    for line in (one for one in lines if b"\0" not in one):
        text = line.decode(errors="replace")
        message = Message(opened(text), clock, text)
        for reader in ALL:
            found = reader.read(message)
            if found is not None:
                weight = 0 if isinstance(found, str) else 1
                counts[reader.name] = counts.get(reader.name, 0) + weight
                break
    if sum(counts.values()) * _ENOUGH < len(lines) or not counts:
        return None
    return f"syslog:{max(sorted(counts), key=counts.__getitem__)}"


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    peeked = Peeked(source)
    clocks = DeviceClocks(peeked)
    reader = MessageLog(ALL, clocks.of(""), clocks.of if clocks.differ else None)
    return read_lines(
        peeked, sink, progress, share, reader, "syslog", reader.facts.found,
        finish=reader.finish, warnings=clocks.warnings,
    )  # fmt: skip


PARSER = Parser(
    title="messages of firewalls, proxies and web servers (syslog, key=value, CEF, LEEF)",
    writes=WRITES,
    recognise=_recognise,
    parse=_parse,
    has_threads=True,
)
