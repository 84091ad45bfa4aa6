"""Writes event log files of Windows: one chunk after another, binary XML without templates.

Source: [MS-EVEN6] section 2.2.12 (BinXml), and the layout of files and chunks as libevtx documents.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

_CHUNK, _FIRST = 65536, 512
_EPOCH_1601 = 116_444_736_000_000_000
TIME_100NS = _EPOCH_1601 + 1_714_557_600_500_000 * 10
"""2024-05-01 10:00:00.5 UTC."""

Event = tuple[int, str, Mapping[str, str]]
"""Number, channel and data of an event."""


def evtx(*chunks: Sequence[Event]) -> bytes:
    """A file of so many chunks."""
    header = bytearray(4096)
    header[:8] = b"ElfFile\0"
    struct.pack_into("<QQQIHHHH", header, 8, 0, len(chunks) - 1, 1, 128, 1, 3, 4096, len(chunks))
    struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
    numbered, number = [], 1
    for events in chunks:
        numbered.append(_chunk(events, number))
        number += len(events)
    return bytes(header) + b"".join(numbered)


def _chunk(events: Sequence[Event], number: int) -> bytes:
    chunk, place, last = bytearray(_CHUNK), _FIRST, _FIRST
    for offset, event in enumerate(events):
        body = _Xml(place + 24).event(event)
        size = 24 + len(body) + 4
        size += -size % 8
        record = bytearray(size)
        struct.pack_into("<4sIQQ", record, 0, b"\x2a\x2a\0\0", size, number + offset, TIME_100NS)
        record[24 : 24 + len(body)] = body
        struct.pack_into("<I", record, size - 4, size)
        chunk[place : place + size] = record
        last, place = place, place + size
    assert place <= _CHUNK
    end = number + len(events) - 1
    struct.pack_into("<8sQQQQIIII", chunk, 0, b"ElfChnk\0", number, end, number, end, 128, last,
                     place, zlib.crc32(chunk[_FIRST:place]))  # fmt: skip
    struct.pack_into("<I", chunk, 124, zlib.crc32(chunk[128:_FIRST], zlib.crc32(chunk[:120])))
    return bytes(chunk)


class _Xml:
    """Binary XML that begins at a place of its chunk; names stand where they are first used."""

    def __init__(self, place: int) -> None:
        self._place = place
        self._out = bytearray(b"\x0f\x01\x01\x00")

    def event(self, event: Event) -> bytes:
        number, channel, data = event
        self._open("Event")
        self._open("System")
        self._leaf("EventID", str(number), {"Qualifiers": "0"} if channel == "System" else {})
        self._leaf("TimeCreated", "", {"SystemTime": "2024-05-01T10:00:00.500000Z"})
        self._leaf("Channel", channel)
        self._leaf("Computer", "DC1")
        self._out += b"\x04"
        self._open("EventData")
        for name, value in data.items():
            self._leaf("Data", value, {"Name": name})
        self._out += b"\x04\x04\x00"
        return bytes(self._out)

    def _leaf(self, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
        self._open(name, attributes)
        self._value(text)
        self._out += b"\x04"

    def _open(self, name: str, attributes: Mapping[str, str] | None = None) -> None:
        self._out += struct.pack("<BI", 0x41 if attributes else 0x01, 0)
        self._name(name)
        if attributes:
            length_at = len(self._out)
            self._out += bytes(4)
            for place, (key, value) in enumerate(attributes.items(), 1):
                self._out.append(0x46 if place < len(attributes) else 0x06)
                self._name(key)
                self._value(value)
            struct.pack_into("<I", self._out, length_at, len(self._out) - length_at - 4)
        self._out.append(0x02)

    def _name(self, name: str) -> None:
        here = self._place + len(self._out) + 4
        hashed = 0
        for letter in name:
            hashed = (hashed * 65599 + ord(letter)) & 0xFFFFFFFF
        self._out += struct.pack("<IIHH", here, 0, hashed & 0xFFFF, len(name))
        self._out += name.encode("utf-16-le") + b"\0\0"

    def _value(self, text: str) -> None:
        self._out += struct.pack("<BBH", 0x05, 0x01, len(text)) + text.encode("utf-16-le")
