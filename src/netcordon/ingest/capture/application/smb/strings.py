"""Strings of SMB 1: UTF-16 aligned to the header, or octets of the OEM character set."""

from __future__ import annotations

from netcordon.ingest.capture.application.record.text import safe_text, utf16_text

_LONGEST = 1024


def text_at(message: bytes, at: int, is_unicode: bool) -> tuple[str, int]:
    """A string that ends with NUL or with the message; and where the next one begins."""
    if not is_unicode:
        end = message.find(b"\0", at)
        end = len(message) if end < 0 else end
        return safe_text(message[at:end], _LONGEST), end + 1
    at += at & 1
    end = at
    while message[end : end + 2] not in (b"\0\0", b"\0", b"") and end - at < 4 * _LONGEST:
        end += 2
    return utf16_text(message[at:end], _LONGEST), end + 2


def texts_at(message: bytes, at: int, is_unicode: bool, count: int) -> list[str]:
    """Several strings, one behind the other."""
    found = []
    for _ in range(count):
        text, at = text_at(message, at, is_unicode)
        found.append(text)
    return found
