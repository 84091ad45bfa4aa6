"""DNP3 (IEEE 1815) link frames with their checksums, and the transport segments in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

START = b"\x05\x64"
_HEADER = 10
_BLOCK = 16
_MOST_FRAGMENT = 8 << 10


class Frame(NamedTuple):
    """A link frame.

    Attributes:
        from_master: DIR bit.
        function: link function code; 3 and 4 carry user data.
        is_primary: PRM bit.
        destination: link address.
        source: link address.
        data: user data without checksums, ``None`` when one of them is wrong.
    """

    from_master: bool
    function: int
    is_primary: bool
    destination: int
    source: int
    data: bytes | None


def _table() -> tuple[int, ...]:
    made = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xA6BC if value & 1 else 0)
        made.append(value)
    return tuple(made)


_TABLE = _table()


def checksum(data: bytes) -> int:
    """CRC-16 of IEEE 1815: polynomial 0x3D65 reflected, complemented."""
    value = 0
    for octet in data:
        value = value >> 8 ^ _TABLE[(value ^ octet) & 0xFF]
    return value ^ 0xFFFF


def frame_length(header: bytes | bytearray) -> int:
    """Octets of a frame on the wire by its length field (third octet), -1 when it is none."""
    user = header[2] - 5
    if user < 0:
        return -1
    return _HEADER + user + 2 * -(-user // _BLOCK)


def read_frame(data: bytes) -> Frame | None:
    """A whole frame; ``None`` when the checksum of its header is wrong."""
    if len(data) < _HEADER or checksum(data[:8]) != data[8] | data[9] << 8:
        return None
    control = data[3]
    return Frame(
        bool(control & 0x80), control & 15, bool(control & 0x40),
        data[4] | data[5] << 8, data[6] | data[7] << 8, _user_data(data),
    )  # fmt: skip


def _user_data(data: bytes) -> bytes | None:
    parts = []
    left = data[2] - 5
    at = _HEADER
    while left > 0:
        size = min(left, _BLOCK)
        block, crc = data[at : at + size], data[at + size : at + size + 2]
        if len(crc) < 2 or checksum(block) != crc[0] | crc[1] << 8:
            return None
        parts.append(block)
        at += size + 2
        left -= size
    return b"".join(parts)


class Transport:
    """Puts the segments of one sender together into fragments."""

    def __init__(self) -> None:
        self._parts = b""
        self._next = -1

    def take(self, segment: bytes) -> Iterator[bytes]:
        """Take the user data of a frame; gives a fragment when it is whole."""
        if not segment:
            return
        head, sequence = segment[0], segment[0] & 0x3F
        if head & 0x40:
            self._parts = b""
        elif sequence != self._next:
            self._next = -1
            return
        self._parts += segment[1:]
        self._next = (sequence + 1) & 0x3F
        if head & 0x80 or len(self._parts) > _MOST_FRAGMENT:
            self._next = -1
            if head & 0x80:
                yield self._parts
            self._parts = b""
