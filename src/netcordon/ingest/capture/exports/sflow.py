"""Datagrams of sFlow version 5: headers of sampled packets, and records without headers.

Source: sFlow.org, "sFlow Version 5" (2004). All numbers are of 32 bits; every part gives its own
length, so what is not known is passed over.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.layout import Octets, Record, Records
from netcordon.ingest.capture.octets import be32, be64

AGENT = np.dtype(
    [
        ("event", np.int32),
        ("is_sound", np.uint8),  # 2 for what is no datagram of sFlow
        ("hi", np.uint64),  # address of the agent
        ("lo", np.uint64),
        ("sub_agent", np.int64),
        ("sequence", np.int64),
        ("samples", np.int64),  # flow samples
        ("counters", np.int64),  # counter samples
    ],
    align=True,
)
"""The header of a datagram, and what it held."""

SAMPLE = np.dtype([("head", np.int32), ("rate", np.int64), ("length", np.int64)], align=True)
"""Beside a sampled packet: index of its datagram, one of how many it is, octets on the wire."""

MOST_SAMPLES = 1 << 13
"""Sampled packets that one datagram can hold: each takes 12 octets or more."""
_FLOW, _FLOW_EXPANDED, _COUNTERS, _COUNTERS_EXPANDED = 1, 3, 2, 4
_RAW = 1
_ETHERNET, _IPV4, _IPV6 = 1, 11, 12
_LINK_ETHERNET, _LINK_RAW = 1, 101
_MAPPED = np.uint64(0xFFFF00000000)


@kernel
def read_sflow(
    block: Octets,
    offsets: NDArray[np.int64],
    lengths: NDArray[np.int32],
    times_ns: NDArray[np.int64],
    begin: int,
    agents: Records,
    packets: Records,
    samples: Records,
) -> tuple[int, int, int]:
    """Read datagrams from ``begin`` on.

    Args:
        block: bytes that they stand in.
        offsets: of each in the block.
        lengths: octets of each that were captured.
        times_ns: when each was captured, for sFlow gives no time of its own.
        begin: first to read.
        agents: filled with ``AGENT``, one a datagram.
        packets: the container's fields of ``PACKET``, one a sampled header; ``MOST_SAMPLES`` of
            them or more.
        samples: as many ``SAMPLE``.

    Returns:
        Datagram to go on with, agents filled, samples filled.
    """
    count, used = 0, 0
    at = begin
    while at < len(offsets) and count < len(agents) and used + MOST_SAMPLES <= len(samples):
        agent = agents[count]
        agent.event, agent.is_sound = at, 2
        agent.samples, agent.counters = 0, 0
        start, size = offsets[at], np.int64(lengths[at])
        if start >= 0 and size >= 28 and start + size <= len(block) and be32(block, start) == 5:
            before = used
            used = _read_datagram(block, start, start + size, agent, count, packets, samples, used)
            for i in range(before, used):
                packets[i].time_ns = times_ns[at]
        count += 1
        at += 1
    return at, count, used


@subkernel
def _read_datagram(
    block: Octets,
    at: int,
    end: int,
    agent: Record,
    number: int,
    packets: Records,
    samples: Records,
    used: int,
) -> int:
    kind = be32(block, at + 4)
    if kind not in (1, 2) or (kind == 2 and at + 40 > end):
        return used
    if kind == 1:
        agent.hi, agent.lo = np.uint64(0), _MAPPED | np.uint64(be32(block, at + 8))
    else:
        agent.hi, agent.lo = be64(block, at + 8), be64(block, at + 16)
    place = at + (12 if kind == 1 else 24)
    agent.sub_agent, agent.sequence = be32(block, place), be32(block, place + 4)
    left = be32(block, place + 12)
    place += 16
    agent.is_sound = 1
    while left > 0 and place + 8 <= end:
        form, length = be32(block, place), be32(block, place + 4)
        stop = place + 8 + length
        if stop > end:
            agent.is_sound = 0
            stop = end
        if form in (_FLOW, _FLOW_EXPANDED):
            agent.samples += 1
            used = _read_sample(block, place + 8, stop, form, number, packets, samples, used)
        elif form in (_COUNTERS, _COUNTERS_EXPANDED):
            agent.counters += 1
        place = stop
        left -= 1
    if left > 0:
        agent.is_sound = 0
    return used


@subkernel
def _read_sample(
    block: Octets,
    at: int,
    end: int,
    form: int,
    number: int,
    packets: Records,
    samples: Records,
    used: int,
) -> int:
    """One flow sample; an expanded one gives types beside its indices."""
    head = 32 if form == _FLOW else 44
    if at + head > end:
        return used
    rate = be32(block, at + (8 if form == _FLOW else 12))
    left = be32(block, at + head - 4)
    place = at + head
    while left > 0 and place + 8 <= end and used < len(samples):
        kind, length = be32(block, place), be32(block, place + 4)
        stop = min(place + 8 + length, end)
        if kind == _RAW and place + 24 <= stop:
            protocol, wire = be32(block, place + 8), be32(block, place + 12)
            captured = min(be32(block, place + 20), stop - place - 24)
            if protocol in (_ETHERNET, _IPV4, _IPV6):
                packet, sample = packets[used], samples[used]
                packet.offset, packet.end = place + 24, place + 24 + captured
                packet.wire_length = max(wire, captured)
                packet.link_type = _LINK_ETHERNET if protocol == _ETHERNET else _LINK_RAW
                packet.record, packet.interface = place, 0
                sample.head, sample.rate, sample.length = number, rate, wire
                used += 1
        place = stop
        left -= 1
    return used
