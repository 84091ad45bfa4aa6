r"""Text from traffic: nothing lost, nothing dangerous, bounded.

Bytes that are valid UTF-8 stay as they are; other bytes and control characters become ``\xNN``
(code points above 255 that steer a terminal or hide text become ``\uNNNN``). A lone backslash
stays, for names such as ``DOMAIN\user`` are to be read and searched as they were sent.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

SHORT = 1024
"""Characters of a value that is no URI."""
LONG = 8192
"""Characters of a URI."""
_SAID_AGAIN = 192
"""Bytes up to which a text is remembered: hosts, agents, types come over and over."""

_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str, limit: int = SHORT) -> str:
    """Text without characters that steer, cut to ``limit`` characters with an ellipsis."""
    cut = text[: limit + 1]
    if not (cut.isascii() and cut.isprintable()):
        cut = _STEERING.sub(_escape, cut)
    return cut if len(cut) <= limit else cut[: limit - 1] + "…"


def safe_text(data: bytes | bytearray, limit: int = SHORT) -> str:
    r"""Bytes as text: UTF-8 where valid, ``\xNN`` where not."""
    if len(data) <= _SAID_AGAIN:
        return _remembered(bytes(data), limit)
    return _as_text(data, limit)


def _as_text(data: bytes | bytearray, limit: int) -> str:
    # A character has at most four bytes: what lies behind cannot be part of the answer.
    cut = bytes(data[: 4 * limit + 4])
    if len(cut) <= limit and cut.isascii() and (text := cut.decode("ascii")).isprintable():
        return text
    return visible(cut.decode("utf-8", "backslashreplace"), limit)


_remembered = lru_cache(maxsize=1 << 14)(_as_text)


def utf16_text(data: bytes, limit: int = SHORT) -> str:
    """UTF-16LE as Windows protocols send it; a half surrogate or odd last byte is escaped."""
    even = data[: min(len(data) & ~1, 2 * limit + 2)]
    text = codecs.decode(even, "utf-16-le", "surrogatepass") if _paired(even) else _loose(even)
    if len(data) & 1 and len(data) <= 2 * limit:
        text += f"\\x{data[-1]:02x}"
    return visible(text, limit)


def _paired(data: bytes) -> bool:
    # "surrogatepass" refuses only a high surrogate at the very end.
    return len(data) < 2 or not 0xD8 <= data[-1] <= 0xDB


def _loose(data: bytes) -> str:
    return codecs.decode(data[:-2], "utf-16-le", "surrogatepass") + chr(data[-2] | data[-1] << 8)


def hardware_address(value: bytes) -> str:
    """``aa:bb:cc:dd:ee:ff`` of up to 16 octets."""
    return value[:16].hex(":")
