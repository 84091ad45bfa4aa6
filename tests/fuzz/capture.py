"""A capture as frames that can be changed, from and to the file formats."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field, replace
from pathlib import Path

_HEADER = struct.Struct("<IHHiIII")
_RECORD = struct.Struct("<IIII")
_NANO = 0xA1B23C4D
_SECTION, _INTERFACE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 3, 6


@dataclass(frozen=True)
class Frame:
    """What was captured, when (ns since 1970), and how long it was on the wire."""

    time_ns: int
    wire_length: int
    data: bytes


@dataclass
class Capture:
    """Frames of one link type."""

    link_type: int
    frames: list[Frame] = field(default_factory=list)


def read_pcap(path: Path, most: int) -> Capture:
    """The first ``most`` frames of a little-endian pcap."""
    content = path.read_bytes()
    magic, *_, link_type = _HEADER.unpack_from(content)
    scale = 1 if magic == _NANO else 1000
    capture, at = Capture(link_type & 0xFFFF), _HEADER.size
    while at + _RECORD.size <= len(content) and len(capture.frames) < most:
        seconds, fraction, kept, length = _RECORD.unpack_from(content, at)
        at += _RECORD.size
        time_ns = seconds * 10**9 + fraction * scale
        capture.frames.append(Frame(time_ns, length, content[at : at + kept]))
        at += kept
    return capture


def write_pcap(capture: Capture) -> bytes:
    """A pcap with nanoseconds."""
    parts = [_HEADER.pack(_NANO, 2, 4, 0, 0, 262_144, capture.link_type)]
    for frame in capture.frames:
        seconds, nanos = divmod(frame.time_ns, 10**9)
        head = _RECORD.pack(seconds & 0xFFFFFFFF, nanos, len(frame.data), _length(frame))
        parts += [head, frame.data]
    return b"".join(parts)


def write_pcapng(capture: Capture, chance: random.Random) -> bytes:
    """A pcapng of several interfaces with nanoseconds, now and then a simple packet block."""
    option = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
    parts = [_block(_SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    interfaces = chance.randint(1, 3)
    for _ in range(interfaces):
        parts.append(_block(_INTERFACE, struct.pack("<HHI", capture.link_type, 0, 0) + option))
    for frame in capture.frames:
        if chance.random() < 0.01:
            parts.append(_block(_SIMPLE, struct.pack("<I", len(frame.data)) + frame.data))
            continue
        head = struct.pack(
            "<IIIII",
            chance.randrange(interfaces),
            frame.time_ns >> 32 & 0xFFFFFFFF,
            frame.time_ns & 0xFFFFFFFF,
            len(frame.data),
            _length(frame),
        )
        parts.append(_block(_ENHANCED, head + frame.data))
    return b"".join(parts)


def changed(frame: Frame, data: bytes) -> Frame:
    """The frame with other bytes, whole on the wire when it was whole before."""
    was_whole = frame.wire_length == len(frame.data)
    return replace(frame, data=data, wire_length=len(data) if was_whole else frame.wire_length)


def _length(frame: Frame) -> int:
    return frame.wire_length & 0xFFFFFFFF


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)
