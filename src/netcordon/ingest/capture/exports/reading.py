"""Data records by the plan of their template, in one compiled pass (RFC 3954, 7011, 5103)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.exports import elements as e
from netcordon.ingest.capture.exports.records import (
    BY_DST,
    BY_SRC,
    BY_UNKNOWN,
    DROPPED,
    NO_MAC,
    PASSED,
    UNKNOWN,
    VARIABLE,
)
from netcordon.ingest.capture.layout import Octets, Record, Records
from netcordon.ingest.capture.octets import be64, u8, wide

MOST_RECORDS = 1 << 13
"""Records of a set: a datagram has 64 KiB, and a record of a flow eight octets or more."""
_MAPPED = np.uint64(0xFFFF00000000)
_NTP_EPOCH_S = 2_208_988_800
_WRAP = 1 << 32
_ICMP, _ICMP6 = 1, 58
_WITH_PORTS = (6, 17, 33, 132, 136)
_FAR_FUTURE_US = 7_258_118_400_000_000


@kernel
def read_flows(
    block: Octets,
    heads: Records,
    sets: Records,
    begin: int,
    plans: Records,
    fields: Records,
    values: NDArray[np.int64],
    counts: NDArray[np.int64],
    flows: Records,
) -> tuple[int, int]:
    """Read the records of data sets from ``begin`` on.

    Args:
        block: bytes that the sets stand in.
        heads: headers of their datagrams.
        sets: those to read; each has a plan.
        begin: first set to read.
        plans: by number.
        fields: of all plans.
        values: room for one record, as many as there are meanings.
        counts: by head, grows by the records read, also those that are no flows.
        flows: filled with ``EXPORTED`` whose ``frame`` is the index of the head.

    Returns:
        Set to go on with, and how many flows were filled.
    """
    count = 0
    at = begin
    while at < len(sets) and count + MOST_RECORDS <= len(flows):
        one = sets[at]
        plan = plans[one.plan]
        head = heads[one.head]
        place, end = wide(one.offset), wide(one.offset) + one.length
        if not plan.is_flow and not plan.is_variable:
            counts[one.head] += one.length // plan.size
            place = end
        while place + plan.size <= end:
            place = _read_record(block, place, end, plan, fields, values, flows[count])
            if place < 0:
                break
            counts[one.head] += 1
            if plan.is_flow:
                flow = flows[count]
                _settle(values, head, flow)
                flow.frame = one.head
                count += 1
        at += 1
    return at, count


@subkernel
def _number(block: Octets, at: int, length: int) -> int:
    """An unsigned number in network order; of more than eight octets, the last."""
    value = np.uint64(0)
    for i in range(max(at, at + length - 8), at + length):
        value = value << np.uint64(8) | np.uint64(u8(block, i))
    return wide(value)


@subkernel
def _read_record(
    block: Octets,
    at: int,
    end: int,
    plan: Record,
    fields: Records,
    values: NDArray[np.int64],
    flow: Record,
) -> int:
    """Read one record; returns where it ends, -1 when it is cut off."""
    for i in range(len(values)):
        values[i] = UNKNOWN
    flow.src_hi, flow.src_lo, flow.dst_hi, flow.dst_lo = 0, 0, 0, 0
    for i in range(plan.first, plan.stop):
        field = fields[i]
        length = wide(field.length)
        if length == VARIABLE:
            if at >= end:
                return -1
            length = u8(block, at)
            at += 1
            if length == 255:
                if at + 2 > end:
                    return -1
                length = u8(block, at) << 8 | u8(block, at + 1)
                at += 2
        if at + length > end:
            return -1
        if field.meaning in (e.SRC4, e.DST4, e.SRC6, e.DST6):
            _read_address(block, at, length, field.meaning, flow)
        elif field.meaning != e.SKIP:
            values[field.meaning] = _number(block, at, length)
        at += length
    return at


@subkernel
def _read_address(block: Octets, at: int, length: int, meaning: int, flow: Record) -> None:
    """An address; of a template with both families, the one that is not empty counts."""
    hi, lo = np.uint64(0), np.uint64(0)
    if length == 4 and meaning in (e.SRC4, e.DST4):
        four = np.uint64(_number(block, at, 4))
        is_other_set = flow.src_lo != 0 if meaning == e.SRC4 else flow.dst_lo != 0
        if four == 0 and is_other_set:
            return
        lo = _MAPPED | four
    elif length == 16:
        hi, lo = be64(block, at), be64(block, at + 8)
        if hi == 0 and lo == 0:
            return
    else:
        return
    if meaning in (e.SRC4, e.SRC6):
        flow.src_hi, flow.src_lo = hi, lo
    else:
        flow.dst_hi, flow.dst_lo = hi, lo


@subkernel
def _counted(value: int, instead: int) -> int:
    """A counter, or the one that stands for it; beyond 62 bits it is none."""
    found = value if value > 0 or instead == UNKNOWN else instead
    return found if 0 <= found < 1 << 62 else UNKNOWN


@subkernel
def _settle(values: NDArray[np.int64], head: Record, flow: Record) -> None:
    """Values of a record as those of a flow."""
    flow.protocol = max(values[e.PROTOCOL], 0) & 255
    flow.packets_out = _counted(values[e.PACKETS_OUT], values[e.POST_PACKETS])
    flow.octets_out = _counted(values[e.OCTETS_OUT], values[e.POST_OCTETS])
    flow.packets_in = _counted(values[e.PACKETS_IN], UNKNOWN)
    flow.octets_in = _counted(values[e.OCTETS_IN], UNKNOWN)
    _settle_ports(values, flow)
    is_tcp = flow.protocol == 6
    flow.flags_out = values[e.FLAGS_OUT] & 255 if is_tcp and values[e.FLAGS_OUT] >= 0 else UNKNOWN
    flow.flags_in = values[e.FLAGS_IN] & 255 if is_tcp and values[e.FLAGS_IN] >= 0 else UNKNOWN
    vlan = values[e.VLAN]
    flow.vlan = vlan & 0xFFF if vlan > 0 else UNKNOWN
    flow.src_mac = np.uint64(values[e.SRC_MAC]) if values[e.SRC_MAC] > 0 else NO_MAC
    flow.dst_mac = np.uint64(values[e.DST_MAC]) if values[e.DST_MAC] > 0 else NO_MAC
    flow.meter = values[e.METER] == 1
    flow.sampler = values[e.SAMPLER] & 0x7FFFFFFF if values[e.SAMPLER] >= 0 else UNKNOWN
    flow.sampling = head.sampling
    if 0 < values[e.SAMPLING] < 1 << 31:
        flow.sampling = values[e.SAMPLING]
    flow.records = 1
    flow.begun_by, flow.outcome = BY_UNKNOWN, 0
    if values[e.BEGUN_BY] in (1, 2):
        flow.begun_by = BY_SRC if values[e.BEGUN_BY] == 1 else BY_DST
    event, status = values[e.EVENT], values[e.STATUS]
    if event > 0:
        # A firewall that counts both ways follows connections; others report each direction.
        if flow.packets_out == UNKNOWN or flow.octets_in != UNKNOWN:
            flow.begun_by = BY_SRC
        flow.outcome = DROPPED if event == 3 else PASSED
        if event == 1:
            flow.packets_out = flow.octets_out = flow.packets_in = flow.octets_in = UNKNOWN
    elif status > 0 and status >> 6 & 3 != 0:
        flow.outcome = DROPPED if status >> 6 & 3 == 2 else PASSED
    _settle_times(values, head, flow)


@subkernel
def _settle_ports(values: NDArray[np.int64], flow: Record) -> None:
    src, dst = values[e.SRC_PORT], values[e.DST_PORT]
    if flow.protocol in (_ICMP, _ICMP6):
        both = values[e.ICMP] if values[e.ICMP] > 0 else dst
        src, dst = both >> 8 & 255 if both >= 0 else UNKNOWN, both & 255 if both >= 0 else UNKNOWN
        if values[e.ICMP_TYPE] >= 0:
            src, dst = values[e.ICMP_TYPE] & 255, max(values[e.ICMP_CODE], 0) & 255
    elif flow.protocol not in _WITH_PORTS:
        src, dst = max(src, 0), max(dst, 0)
    flow.src_port = src & 0xFFFF if src >= 0 else UNKNOWN
    flow.dst_port = dst & 0xFFFF if dst >= 0 else UNKNOWN


@subkernel
def _ntp_us(stamp: int) -> int:
    """Microseconds since 1970 of 32 bits of seconds since 1900 and 32 bits of their fraction."""
    seconds = stamp >> 32 & 0xFFFFFFFF
    return (seconds - _NTP_EPOCH_S) * 1_000_000 + ((stamp & 0xFFFFFFFF) * 1_000_000 >> 32)


@subkernel
def _since_boot_us(uptime_ms: int, head: Record) -> int:
    """Time of a moment in milliseconds since the device started; the counter wraps in 50 days."""
    ago = wide((head.uptime_ms - uptime_ms) % _WRAP)
    if ago >= _WRAP // 2:
        ago -= _WRAP
    return wide(head.export_us) - ago * 1000


@subkernel
def _moment(values: NDArray[np.int64], seconds: int, uptime: int, ago: int, head: Record) -> int:
    """A time in whichever way it is written; the finest that is there.

    ``seconds`` is the meaning of whole seconds; milli-, micro- and nanoseconds follow two by two.
    """
    if values[seconds + 6] not in (UNKNOWN, 0):
        return _ntp_us(values[seconds + 6])
    if values[seconds + 4] not in (UNKNOWN, 0):
        return _ntp_us(values[seconds + 4])
    if 0 < values[seconds + 2] < _FAR_FUTURE_US // 1000:
        return wide(values[seconds + 2] * 1000)
    if 0 < values[seconds] < _FAR_FUTURE_US // 1_000_000:
        return wide(values[seconds] * 1_000_000)
    if values[uptime] >= 0 and head.uptime_ms >= 0:
        return _since_boot_us(values[uptime], head)
    if 0 <= values[ago] < wide(head.export_us):
        return wide(wide(head.export_us) - values[ago])
    return UNKNOWN


@subkernel
def _duration_us(values: NDArray[np.int64]) -> int:
    if 0 <= values[e.DURATION_US] < _WRAP * 1000:
        return wide(values[e.DURATION_US])
    if 0 <= values[e.DURATION_MS] < _WRAP:
        return wide(values[e.DURATION_MS] * 1000)
    if values[e.FIRST_UPTIME] >= 0 and values[e.LAST_UPTIME] >= 0:
        return wide((values[e.LAST_UPTIME] - values[e.FIRST_UPTIME]) % _WRAP * 1000)
    return 0


@subkernel
def _seen_us(values: NDArray[np.int64], head: Record) -> int:
    """When the record says that it was made, else when it was sent."""
    if values[e.SEEN_NS] not in (UNKNOWN, 0):
        return _ntp_us(values[e.SEEN_NS])
    if values[e.SEEN_US] not in (UNKNOWN, 0):
        return _ntp_us(values[e.SEEN_US])
    if 0 < values[e.SEEN_MS] < _FAR_FUTURE_US // 1000:
        return wide(values[e.SEEN_MS] * 1000)
    if 0 < values[e.SEEN_S] < _FAR_FUTURE_US // 1_000_000:
        return wide(values[e.SEEN_S] * 1_000_000)
    return wide(head.export_us)


@subkernel
def _settle_times(values: NDArray[np.int64], head: Record, flow: Record) -> None:
    start = _moment(values, e.FIRST_S, e.FIRST_UPTIME, e.FIRST_AGO_US, head)
    end = _moment(values, e.LAST_S, e.LAST_UPTIME, e.LAST_AGO_US, head)
    duration = _duration_us(values)
    if start == UNKNOWN:
        end = end if end != UNKNOWN else _seen_us(values, head)
        start = max(end - duration, 0)
    elif end == UNKNOWN:
        end = start + duration if duration else max(start, _seen_us(values, head))
    if not 0 <= start < _FAR_FUTURE_US:
        start = wide(head.export_us)
    if not start <= end < _FAR_FUTURE_US:
        end = start
    flow.start_us, flow.end_us = start, end
    flow.start_out_us = start if flow.packets_out != 0 else UNKNOWN
    flow.start_in_us = UNKNOWN
    if flow.packets_in > 0 or flow.octets_in > 0:
        back = UNKNOWN
        if values[e.REVERSE_FIRST_NS] not in (UNKNOWN, 0):
            back = _ntp_us(values[e.REVERSE_FIRST_NS])
        elif values[e.REVERSE_FIRST_US] not in (UNKNOWN, 0):
            back = _ntp_us(values[e.REVERSE_FIRST_US])
        elif 0 < values[e.REVERSE_FIRST_MS] < _FAR_FUTURE_US // 1000:
            back = values[e.REVERSE_FIRST_MS] * 1000
        flow.start_in_us = back if start <= back <= end else start
