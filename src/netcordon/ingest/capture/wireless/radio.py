"""What capturing hosts put in front of 802.11 frames.

Radiotap (https://www.radiotap.org), Prism and AVS (told apart by their magic), PPI (CACE Per-Packet
Information 1.0.10). All but AVS and old Prism are little-endian.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be32, u16, u32, wide

PLAIN, PRISM, RADIOTAP, AVS, PPI = 105, 119, 127, 163, 192
HAS_CHECK, IS_PADDED, IS_BAD = 1, 2, 4
"""A frame check sequence ends the frame; octets align the body; the check failed."""
NO_SIGNAL = 1 << 20
_AVS_MAGIC = 0x80211000
_MOST_PRESENT_WORDS = 16
_MOST_FIELDS = 32

_SIZES = np.array([8, 1, 1, 4, 2, 1], dtype=np.int64)
"""Octets of radiotap's first six fields; ``_ALIGNMENTS`` is what their offset is a multiple of."""
_ALIGNMENTS = np.array([8, 1, 1, 2, 2, 1], dtype=np.int64)


@subkernel
def is_wireless(link_type: int) -> bool:
    """Whether frames of a link type are 802.11."""
    return link_type in (PLAIN, PRISM, RADIOTAP, AVS, PPI)


@subkernel
def read_radio(data: Octets, packet: Record) -> tuple[int, int, int, int]:
    """Where the frame begins (-1: the header is cut or senseless) and what is said of it.

    Returns:
        Offset of the frame, flags (``HAS_CHECK`` ...), frequency in MHz or 0, signal in dBm or
        ``NO_SIGNAL``.
    """
    at = wide(packet.offset)
    end = wide(packet.end)
    if packet.link_type == PLAIN:
        return at, 0, 0, NO_SIGNAL
    if at + 8 > end:
        return -1, 0, 0, NO_SIGNAL
    if packet.link_type == RADIOTAP:
        return _read_radiotap(data, at, end)
    if packet.link_type == PPI:
        return _read_ppi(data, at, end)
    if be32(data, at) & 0xFFFFF000 == _AVS_MAGIC:
        length = be32(data, at + 4)
    else:
        length = u32(data, at + 4, False)
        if length > 0xFFFF:
            length = be32(data, at + 4)
    if length < 8 or at + length > end:
        return -1, 0, 0, NO_SIGNAL
    return at + length, 0, 0, NO_SIGNAL


@subkernel
def _read_radiotap(data: Octets, at: int, end: int) -> tuple[int, int, int, int]:
    length = u16(data, at + 2, False)
    stop = at + length
    if data[at] != 0 or length < 8 or stop > end:
        return -1, 0, 0, NO_SIGNAL
    present = u32(data, at + 4, False)
    field = at + 8
    word = present
    for _ in range(_MOST_PRESENT_WORDS):  # bit 31: one more word of presence bits
        if word & 0x80000000 == 0 or field + 4 > stop:
            break
        word = u32(data, field, False)
        field += 4
    flags, frequency, signal = 0, 0, NO_SIGNAL
    for bit in range(len(_SIZES)):
        if present & (1 << bit) == 0:
            continue
        alignment = _ALIGNMENTS[bit]
        field += (alignment - (field - at) % alignment) % alignment
        if field + _SIZES[bit] > stop:
            break
        if bit == 1:
            given = data[field]
            flags = (
                (HAS_CHECK if given & 0x10 else 0)
                | (IS_PADDED if given & 0x20 else 0)
                | (IS_BAD if given & 0x40 else 0)
            )
        elif bit == 3:
            frequency = u16(data, field, False)
        elif bit == 5:
            signal = _signed(data[field])
        field += _SIZES[bit]
    return stop, flags, frequency, signal


@subkernel
def _read_ppi(data: Octets, at: int, end: int) -> tuple[int, int, int, int]:
    length = u16(data, at + 2, False)
    stop = at + length
    if data[at] != 0 or length < 8 or stop > end or u32(data, at + 4, False) != PLAIN:
        return -1, 0, 0, NO_SIGNAL
    flags, frequency, signal = 0, 0, NO_SIGNAL
    field = at + 8
    for _ in range(_MOST_FIELDS):
        if field + 4 > stop:
            break
        kind, size = u16(data, field, False), u16(data, field + 2, False)
        body = field + 4
        if kind == 2 and size == 20 and body + 20 <= stop:  # 802.11-Common
            given = u16(data, body + 8, False)
            flags = (HAS_CHECK if given & 1 else 0) | (IS_BAD if given & 4 else 0)
            frequency = u16(data, body + 12, False)
            signal = _signed(data[body + 18])
        field = body + size
    return stop, flags, frequency, signal


@subkernel
def _signed(octet: int) -> int:
    value = wide(octet)
    return value - 256 if value > 127 else value
