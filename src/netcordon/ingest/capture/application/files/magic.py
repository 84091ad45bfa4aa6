"""What a carried object is, by its first bytes (at most 32 are looked at)."""

from __future__ import annotations

import re
from functools import lru_cache

LOOK = 32
"""Bytes that suffice."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "pe"),
    (b"\x7fELF", "elf"),
    (b"\xca\xfe\xba\xbe\x00\x00\x00", "class"),
    (b"\xcf\xfa\xed\xfe", "macho"),
    (b"\xce\xfa\xed\xfe", "macho"),
    (b"\xfe\xed\xfa\xce", "macho"),
    (b"\xfe\xed\xfa\xcf", "macho"),
    (b"dex\n", "dex"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"MSCF\x00\x00\x00\x00", "cab"),
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole2"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "lnk"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"OggS", "ogg"),
    (b"FWS", "swf"),
    (b"CWS", "swf"),
    (b"ZWS", "swf"),
    (b"\x00asm", "wasm"),
    (b"wOFF", "woff"),
    (b"wOF2", "woff"),
    (b"#!", "script"),
)
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|script|!--)", re.IGNORECASE
)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml")
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"|\{\s*\}|\[\s*[\[{\"])")


_PREFIX = re.compile(b"|".join(b"(" + re.escape(prefix) + b")" for prefix, _ in _MAGIC))


@lru_cache(maxsize=1 << 12)
def magic_of(first: bytes) -> str | None:
    """Short name of the type, or ``None``."""
    if not first:
        return None
    found = _PREFIX.match(first)
    if found is not None:
        return _MAGIC[(found.lastindex or 1) - 1][1]
    if first[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}.get(first[8:12], "riff")
    if first[4:8] == b"ftyp":
        return "mp4"
    for pattern, name in ((_HTML, "html"), (_XML, "xml"), (_JSON, "json")):
        if pattern.match(first):
            return name
    return None
