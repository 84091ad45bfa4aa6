"""Datagrams of NetFlow 5, 7 and 9 and IPFIX: their headers, and the sets they hold.

Sources: Cisco, "NetFlow Export Datagram Format" (5, 7); RFC 3954 section 5 (9); RFC 7011 section 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.exports.records import BUILT_IN_5, BUILT_IN_7, UNKNOWN
from netcordon.ingest.capture.layout import Octets, Record, Records
from netcordon.ingest.capture.octets import be16, be32

MOST_SETS = 1 << 14
"""That one datagram can hold: each takes four octets."""
_HEAD_5, _RECORD_5, _RECORD_7 = 24, 48, 52
_HEAD_9, _HEAD_10 = 20, 16


@kernel
def read_datagrams(
    block: Octets,
    offsets: NDArray[np.int64],
    lengths: NDArray[np.int32],
    begin: int,
    heads: Records,
    sets: Records,
) -> tuple[int, int, int]:
    """Read the headers of datagrams from ``begin`` on.

    Args:
        block: bytes that the datagrams stand in.
        offsets: of each in the block.
        lengths: octets of each that were captured.
        begin: first datagram to read.
        heads: filled with ``HEAD``, one a datagram; version 0 for what is none.
        sets: filled with ``SET`` in the order of the datagrams; ``MOST_SETS`` of them or more.

    Returns:
        Datagram to go on with, heads filled, sets filled.
    """
    count, used = 0, 0
    at = begin
    while at < len(offsets) and count < len(heads) and used + MOST_SETS <= len(sets):
        start, size = offsets[at], np.int64(lengths[at])
        head = heads[count]
        head.event = at
        head.version, head.is_sound, head.count, head.sampling = 0, 0, UNKNOWN, 0
        head.domain, head.uptime_ms, head.sequence, head.export_us = 0, UNKNOWN, 0, 0
        if start >= 0 and size >= _HEAD_10 and start + size <= len(block):
            used = _read_datagram(block, start, start + size, head, count, sets, used)
        count += 1
        at += 1
    return at, count, used


@subkernel
def _read_datagram(
    block: Octets, at: int, end: int, head: Record, number: int, sets: Records, used: int
) -> int:
    version = be16(block, at)
    if version in (5, 7):
        return _read_fixed(block, at, end, version, head, number, sets, used)
    if version == 9 and at + _HEAD_9 <= end:
        head.version = 9
        head.count = be16(block, at + 2)
        head.uptime_ms = be32(block, at + 4)
        head.export_us = be32(block, at + 8) * 1_000_000
        head.sequence = be32(block, at + 12)
        head.domain = be32(block, at + 16)
        return _read_sets(block, at + _HEAD_9, end, head, number, sets, used)
    if version == 10:
        stop = at + be16(block, at + 2)
        head.version = 10
        head.export_us = be32(block, at + 4) * 1_000_000
        head.sequence = be32(block, at + 8)
        head.domain = be32(block, at + 12)
        used = _read_sets(block, at + _HEAD_10, min(stop, end), head, number, sets, used)
        if stop > end:
            head.is_sound = 0
    return used


@subkernel
def _read_fixed(
    block: Octets,
    at: int,
    end: int,
    version: int,
    head: Record,
    number: int,
    sets: Records,
    used: int,
) -> int:
    """Version 5 or 7: a header of 24 octets, then records of one size."""
    if at + _HEAD_5 > end:
        return used
    size = _RECORD_5 if version == 5 else _RECORD_7
    head.version = version
    head.count = be16(block, at + 2)
    head.uptime_ms = be32(block, at + 4)
    head.export_us = (
        be32(block, at + 8) * 1_000_000 + min(be32(block, at + 12), 999_999_999) // 1000
    )
    head.sequence = be32(block, at + 16)
    if version == 5:
        head.domain = be16(block, at + 20)
        head.sampling = be16(block, at + 22) & 0x3FFF  # the upper two bits say how
    length = min(head.count * size, (end - at - _HEAD_5) // size * size)
    head.is_sound = length == head.count * size
    if length > 0:
        one = sets[used]
        one.head, one.id = number, BUILT_IN_5 if version == 5 else BUILT_IN_7
        one.offset, one.length, one.plan = at + _HEAD_5, length, UNKNOWN
        used += 1
    return used


@subkernel
def _read_sets(
    block: Octets, at: int, end: int, head: Record, number: int, sets: Records, used: int
) -> int:
    head.is_sound = 1
    while at + 4 <= end:
        kind, length = be16(block, at), be16(block, at + 2)
        if length < 4:
            # Some exporters fill a datagram up with zeros.
            head.is_sound = kind == 0 and length == 0
            break
        stop = at + length
        if stop > end:
            head.is_sound = 0
            stop = end
        one = sets[used]
        one.head, one.id, one.plan = number, kind, UNKNOWN
        one.offset, one.length = at + 4, stop - at - 4
        used += 1
        at = stop
    return used
