"""Suricata's EVE log: events as JSON lines, all types in one file or each in its own."""

from __future__ import annotations

from netcordon.ingest.text.head import first_objects
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``eve`` where most of the first lines are events."""
    objects = first_objects(head)
    known = [value for value in objects if "event_type" in value and "timestamp" in value]
    return "eve" if objects and len(known) * 2 > len(objects) else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    from netcordon.ingest.eve.log import EveLog
    from netcordon.ingest.text.reading import read_lines

    reader = EveLog()
    return read_lines(source, sink, progress, share, reader, "eve", reader.facts.found)


PARSER = Parser(
    title="Suricata EVE log (JSON)",
    writes=(
        "network_activity",
        "dns_activity",
        "http_activity",
        "tls_activity",
        "ssh_activity",
        "smb_activity",
        "dcerpc_activity",
        "kerberos_activity",
        "rdp_activity",
        "dhcp_activity",
        "authentication",
        "file_activity",
        "application_activity",
        "host_identity",
        "detection_finding",
        "device_health",
        "log_source",
    ),
    recognise=_recognise,
    parse=_parse,
    has_threads=True,
)
