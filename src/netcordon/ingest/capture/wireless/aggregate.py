"""A-MSDU: the parts of an aggregate behind the first become packets beside it."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.addresses import NO_MAC
from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.layout import BESIDE, Octets, Record, Records
from netcordon.ingest.capture.octets import be16, u16, wide
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.ethernet import ANY_IP, IPV4, IPV6
from netcordon.ingest.capture.packet.nesting import read_packets
from netcordon.ingest.capture.wireless.frame import (
    DATA,
    PROTECTED,
    body_of,
    end_of,
    is_aggregate,
    read_part,
)
from netcordon.ingest.capture.wireless.radio import is_wireless, read_radio

_MOST_PARTS = 4
"""Parts read per frame, the first included."""


@kernel
def read_aggregates(data: Octets, packets: Records, count: int, used: int, tallies: Records) -> int:
    """Read the further parts of the aggregates among the frames of a chunk.

    Args:
        data: the block.
        packets: parsed packets; those from ``used`` on are free.
        count: frames of the chunk.
        used: records in use.
        tallies: one TALLY.

    Returns:
        Records in use now.
    """
    for i in range(count):
        packet = packets[i]
        if packet.verdict == verdicts.IP and is_wireless(packet.link_type):
            used = _read_parts(data, packets, i, used, tallies[0])
    return used


@subkernel
def _read_parts(data: Octets, packets: Records, first: int, used: int, tally: Record) -> int:
    packet = packets[first]
    at, flags, _, _ = read_radio(data, packet)
    control = u16(data, at, False)
    if (control >> 2) & 3 != DATA or control & PROTECTED or not is_aggregate(data, at, control):
        return used
    part = wide(body_of(at, control, flags))
    stop = wide(end_of(packet, flags))
    last = wide(first)
    while packets[last].next >= 0:
        last = wide(packets[last].next)
    for _ in range(_MOST_PARTS - 1):
        if part + 14 > stop or used >= len(packets):
            return used
        length = be16(data, part + 12)
        part += (14 + length + 3) & ~3
        if length == 0 or part + 14 > stop:
            return used
        beside = packets[used]
        beside.offset = np.int32(part)
        beside.end = np.int32(stop)
        beside.wire_length = 14 + be16(data, part + 12)
        beside.time_ns = packet.time_ns
        beside.link_type = -1
        beside.vlan = -1
        beside.src_mac = NO_MAC
        beside.dst_mac = NO_MAC
        beside.relation = BESIDE
        beside.via = 0
        beside.tunnel = 0
        beside.next = -1
        ether_type = read_part(data, beside, part)
        if ether_type != IPV4 and ether_type != IPV6 and ether_type != ANY_IP:
            tally.beside_other += 1
            continue
        number = used
        used = read_packets(data, packets, number, ether_type, used + 1, tally)
        if beside.verdict != verdicts.IP:
            tally.beside_other += 1
            used = number
            continue
        tally.beside += 1
        packets[last].next = np.int32(number)
        last = used - 1
    return used
