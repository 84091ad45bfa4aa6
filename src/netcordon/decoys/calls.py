"""What a caller asked for: the name in a DNS question, the host and path of an HTTP request.

Both are read from the first bytes that a stranger sends, so each function answers with a text or
with nothing, and looks at no more than it is given.
"""

from __future__ import annotations

import re
import struct

MOST_BYTES = 8_192
"""Of a request that are looked at; RFC 9112 recommends lines of 8,000 octets at least."""

_REQUEST = re.compile(rb"[A-Z]{3,12} (\S{1,4096}) HTTP/1\.[01]\r?\n")
_HOST = re.compile(rb"\r?\nhost:[ \t]*([^\r\n]{1,300})", re.IGNORECASE)
_HEADER = struct.Struct("!HHHHHH")
_MOST_LABELS = 127


def web_request(data: bytes) -> str:
    """Host and path of an HTTP/1 request (RFC 9112), empty when it is none."""
    found = _REQUEST.match(data)
    if found is None:
        return ""
    host = _HOST.search(data)
    said = (host[1].strip() if host else b"") + b" " + found[1]
    return said.decode("ascii", "backslashreplace")


def question(data: bytes) -> tuple[str, int] | None:
    """The name of the first question of a DNS query (RFC 1035) and where the question ends."""
    if len(data) < _HEADER.size:
        return None
    _, flags, questions, *_ = _HEADER.unpack_from(data)
    if flags & 0x8000 or questions != 1:
        return None
    labels: list[str] = []
    at = _HEADER.size
    while at < len(data) and data[at] and len(labels) < _MOST_LABELS:
        length = data[at]
        if length > 63 or at + 1 + length > len(data):
            return None
        labels.append(data[at + 1 : at + 1 + length].decode("ascii", "backslashreplace"))
        at += 1 + length
    end = at + 5
    if at >= len(data) or data[at] or end > len(data) or not labels:
        return None
    return ".".join(labels), end


def no_such_name(query: bytes, end: int) -> bytes:
    """The answer to it: NXDOMAIN, authoritative, the question repeated."""
    identifier, flags, *_ = _HEADER.unpack_from(query)
    said = 0x8400 | (flags & 0x0100) | 3
    return _HEADER.pack(identifier, said, 1, 0, 0, 0) + query[_HEADER.size : end]


NOT_FOUND = (
    b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n"
    b"Connection: close\r\n\r\nNot Found\n"
)
"""The answer to every request: a page that is not there gives nothing away."""
