"""Which parser reads a piece of evidence: decided by its first bytes, never by its name."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from netcordon import registry
from netcordon.errors import EvidenceError
from netcordon.evidence import inflate, zstd_frames
from netcordon.model.parser import Parser

_NOT_UNPACKED = (
    (b"\xfd7zXZ\x00", "xz", "xz -d"),
    (b"BZh", "bzip2", "bzip2 -d"),
    (b"PK\x03\x04", "zip", "unzip"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip", "7z x"),
    (b"Rar!\x1a\x07", "rar", "unrar x"),
    (b"\x04\x22\x4d\x18", "lz4", "lz4 -d"),
    (inflate.MAGIC, "gzip, twice", "gzip -d"),
    (zstd_frames.MAGIC, "zstd, twice", "zstd -d"),
)
"""Magic of archives that are not unpacked here, their name, and the program that does it."""


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Recognised:
    """A parser and what it says the bytes are."""

    parser_id: str
    parser: Parser
    kind: str


def recognise(head: bytes, parsers: Sequence[registry.Plugin] | None = None) -> Recognised | None:
    """The first parser, in the order of ids, that knows these bytes.

    Args:
        head: first unpacked bytes, up to 64 KiB.
        parsers: plug-ins to ask; all that loaded when left out.
    """
    for plugin in registry.load("parsers")[0] if parsers is None else parsers:
        parser = plugin.content
        if not isinstance(parser, Parser):
            continue
        kind = parser.recognise(head)
        if kind is not None:
            return Recognised(plugin.id, parser, kind)
    return None


def reason(head: bytes) -> tuple[str, str]:
    """Why bytes that no parser knows were not recognised, and what to try."""
    if not head:
        return "it is empty", "check how it was made"
    for magic, name, program in _NOT_UNPACKED:
        if head.startswith(magic):
            return f"it is packed with {name}, which is not unpacked here", f"{program}, then again"
    if not head.strip(b"\0 \t\r\n"):
        return "it begins with zeros or blanks alone", "check how it was made"
    if _is_text(head):
        hint = "netcordon map propose FILE writes a mapping for it; then netcordon ingest --map"
        return "it is text of no known kind, which a mapping can make readable", hint
    parsers = [plugin.content for plugin in registry.load("parsers")[0]]
    titles = ", ".join(sorted(p.title for p in parsers if isinstance(p, Parser)))
    return f"its first bytes are {head[:8].hex(' ')}", f"what can be read: {titles}"


def _is_text(head: bytes) -> bool:
    """Whether bytes are UTF-8 without control characters; a letter may be cut at the end."""
    text = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(head)
    return "\ufffd" not in text and not _CONTROL.search(text)


def not_recognised(path: str, head: bytes) -> EvidenceError:
    """NC-103 for bytes that no parser knows, NC-104 for none at all."""
    why, hint = reason(head)
    code = "NC-103" if head else "NC-104"
    what = f"{path!r} is not recognised as evidence."
    return EvidenceError(code, what, why, hint, path=path)
