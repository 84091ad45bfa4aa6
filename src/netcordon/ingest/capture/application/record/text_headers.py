"""Header fields of the protocols that look like HTTP: SIP, SSDP, RTSP."""

from __future__ import annotations

_MOST_HEADERS = 64
_MOST_BYTES = 8192


def first_line(message: bytes) -> bytes:
    """The line a message begins with, without its end."""
    return message[:_MOST_BYTES].partition(b"\n")[0].rstrip(b"\r")


def header_fields(message: bytes) -> dict[bytes, bytes]:
    """Lower-case name -> value of the first field with that name, up to the empty line."""
    fields: dict[bytes, bytes] = {}
    lines = message[:_MOST_BYTES].split(b"\n", _MOST_HEADERS)
    for line in lines[1:]:
        name, colon, value = line.rstrip(b"\r").partition(b":")
        if not name:
            break
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields
