"""Records of nfdump's blocks in one compiled pass: those of versions 1.6 and 1.7."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.exports.records import (
    BY_DST,
    BY_SRC,
    BY_UNKNOWN,
    DROPPED,
    NO_MAC,
    PASSED,
    UNKNOWN,
)
from netcordon.ingest.capture.layout import Octets, Record, Records
from netcordon.ingest.capture.octets import u8, u16, u32, u64, wide

OTHER = np.dtype([("kind", np.int32), ("offset", np.int64), ("size", np.int32)], align=True)
"""A record that is no flow: of the collector, of exporters and samplers."""

_COMMON_16, _COMMON, _FLOW_17 = 1, 10, 11
_GENERIC, _FOUR, _SIX, _MISC, _COUNTERS, _VLAN, _MAC = 1, 2, 3, 4, 5, 6, 15
_SAMPLER, _EVENT = 18, 19
_MAPPED = np.uint64(0xFFFF00000000)
_ICMP, _ICMP6 = 1, 58
_MOST_US = 7_258_118_400_000_000
_SIX_FLAG, _PACKETS_64, _OCTETS_64, _IS_EVENT = 1, 2, 4, 64


@kernel
def read_records(
    block: Octets,
    begin: int,
    left: int,
    is_big: bool,
    number: int,
    flows: Records,
    others: Records,
) -> tuple[int, int, int, int]:
    """Read records from ``begin`` on.

    Args:
        block: a block.
        begin: where the first stands.
        left: records of the block that were not read yet.
        is_big: byte order of the file.
        number: of flows read before, in the file.
        flows: filled with ``EXPORTED``; ``exporter`` is the file's own number.
        others: filled with ``OTHER``.

    Returns:
        Where the next record stands (-1 when the block is damaged), records left, flows and others
        filled.
    """
    count, kept = 0, 0
    at = begin
    while left > 0 and count < len(flows) and kept < len(others):
        if at + 4 > len(block):
            return -1, left, count, kept
        kind, size = u16(block, at, is_big), u16(block, at + 2, is_big)
        if size < 4 or at + size > len(block):
            return -1, left, count, kept
        if kind in (_FLOW_17, _COMMON, _COMMON_16):
            flow = flows[count]
            _begin(flow)
            is_read = (
                _read_17(block, at, at + size, is_big, flow)
                if kind == _FLOW_17
                else _read_16(block, at, at + size, kind, is_big, flow)
            )
            if is_read:
                flow.frame = number + count + 1
                count += 1
            else:
                others[kept].kind, others[kept].offset, others[kept].size = UNKNOWN, at, size
                kept += 1
        else:
            others[kept].kind, others[kept].offset, others[kept].size = kind, at, size
            kept += 1
        at += size
        left -= 1
    return at, left, count, kept


@subkernel
def _begin(flow: Record) -> None:
    flow.packets_in, flow.octets_in, flow.flags_in = UNKNOWN, UNKNOWN, UNKNOWN
    flow.src_mac, flow.dst_mac, flow.vlan = NO_MAC, NO_MAC, UNKNOWN
    flow.sampling, flow.sampler, flow.records = 0, UNKNOWN, 1
    flow.begun_by, flow.outcome, flow.meter = BY_UNKNOWN, 0, 0


@subkernel
def _counter(block: Octets, at: int, is_big: bool) -> int:
    """A 64-bit counter, unknown beyond 62 bits."""
    value = u64(block, at, is_big)
    return wide(value) if value < np.uint64(1 << 62) else UNKNOWN


@subkernel
def _settle(
    flow: Record, start_ms: int, end_ms: int, received_ms: int, tcp_flags: int, src: int, dst: int
) -> None:
    """Times, flags and ports of a record."""
    start, end = start_ms * 1000, end_ms * 1000
    # A clock that the exporter never told leaves one end at 1970 or in the far future.
    if not 0 < start < _MOST_US:
        start = end if 0 < end < _MOST_US else received_ms * 1000
    if not 0 < start < _MOST_US:
        start = 0
    if not start <= end < _MOST_US:
        end = start
    flow.start_us, flow.end_us = start, end
    flow.start_out_us = start if flow.packets_out != 0 else UNKNOWN
    flow.start_in_us = start if flow.packets_in > 0 else UNKNOWN
    flow.flags_out = tcp_flags if flow.protocol == 6 else UNKNOWN
    flow.src_port, flow.dst_port = src, dst
    if flow.protocol in (_ICMP, _ICMP6):
        flow.src_port, flow.dst_port = dst >> 8, dst & 255


@subkernel
def _read_17(block: Octets, at: int, end: int, is_big: bool, flow: Record) -> bool:
    """A record of version 1.7: elements, each with its type and length."""
    if at + 12 > end:
        return False
    flow.exporter = u16(block, at + 8, is_big)
    has_ends, has_flow = False, False
    start, stop, received_ms, flags, src, dst, event = 0, 0, 0, 0, 0, 0, 0
    sent, received, back_flags = UNKNOWN, UNKNOWN, 0
    place = at + 12
    while place + 4 <= end:
        kind, size = u16(block, place, is_big), u16(block, place + 2, is_big)
        if size < 4 or place + size > end:
            break
        value, room = place + 4, size - 4
        if kind == _GENERIC and room >= 48:
            has_flow = True
            start, stop = _counter(block, value, is_big), _counter(block, value + 8, is_big)
            received_ms = _counter(block, value + 16, is_big)
            flow.packets_out = _counter(block, value + 24, is_big)
            flow.octets_out = _counter(block, value + 32, is_big)
            src, dst = u16(block, value + 40, is_big), u16(block, value + 42, is_big)
            flow.protocol, flags = u8(block, value + 44), u8(block, value + 45)
            status = u8(block, value + 46) >> 6
            flow.outcome = DROPPED if status == 2 else PASSED if status else 0
        elif kind == _FOUR and room >= 8:
            has_ends = True
            flow.src_hi, flow.dst_hi = 0, 0
            flow.src_lo = _MAPPED | np.uint64(u32(block, value, is_big))
            flow.dst_lo = _MAPPED | np.uint64(u32(block, value + 4, is_big))
        elif kind == _SIX and room >= 32:
            has_ends = True
            _read_six(block, value, is_big, flow)
        elif kind == _MISC and room >= 12:
            flow.meter = u8(block, value + 10) == 1
            if room >= 15:
                began = u8(block, value + 12)
                flow.begun_by = BY_SRC if began == 1 else BY_DST if began == 2 else BY_UNKNOWN
                back_flags = u8(block, value + 14)
        elif kind == _COUNTERS and room >= 24:
            sent = _counter(block, value + 8, is_big)
            received = _counter(block, value + 16, is_big)
        elif kind == _VLAN and room >= 4:
            vlan = u32(block, value, is_big) & 0xFFF
            flow.vlan = vlan if vlan else UNKNOWN
        elif kind == _MAC and room >= 24:
            _read_macs(block, value, is_big, flow)
        elif kind == _SAMPLER and room >= 8:
            flow.sampler = wide(u64(block, value, is_big) & np.uint64(0x7FFFFFFF))
        elif kind == _EVENT and room >= 15:
            event = u8(block, value + 14)
            if start == 0 or stop == 0:
                stop = _counter(block, value, is_big)
        place += size
    if not (has_ends and has_flow):
        return False
    _take_other_counters(flow, sent, received)
    if event:
        flow.begun_by, flow.outcome = BY_SRC, DROPPED if event == 3 else PASSED
    _settle(flow, start, stop, received_ms, flags, src, dst)
    if flow.protocol == 6 and flow.packets_in > 0 and back_flags:
        flow.flags_in = back_flags
    return True


@subkernel
def _take_other_counters(flow: Record, packets: int, octets: int) -> None:
    """A second pair: the way back of a biflow, or the same packets as they left the device."""
    if packets <= 0 and octets <= 0:
        return
    if flow.packets_out <= 0 and flow.octets_out <= 0:
        flow.packets_out, flow.octets_out = packets, octets
    elif packets != flow.packets_out or octets != flow.octets_out:
        flow.packets_in, flow.octets_in = packets, octets


@subkernel
def _read_six(block: Octets, at: int, is_big: bool, flow: Record) -> None:
    flow.src_hi, flow.src_lo = u64(block, at, is_big), u64(block, at + 8, is_big)
    flow.dst_hi, flow.dst_lo = u64(block, at + 16, is_big), u64(block, at + 24, is_big)


@subkernel
def _read_macs(block: Octets, at: int, is_big: bool, flow: Record) -> None:
    mask = np.uint64(0xFFFFFFFFFFFF)
    src, dst = u64(block, at, is_big) & mask, u64(block, at + 16, is_big) & mask
    flow.src_mac = src if src != 0 else NO_MAC
    flow.dst_mac = dst if dst != 0 else NO_MAC


@subkernel
def _read_16(block: Octets, at: int, end: int, kind: int, is_big: bool, flow: Record) -> bool:
    """A record of version 1.6: a fixed part, then addresses and counters of either width."""
    place = at + (32 if kind == _COMMON else 28)
    flags = u16(block, at + 4, is_big) if kind == _COMMON else u8(block, at + 4)
    is_six = flags & _SIX_FLAG != 0
    size = (32 if is_six else 8) + (8 if flags & _PACKETS_64 else 4)
    size += 8 if flags & _OCTETS_64 else 4
    if place + size > end:
        return False
    flow.exporter = u16(block, at + 28, is_big) if kind == _COMMON else u8(block, at + 5)
    flow.protocol = u8(block, at + 22)
    if is_six:
        _read_six(block, place, is_big, flow)
        place += 32
    else:
        flow.src_hi, flow.dst_hi = 0, 0
        flow.src_lo = _MAPPED | np.uint64(u32(block, place, is_big))
        flow.dst_lo = _MAPPED | np.uint64(u32(block, place + 4, is_big))
        place += 8
    if flags & _PACKETS_64:
        flow.packets_out = _counter(block, place, is_big)
        place += 8
    else:
        flow.packets_out = u32(block, place, is_big)
        place += 4
    is_wide = flags & _OCTETS_64 != 0
    flow.octets_out = _counter(block, place, is_big) if is_wide else u32(block, place, is_big)
    status = u8(block, at + 20) >> 6
    flow.outcome = DROPPED if status == 2 else PASSED if status else 0
    if flags & _IS_EVENT:
        flow.begun_by = BY_SRC
    start = u32(block, at + 12, is_big) * 1000 + u16(block, at + 8, is_big)
    stop = u32(block, at + 16, is_big) * 1000 + u16(block, at + 10, is_big)
    src, dst = u16(block, at + 24, is_big), u16(block, at + 26, is_big)
    _settle(flow, start, stop, 0, u8(block, at + 21), src, dst)
    return True
