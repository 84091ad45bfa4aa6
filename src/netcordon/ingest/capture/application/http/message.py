"""Header blocks of HTTP/1 (RFC 9112), read as tolerantly as servers do."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from netcordon.ingest.capture.application.record.text import LONG, safe_text

LONGEST_HEAD = 64 << 10
_MOST_FIELDS = 512
_MOST_LINES = 4096
_LONGEST_NAME = 256
"""Of a field, with blanks around it."""
_MOST_SPELLINGS = 1 << 12

_REQUEST_LINE = re.compile(rb"([!-~]{1,64})[ \t]+(.*?)(?:[ \t]+HTTP/(\d\.\d))?[ \t]*\Z", re.DOTALL)
_PLAIN_REQUEST_LINE = re.compile(rb"([!-~]{1,64}) ([!-~]+) HTTP/(\d\.\d)\Z")
_WANTED = frozenset((
    b"authorization", b"content-disposition", b"content-encoding", b"content-length",
    b"content-range", b"content-type", b"host", b"location", b"proxy-authenticate",
    b"proxy-authorization", b"referer", b"server", b"transfer-encoding", b"upgrade", b"user-agent",
    b"www-authenticate", b"x-forwarded-for",
))  # fmt: skip
"""Fields that rows are made of; a header block may hold hundreds of others."""
_STATUS_LINE = re.compile(rb"HTTP/(\d\.\d)[ \t]+(\d{3})")
_REQUEST_START = re.compile(rb"[A-Z][A-Z_-]{1,31} [^\r\n]{1,65000} HTTP/1\.[0-9]\r?\n")
_FILE_NAME = re.compile(rb"filename\s*=\s*(?:\"([^\"]{0,1024})\"|([^;\s]{1,1024}))", re.IGNORECASE)
_FILE_NAME_UTF8 = re.compile(rb"filename\*\s*=\s*utf-8'[^']{0,32}'([^;\s]{1,2048})", re.IGNORECASE)
_RANGE = re.compile(rb"\s*bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.IGNORECASE)
_DIGEST_USER = re.compile(rb'username="([^"]*)"', re.IGNORECASE)

_MANY = frozenset((b"www-authenticate", b"proxy-authenticate"))

Fields = dict[bytes, bytes]
"""Lower-case name of a field -> value of its first occurrence (all of them for challenges)."""


class _Spellings(dict[bytes, bytes | None]):
    """Name of a field as it was sent -> its lower-case form, ``None`` for one of no use.

    Few names come in few spellings; what senders make up beyond the bound is forgotten.
    """

    def __missing__(self, name: bytes) -> bytes | None:
        lower = name.strip().lower() if len(name) <= _LONGEST_NAME else b""
        if len(self) >= _MOST_SPELLINGS:
            self.clear()
        wanted = lower if lower in _WANTED else None
        if lower:
            self[name] = wanted
        return wanted


_SPELLINGS = _Spellings()


@dataclass(slots=True)
class Request:
    """A request's header block."""

    method: str
    uri: str
    version: str | None
    fields: Fields = field(default_factory=dict)


@dataclass(slots=True)
class Response:
    """A response's header block."""

    status: int
    fields: Fields = field(default_factory=dict)


def head_end(buffer: bytearray, start: int) -> int:
    """Offset behind the header block's empty line, or -1 while it is not there."""
    strict = buffer.find(b"\r\n\r\n", max(0, start - 3))
    # Only what stands before the other kind matters; a body may follow in the buffer.
    bare = buffer.find(b"\n\n", max(0, start - 1), strict + 1 if strict >= 0 else len(buffer))
    if bare >= 0:
        return bare + 2
    return strict + 4 if strict >= 0 else -1


def begins_message(data: bytes, is_request: bool) -> bool:
    """Whether these bytes are the beginning of a message (to find the way after a gap)."""
    return bool((_REQUEST_START if is_request else _STATUS_LINE).match(data))


def parse_request(head: bytes) -> Request | None:
    """Request line and fields, ``None`` when the first line is no request line."""
    end = _line_end(head)
    line = head[:end].rstrip(b"\r")
    match = _PLAIN_REQUEST_LINE.match(line) or _REQUEST_LINE.match(line)
    if match is None:
        return None
    version = match[3].decode() if match[3] else None
    return Request(safe_text(match[1]), safe_text(match[2], LONG), version, _fields(head, end))


def parse_response(head: bytes) -> Response | None:
    """Status line and fields, ``None`` when the first line is no status line."""
    end = _line_end(head)
    match = _STATUS_LINE.match(head, 0, end)
    return None if match is None else Response(int(match[2]), _fields(head, end))


def _line_end(head: bytes) -> int:
    end = head.find(b"\n")
    return end if end >= 0 else len(head)


def _fields(head: bytes, at: int) -> Fields:
    """The fields behind the line that ends at ``at``."""
    if head.find(b"\n ", at) >= 0 or head.find(b"\n\t", at) >= 0:
        return _folded_fields(head[at + 1 :])
    fields: Fields = {}
    lines = head[at + 1 :].split(b"\n", _MOST_LINES)
    if len(lines) > _MOST_LINES:
        lines.pop()
    for line in lines:
        name, colon, value = line.partition(b":")
        wanted = _SPELLINGS[name]
        if wanted is None or not colon:
            continue
        if wanted not in fields:
            fields[wanted] = value.strip()
        elif wanted in _MANY:
            fields[wanted] += b", " + value.strip()
    return fields


def _folded_fields(block: bytes) -> Fields:
    """Fields with values that go on in the next line (obs-fold, RFC 9112 section 5.2)."""
    fields: Fields = {}
    last = b""
    for line in block.split(b"\n", _MOST_FIELDS)[:_MOST_FIELDS]:
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and last:
            fields[last] += b" " + line.strip()
            continue
        name, colon, value = line.partition(b":")
        if not colon:
            continue
        last = name.strip().lower()
        if last in fields and last in _MANY:
            fields[last] += b", " + value.strip()
        elif last in fields:
            last = b""
        else:
            fields[last] = value.strip()
    return fields


def text(fields: Fields, name: bytes, limit: int = 1024) -> str | None:
    """A field as safe text, ``None`` when it was not sent."""
    value = fields.get(name)
    return None if value is None else safe_text(value, limit)


def content_length(fields: Fields) -> int | None:
    """Content-Length when it is a plain number (the first of a list)."""
    value = fields.get(b"content-length", b"").split(b",")[0].strip()
    return int(value) if value.isdigit() and len(value) < 19 else None


def file_name(fields: Fields) -> str | None:
    """Name that Content-Disposition proposes (RFC 6266), as sent: it may hold a path."""
    value = fields.get(b"content-disposition", b"")[:4096]
    if not value:
        return None
    encoded = _FILE_NAME_UTF8.search(value)
    if encoded:
        return safe_text(unquote_to_bytes(encoded[1]))
    match = _FILE_NAME.search(value)
    return safe_text(match[1] if match[1] is not None else match[2]) if match else None


def content_range(fields: Fields) -> tuple[int, int | None] | None:
    """First octet of a partial body and the size of the whole, if told (RFC 9110, 14.4)."""
    match = _RANGE.match(fields.get(b"content-range", b""))
    if match is None:
        return None
    return int(match[1]), None if match[3] == b"*" else int(match[3])


def is_chunked(fields: Fields) -> bool:
    """Whether the body comes in chunks."""
    return b"chunked" in fields.get(b"transfer-encoding", b"").lower()


def credentials(fields: Fields, name: bytes) -> tuple[str, bytes]:
    """Scheme in lower case and the parameter of an authorization field, ``("", b"")`` without."""
    scheme, _, value = fields.get(name, b"").partition(b" ")
    return safe_text(scheme, 32).lower(), value.strip()


def decode_base64(value: bytes) -> bytes:
    """Base64 as far as it goes; never raises."""
    value = value[: 64 << 10].split(b",")[0].strip().rstrip(b"=")
    try:
        return base64.b64decode(value[: len(value) // 4 * 4] + _padded(value), validate=False)
    except (binascii.Error, ValueError):
        return b""


def _padded(value: bytes) -> bytes:
    tail = value[len(value) // 4 * 4 :]
    return tail + b"=" * (4 - len(tail)) if len(tail) > 1 else b""


def account_of(scheme: str, value: bytes) -> str | None:
    """User name of Basic or Digest credentials; the password is not looked at."""
    if scheme == "basic":
        user, colon, _ = decode_base64(value).partition(b":")
        return safe_text(user) if colon else None
    if scheme == "digest":
        match = _DIGEST_USER.search(value[:8192])
        return safe_text(match[1]) if match else None
    return None
