"""Octets and encoded words of mails as text, whatever character set they claim."""

from __future__ import annotations

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

_SLOW_OR_ODD = frozenset(
    ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs")
)
"""Not character sets of mails: their cost grows with the square, or they act on escapes."""
_WORD = re.compile(r"=\?[^?\s]{1,40}\?[bqBQ]\?[^?]*\?=")


def decoded(content: bytes, charset: str) -> str:
    """Text of octets; what does not fit the character set becomes U+FFFD."""
    try:
        info = codecs.lookup(charset or "utf-8")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
    if info.name in _SLOW_OR_ODD or not getattr(info, "_is_text_encoding", True):
        return content.decode("utf-8", "replace")
    try:
        return content.decode(info.name, "replace")
    except (UnicodeError, ValueError):
        return content.decode("latin-1")


def header_text(value: object, limit: int = 4096) -> str:
    """A header in one line, its encoded words (RFC 2047) decoded.

    Args:
        value: as the parser holds it; octets beyond ASCII are surrogate escapes.
        limit: octets that are looked at.
    """
    raw = re.sub(r"\r?\n[ \t]*|\r", " ", str(value)[:limit])
    raw = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if not _WORD.search(raw):
        return raw.strip()
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError):
        return raw.strip()
    out = [
        text if isinstance(text, str) else decoded(text, charset or "latin-1")
        for text, charset in pieces
    ]
    return "".join(out).strip()
