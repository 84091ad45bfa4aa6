"""Capture files: reads classic pcap and the pcapng written here, and writes pcapng.

tcpdump writes classic pcap, which cannot say what was dropped; we publish pcapng,
with the interface's name and its counters, so that a reader can judge the sensor as well.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

SECTION, INTERFACE, ENHANCED, STATISTICS = 0x0A0D0D0A, 1, 6, 5
END, NAME, DESCRIPTION, RESOLUTION, APPLICATION = 0, 2, 3, 9, 4
STARTED, ENDED, RECEIVED, DROPPED = 2, 3, 4, 5
ETHERNET, MICROSECONDS = 1, b"\x06"


class Frame(NamedTuple):
    """One Ethernet frame: seconds since 1970, what was kept of it, its length on the wire."""

    time: float
    data: bytes
    wire_bytes: int


def frames(path: Path) -> Iterator[Frame]:
    """Each frame of a capture, plain or gzip."""
    opener = gzip.open if path.suffix == ".gz" else open
    with cast(IO[bytes], opener(path, "rb")) as file:
        start = file.read(4)
        yield from _blocks(file) if start == struct.pack("<I", SECTION) else _classic(file, start)


def _classic(file: IO[bytes], magic: bytes) -> Iterator[Frame]:
    link = int.from_bytes(file.read(20)[16:], "little")
    if magic != struct.pack("<I", 0xA1B2C3D4) or link != ETHERNET:
        raise ValueError("neither our pcapng nor a little-endian pcap of Ethernet, in microseconds")
    while header := file.read(16):
        seconds, fraction, kept, wire_bytes = struct.unpack("<IIII", header)
        yield Frame(seconds + fraction / 1e6, file.read(kept), wire_bytes)


def _blocks(file: IO[bytes]) -> Iterator[Frame]:
    """The packets of a section whose start has been read; other blocks are passed over."""
    head = struct.pack("<I", SECTION)
    while head:
        kind, length = struct.unpack("<II", head + file.read(4))
        body = file.read(length - 8)
        if kind == ENHANCED:
            _, high, low, kept, wire_bytes = struct.unpack("<IIIII", body[:20])
            yield Frame(((high << 32) + low) / 1e6, body[20 : 20 + kept], wire_bytes)
        head = file.read(4)


def pcapng(packets: Iterable[Frame], snaplen: int, name: str, received: int, dropped: int) -> bytes:
    """A pcapng section of one Ethernet interface, with its counters at the end."""
    blocks = [
        _block(
            SECTION,
            struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
            + _option(APPLICATION, b"tcpdump; netcordon lab")
            + _option(END),
        ),
        _block(
            INTERFACE,
            struct.pack("<HHI", ETHERNET, 0, snaplen)
            + _option(NAME, name.encode())
            + _option(DESCRIPTION, b"sensor port: office and server segment, inside the border")
            + _option(RESOLUTION, MICROSECONDS)
            + _option(END),
        ),
    ]
    first = last = 0
    for moment, data, wire_bytes in packets:
        last = round(moment * 1e6)
        first = first or last
        fields = (0, last >> 32, last & 0xFFFFFFFF, len(data), wire_bytes)
        blocks.append(_block(ENHANCED, struct.pack("<IIIII", *fields) + _padded(data)))
    counters = _time(STARTED, first) + _time(ENDED, last)
    counters += _option(RECEIVED, struct.pack("<Q", received))
    counters += _option(DROPPED, struct.pack("<Q", dropped)) + _option(END)
    stamp = struct.pack("<III", 0, last >> 32, last & 0xFFFFFFFF)
    blocks.append(_block(STATISTICS, stamp + counters))
    return b"".join(blocks)


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def _option(code: int, value: bytes = b"") -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _time(code: int, micros: int) -> bytes:
    return _option(code, struct.pack("<II", micros >> 32, micros & 0xFFFFFFFF))


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
