"""Header fields of messages: unfolded, parameters taken apart, encoded words decoded.

RFC 5322 (fields), 2045 and 2231 (parameters), 2047 (encoded words). Everything is bounded, and
what does not follow the rules is shown as it was sent.
"""

from __future__ import annotations

import binascii
import re
from urllib.parse import unquote_to_bytes

from netcordon.ingest.capture.application.http.message import decode_base64
from netcordon.ingest.capture.application.record.text import SHORT, safe_text, visible

LONGEST_HEAD = 64 << 10
_MOST_FIELDS = 512
_LONGEST_VALUE = 8192

Fields = dict[bytes, bytes]
"""Lower-case name -> value of the first occurrence, unfolded."""

_PARAMETER = re.compile(
    rb";\s*([!#-'*+.0-9A-Z^-~-]{1,64})\s*=\s*(?:\"((?:[^\"\\]|\\.){0,4096})\"|([^;\s\"]{1,4096}))",
    re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile(rb"=\?([!-<>@-~]{1,40})\?([bBqQ])\?([!->@-~ ]{0,2048})\?=")
_BETWEEN_WORDS = re.compile(rb"(\?=)\s+(?==\?)")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_CHARSETS = frozenset(
    ("utf-8", "us-ascii", "ascii", "koi8-r", "koi8-u", "gb2312", "gbk", "gb18030", "big5",
     "euc-jp", "euc-kr", "shift_jis", "iso-2022-jp", "iso-2022-kr",
     *(f"iso-8859-{n}" for n in range(1, 17) if n != 12), *(f"windows-125{n}" for n in range(9)))
)  # fmt: skip
"""Others are not decoded: some of Python's codecs are no character sets, some are slow."""


def parse_fields(head: bytes) -> Fields:
    """The fields of a header block."""
    fields: Fields = {}
    last = b""
    for line in head.split(b"\n", _MOST_FIELDS)[:_MOST_FIELDS]:
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and last:
            if len(fields[last]) < _LONGEST_VALUE:
                fields[last] += b" " + line.strip()
            continue
        name, colon, value = line.partition(b":")
        last = name.strip().lower()
        if not colon or not last or last in fields:
            last = b""
            continue
        fields[last] = value.strip()[:_LONGEST_VALUE]
    return fields


def media_type(fields: Fields) -> bytes:
    """Type and subtype in lower case; text/plain when there is none."""
    value = fields.get(b"content-type", b"").partition(b";")[0].strip().lower()
    return value if b"/" in value else b"text/plain"


def parameter(fields: Fields, field: bytes, name: bytes) -> bytes:
    """A parameter of a field, put together from its pieces (RFC 2231); empty without it.

    What carries a character set is given in UTF-8.
    """
    pieces: dict[int, bytes] = {}
    for match in _PARAMETER.finditer(fields.get(field, b"")[:_LONGEST_VALUE]):
        label, star, rest = match[1].lower().partition(b"*")
        if label != name:
            continue
        quoted, plain = match[2], match[3]
        value = _ESCAPED.sub(rb"\1", quoted) if quoted is not None else plain
        number = rest.rstrip(b"*")
        at = int(number) if number.isdigit() and len(number) <= 3 else 0
        if star and match[1].endswith(b"*"):
            value = _extended(value, is_first=at == 0)
        pieces.setdefault(at, value)
    return b"".join(pieces[at] for at in sorted(pieces))[:_LONGEST_VALUE]


def decoded(value: bytes, limit: int = SHORT) -> str:
    """A field's text with its encoded words decoded, safe to show."""
    value = value[:_LONGEST_VALUE]
    if b"=?" not in value:
        return safe_text(value, limit)
    value = _BETWEEN_WORDS.sub(rb"\1", value)
    parts, at = [], 0
    for match in _WORD.finditer(value):
        parts.append(safe_text(value[at : match.start()], limit))
        parts.append(_word(match))
        at = match.end()
    parts.append(safe_text(value[at:], limit))
    return visible("".join(parts), limit)


def file_name_of(fields: Fields) -> str | None:
    """Name of an attachment, as sent: it may hold a path."""
    name = parameter(fields, b"content-disposition", b"filename")
    name = name or parameter(fields, b"content-type", b"name")
    return decoded(name) if name else None


def _word(match: re.Match[bytes]) -> str:
    charset = match[1].decode("ascii").partition("*")[0].lower()
    if charset not in _CHARSETS:
        return safe_text(match[0])
    is_base64 = match[2] in b"bB"
    data = decode_base64(match[3]) if is_base64 else binascii.a2b_qp(match[3], header=True)
    return data.decode(charset, "backslashreplace")


def _extended(value: bytes, *, is_first: bool) -> bytes:
    charset, data = "utf-8", value
    if is_first and value.count(b"'") >= 2:
        name, _, data = value.split(b"'", 2)
        charset = name.decode("ascii", "replace").lower() or "utf-8"
    octets = unquote_to_bytes(data)
    if charset in _CHARSETS and charset != "utf-8":
        return octets.decode(charset, "backslashreplace").encode()
    return octets
