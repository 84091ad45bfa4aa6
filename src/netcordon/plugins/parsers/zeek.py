"""Zeek's logs: with Zeek's own header, as JSON lines, or as CSV with a line of names.

Which log it is stands in the header, in ``_path``, or shows in the fields; a file's name is not
looked at.
"""

from __future__ import annotations

from netcordon.ingest.text.head import Peeked, first_lines, first_objects
from netcordon.ingest.zeek.telling import dotted, log_of
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``zeek-text``, ``zeek-json`` or ``zeek-csv``."""
    lines = first_lines(head)
    if not lines:
        return None
    if lines[0].startswith((b"#separator", b"#fields")):
        return "zeek-text" if any(line.startswith(b"#fields") for line in lines) else None
    if _names(lines[0]) is not None:
        return "zeek-csv"
    objects = first_objects(head)
    known = [value for value in objects if "ts" in value and _log(value) is not None]
    return "zeek-json" if objects and len(known) * 2 > len(objects) else None


def _log(value: dict[str, object]) -> str | None:
    name = value.get("_path", value.get("@stream"))
    return name if isinstance(name, str) else log_of(value)


def _names(line: bytes) -> tuple[list[str], str] | None:
    """The names and the separator of a first line that names Zeek's fields."""
    text = line.decode(errors="replace")
    for separator in ("\t", ","):
        names = [name.strip() for name in text.split(separator)]
        if names[0] == "ts" and log_of([dotted(name) for name in names]) is not None:
            return names, separator
    return None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read a log, whichever form it has."""
    from netcordon.ingest.text.reading import read_lines
    from netcordon.ingest.zeek.json_log import JsonLog
    from netcordon.ingest.zeek.text_log import TextLog

    peeked = Peeked(source)
    lines = first_lines(peeked.head)
    named = _names(lines[0]) if lines else None
    reader: TextLog | JsonLog
    if named is not None:
        reader = TextLog(*named)
    elif lines and lines[0].startswith(b"#"):
        reader = TextLog()
    else:
        reader = JsonLog()
    return read_lines(peeked, sink, progress, share, reader, "zeek", reader.facts.found)


PARSER = Parser(
    title="Zeek logs (text, JSON, CSV)",
    writes=(
        "network_activity",
        "dns_activity",
        "http_activity",
        "tls_activity",
        "certificate",
        "ssh_activity",
        "smb_activity",
        "dcerpc_activity",
        "kerberos_activity",
        "rdp_activity",
        "dhcp_activity",
        "arp_activity",
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
