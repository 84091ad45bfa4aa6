"""Long headers of QUIC packets (RFC 9000 section 17.2, RFC 9369), and which versions share what."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

VERSION_2, VERSION_2_DRAFT = 0x6B3343CF, 0x709A50C4
_LONGEST_ID = 20
_MOST_COALESCED = 8


class Kind(Enum):
    """What a packet with a long header is."""

    INITIAL = auto()
    ZERO_RTT = auto()
    HANDSHAKE = auto()
    RETRY = auto()
    VERSION_NEGOTIATION = auto()


_KINDS = (Kind.INITIAL, Kind.ZERO_RTT, Kind.HANDSHAKE, Kind.RETRY)


class LongHeader(NamedTuple):
    """One packet of a datagram.

    Attributes:
        kind: its type.
        version: of QUIC, 0 in Version Negotiation.
        destination: connection id of the receiver.
        source: connection id of the sender.
        start: offset of the first octet in the datagram.
        number: offset of the protected packet number; of the rest for the kinds without one.
        end: offset behind the packet.
    """

    kind: Kind
    version: int
    destination: bytes
    source: bytes
    start: int
    number: int
    end: int


def long_headers(data: bytes) -> Iterator[LongHeader]:
    """The packets that a datagram coalesces, up to the first with a short header."""
    at = 0
    for _ in range(_MOST_COALESCED):
        header = _long_header(data, at)
        if header is None:
            return
        yield header
        at = header.end


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer (RFC 9000 section 16) and where it ends; -1 when it is cut off."""
    if at >= len(data):
        return -1, at
    size = 1 << (data[at] >> 6)
    if at + size > len(data):
        return -1, at
    value = int.from_bytes(data[at : at + size], "big") & (1 << (8 * size - 2)) - 1
    return value, at + size


def _long_header(data: bytes, start: int) -> LongHeader | None:
    if start + 7 > len(data) or not data[start] & 0x80:
        return None
    version = int.from_bytes(data[start + 1 : start + 5], "big")
    at = start + 6 + data[start + 5]
    destination = data[start + 6 : at]
    if at >= len(data) or len(destination) > _LONGEST_ID or data[at] > _LONGEST_ID:
        return None
    source = data[at + 1 : at + 1 + data[at]]
    at += 1 + data[at]
    if at > len(data):
        return None
    if version == 0:
        kind = Kind.VERSION_NEGOTIATION
    else:
        number = data[start] >> 4 & 3
        # Version 2 turned the types by one, for nobody to rely on them.
        kind = _KINDS[number - 1 & 3 if version in (VERSION_2, VERSION_2_DRAFT) else number]
    if kind in (Kind.VERSION_NEGOTIATION, Kind.RETRY):
        return LongHeader(kind, version, destination, source, start, at, len(data))
    if kind is Kind.INITIAL:
        token, at = varint(data, at)
        if token < 0:
            return None
        at += token
    length, at = varint(data, at)
    if length < 0 or at + length > len(data):
        return None
    return LongHeader(kind, version, destination, source, start, at, at + length)
