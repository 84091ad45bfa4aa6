"""Events of Windows as XML: ``wevtutil``, the event viewer, subscriptions, Splunk.

One event a line, many in ``<Events>``, or one after another; UTF-8 or UTF-16. Each event is cut out
of the text and parsed alone: a document type stands outside of it, so no entity can be declared,
and one that an event names makes that event unreadable.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator

from lxml import etree

from netcordon.ingest.text.blocks import MOST_LINE_BYTES
from netcordon.ingest.windows_events.flatten import named
from netcordon.model.parser import ByteSource

_PIECE = 1 << 20
_BEGIN = re.compile(r"<Event[\s>]")
_END = "</Event>"
_AROUND = re.compile(
    r"\s+|<\?[^>]{0,400}\?>|<!--.{0,4000}?-->|</?Events(?:\s[^>]{0,400})?>|\ufeff|<!DOCTYPE[^\[>]{0,400}>",
    re.S,
)
_HEAD_LETTERS = 4096


def encoding(head: bytes) -> str:
    """``utf-16-le``, ``utf-16-be`` or ``utf-8``, by the mark or the zeros at the beginning."""
    if head.startswith(codecs.BOM_UTF16_LE) or head[1:2] == b"\0" != head[:1]:
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE) or head[:1] == b"\0" != head[1:2]:
        return "utf-16-be"
    return "utf-8"


def is_events(head: bytes) -> bool:
    """Whether these are events of Windows as XML."""
    text = head[: 4 * _HEAD_LETTERS].decode(encoding(head), errors="replace")
    found = _BEGIN.search(text)
    if found is None or _AROUND.sub("", text[: found.start()]).strip():
        return False
    begun = text[found.start() : found.start() + _HEAD_LETTERS]
    return "<System" in begun and "<EventID" in begun


def lines(source: ByteSource, head: bytes) -> Iterator[bytes]:
    """A line for each event: JSON in the flat shape, or the text itself where it is none."""
    for piece in _pieces(source, head):
        if not piece.startswith("<Event"):
            yield piece.replace("\n", " ").encode(errors="replace") + b"\n"
            continue
        found = event(piece)
        told = piece.replace("\n", " ").replace("\r", " ") if found is None else json.dumps(found)
        yield told.encode(errors="replace") + b"\n"


def event(text: str) -> dict[str, object] | None:
    """One event in the flat shape; ``None`` where it is no well-formed XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode(errors="replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    found: dict[str, object] = {}
    told: dict[str, object] = {}
    for part in root:
        name = _name(part)
        if name == "System":
            for inner in part:
                if _name(inner) == "TimeCreated":
                    told["TimeCreated"] = inner.get("SystemTime")
                elif _name(inner) in ("EventID", "Channel", "Computer"):
                    told[_name(inner)] = inner.text
        elif name in ("EventData", "UserData"):
            found |= named(_leaves(part))
    return {**found, **told}


def _leaves(part: etree._Element) -> Iterator[tuple[str, object]]:
    for inner in part.iter():
        if inner is part or len(inner):
            continue
        name = _name(inner)
        yield (inner.get("Name") or "") if name == "Data" else name, inner.text


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _pieces(source: ByteSource, head: bytes) -> Iterator[str]:
    """Events as they stand, and what stands between them and is neither space nor mark-up."""
    decoder = codecs.getincrementaldecoder(encoding(head))("replace")
    room, kept, is_last = memoryview(bytearray(_PIECE)), "", False
    while not is_last:
        count = source.readinto(room)
        is_last = not count
        kept += decoder.decode(bytes(room[:count]), final=is_last)
        place = 0
        while True:
            begun = _BEGIN.search(kept, place)
            end = kept.find(_END, begun.start()) if begun else -1
            if begun is None or end < 0:
                break
            yield from _between(kept[place : begun.start()])
            end += len(_END)
            yield kept[begun.start() : end]
            place = end
        kept = kept[place:]
        if len(kept) > MOST_LINE_BYTES:  # no event is that long: its beginning says what it was
            begun = _BEGIN.search(kept, 1)
            yield kept[:512]
            kept = kept[begun.start() if begun else len(kept) - 16 :]
    yield from _between(kept)


def _between(text: str) -> Iterator[str]:
    left = _AROUND.sub("", text).strip()
    if left:
        yield left[: MOST_LINE_BYTES // 4]
