"""Fragments of IP datagrams, kept until they are a whole (RFC 791, 3.2; RFC 8200, 4.5).

A table of fixed size: a datagram waits 30 seconds at most, and when all places are taken the oldest
one gives way. What came first stays where fragments overlap. Nothing is guessed: fragments that the
capture cut are not kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import WHOLE, Octets, Record, Records
from netcordon.ingest.capture.octets import be16, be32, wide

PLACES = 256
"""Datagrams that wait at once; each may take 64 KiB."""
LARGEST = 65535
_UNIT = 8
_PATIENCE_NS = 30_000_000_000
_SMALL = 64
_IPV4, _IPV6 = 0x0800, 0x86DD

PLACE = np.dtype(
    [
        ("hash", np.uint64),  # of the key, 0 when free
        ("src_hi", np.uint64),
        ("src_lo", np.uint64),
        ("dst_hi", np.uint64),
        ("dst_lo", np.uint64),
        ("tunnel", np.uint64),
        ("number", np.int64),  # identification
        ("kind", np.int64),  # protocol of IPv4; IPv6 has none in its key
        ("since_ns", np.int64),
        ("total", np.int32),  # octets of the datagram, -1 not known yet
        ("units", np.int32),  # pieces of 8 octets that are there
        ("first_length", np.int32),  # octets of the first fragment, 0 not there yet
        ("head", np.uint8, 40),  # IP header of the first fragment
    ],
    align=True,
)
"""A datagram that waits for the rest of its fragments."""
WHOLES = np.dtype([("record", np.int64), ("ether_type", np.int64), ("first_length", np.int64)])
"""A datagram that became whole: its packet record, its family, octets of its first fragment."""
FRAGMENT_FACTS = np.dtype(
    [
        ("fragments", np.int64),
        ("fragments_small", np.int64),  # not the last and shorter than 64 octets
        ("fragments_cut", np.int64),  # not captured whole
        ("fragments_malformed", np.int64),  # of a length that no fragment has, or beyond 65535
        ("fragments_overlapping", np.int64),  # repeat octets that were there
        ("fragments_conflicting", np.int64),  # of these, with other content
        ("datagrams_whole", np.int64),
        ("datagrams_timed_out", np.int64),
        ("datagrams_evicted", np.int64),
        ("datagrams_lost", np.int64),  # whole, but without a place among the chunk's packets
    ]
)
"""What happened to fragments: one record."""


class FragmentTable(NamedTuple):
    """All that waits.

    Attributes:
        places: PLACE, ``PLACES`` of them.
        octets: uint8, (places, 65536).
        there: uint64, (places, 128): a bit for each 8 octets.
        wholes: WHOLES, of the chunk.
        annex: uint8, datagrams of the chunk that became whole, one behind the other.
        facts: FRAGMENT_FACTS.
    """

    places: Records
    octets: NDArray[np.uint8]
    there: NDArray[np.uint64]
    wholes: Records
    annex: NDArray[np.uint8]
    facts: Records


@kernel
def collect(
    data: Octets, packets: Records, count: int, used: int, table: FragmentTable
) -> tuple[int, int, int]:
    """Take the fragments of a chunk.

    Args:
        data: the block.
        packets: parsed packets; those from ``used`` on are free.
        count: frames of the chunk.
        used: records in use.
        table: takes them; ``wholes`` and ``annex`` are filled from their beginning.

    Returns:
        Records in use now, datagrams that became whole, octets of the annex.
    """
    wholes, filled = 0, 0
    for i in range(count):
        if packets[i].verdict != 0:
            continue
        number = i
        while number >= 0:
            packet = packets[number]
            if packet.fragment_at >= 0 and packet.relation != WHOLE:
                place = _keep(data, packet, table)
                if place >= 0:
                    has_room = (
                        used < len(packets)
                        and wholes < len(table.wholes)
                        and filled + 40 + LARGEST <= len(table.annex)
                    )
                    if has_room:
                        size = _assemble(packet, packets[used], table, place, filled, len(data))
                        packets[used].next = packet.next
                        packet.next = np.int32(used)
                        entry = table.wholes[wholes]
                        entry.record = used
                        entry.ether_type = _IPV4 if packet.ip_version == 4 else _IPV6
                        entry.first_length = table.places[place].first_length
                        filled += size
                        wholes += 1
                        used += 1
                    else:
                        table.facts[0].datagrams_lost += 1
                    table.places[place].hash = 0
            number = packet.next
    return used, wholes, filled


@subkernel
def _keep(data: Octets, packet: Record, table: FragmentTable) -> int:
    """Keep a fragment; the place of its datagram when that is whole now, else -1."""
    facts = table.facts[0]
    facts.fragments += 1
    at = packet.fragment_at
    is_v4 = packet.ip_version == 4
    begin = packet.transport if is_v4 else at + 8
    length = packet.network + packet.ip_length - begin
    field = be16(data, at + 6) if is_v4 else be16(data, at + 2)
    start = (field & 0x1FFF) * _UNIT if is_v4 else field & 0xFFF8
    is_last = (field & 0x2000) == 0 if is_v4 else (field & 1) == 0
    if begin + length > packet.end:
        facts.fragments_cut += 1
        return -1
    if length <= 0 or start + length > LARGEST or (not is_last and length % _UNIT != 0):
        facts.fragments_malformed += 1
        return -1
    if not is_last and length < _SMALL:
        facts.fragments_small += 1
    number = wide(packet.ip_id) if is_v4 else be32(data, at + 4)
    which = _find(packet, number, table)
    place = table.places[which]
    if start == 0 and place.first_length == 0:
        place.first_length = length
        for k in range(20 if is_v4 else 40):
            place.head[k] = data[packet.network + k]
        if not is_v4:
            place.head[6] = data[at]
    if is_last and place.total < 0:
        place.total = start + length
    _copy(data, begin, start, length, which, table)
    return which if _is_whole(place, table.there[which]) else -1


@subkernel
def _find(packet: Record, number: int, table: FragmentTable) -> int:
    """The place of a fragment's datagram: one that it has, a free one, or that of the oldest."""
    is_v4 = packet.ip_version == 4
    kind = wide(packet.protocol) if is_v4 else -1
    # The ends of an ICMP reply are those of the request; later fragments do not know that.
    is_turned = packet.is_reply != 0
    src_hi = packet.dst_hi if is_turned else packet.src_hi
    src_lo = packet.dst_lo if is_turned else packet.src_lo
    dst_hi = packet.src_hi if is_turned else packet.dst_hi
    dst_lo = packet.src_lo if is_turned else packet.dst_lo
    hashed = mix(mix(src_hi ^ mix(src_lo)) + (dst_hi ^ mix(dst_lo + packet.tunnel)))
    hashed = mix(hashed ^ (np.uint64(number) << np.uint64(9)) ^ np.uint64(kind + 1)) | np.uint64(1)
    free, oldest = -1, 0
    for i in range(len(table.places)):
        place = table.places[i]
        if (
            place.hash == hashed
            and place.number == number
            and place.kind == kind
            and place.src_lo == src_lo
            and place.dst_lo == dst_lo
            and place.src_hi == src_hi
            and place.dst_hi == dst_hi
            and place.tunnel == packet.tunnel
        ):
            if packet.time_ns - place.since_ns <= _PATIENCE_NS:
                return i
            table.facts[0].datagrams_timed_out += 1
            place.hash = 0
        if place.hash == 0:
            free = i if free < 0 else free
        elif place.since_ns < table.places[oldest].since_ns:
            oldest = i
    if free < 0:
        free = oldest
        is_late = packet.time_ns - table.places[oldest].since_ns > _PATIENCE_NS
        table.facts[0].datagrams_timed_out += wide(is_late)
        table.facts[0].datagrams_evicted += wide(not is_late)
    place = table.places[free]
    place.hash = hashed
    place.src_hi, place.src_lo, place.dst_hi, place.dst_lo = src_hi, src_lo, dst_hi, dst_lo
    place.tunnel = packet.tunnel
    place.number = number
    place.kind = kind
    place.since_ns = packet.time_ns
    place.total = -1
    place.units = 0
    place.first_length = 0
    for i in range(table.there.shape[1]):
        table.there[free, i] = 0
    return free


@subkernel
def _copy(
    data: Octets, begin: int, start: int, length: int, which: int, table: FragmentTable
) -> None:
    """Copy what is not there yet, in pieces of eight octets; what came first stays."""
    there = table.there[which]
    octets = table.octets[which]
    is_overlapping, is_other = False, False
    for done in range(0, length, _UNIT):
        unit = (start + done) // _UNIT
        bit = np.uint64(1) << np.uint64(unit & 63)
        size = min(_UNIT, length - done)
        if there[unit >> 6] & bit:
            is_overlapping = True
            for k in range(size):
                is_other |= octets[start + done + k] != data[begin + done + k]
        else:
            there[unit >> 6] |= bit
            table.places[which].units += 1
            for k in range(size):
                octets[start + done + k] = data[begin + done + k]
    table.facts[0].fragments_overlapping += wide(is_overlapping)
    table.facts[0].fragments_conflicting += wide(is_other)


@subkernel
def _is_whole(place: Record, there: NDArray[np.uint64]) -> bool:
    if place.total < 0 or place.first_length == 0:
        return False
    needed = (wide(place.total) + _UNIT - 1) // _UNIT
    if place.units < needed:
        return False
    present = wide(0)
    for unit in range(needed):
        present += wide((there[unit >> 6] >> np.uint64(unit & 63)) & np.uint64(1))
    return present == needed


@subkernel
def _assemble(
    packet: Record, whole: Record, table: FragmentTable, which: int, filled: int, base: int
) -> int:
    """Write a datagram into the annex under the header of its first fragment; its octets."""
    place = table.places[which]
    annex = table.annex
    size = 20 if packet.ip_version == 4 else 40
    total = wide(place.total)
    for k in range(size):
        annex[filled + k] = place.head[k]
    # An empty length says "as long as the capture", which is what a datagram near 64 KiB needs.
    length = size + total if size == 20 else total
    length = length if length <= LARGEST else 0
    if size == 20:
        annex[filled] = 0x45
        annex[filled + 6], annex[filled + 7] = 0, 0
        annex[filled + 10], annex[filled + 11] = 0, 0
    at = filled + (2 if size == 20 else 4)
    annex[at], annex[at + 1] = length >> 8, length & 255
    for k in range(total):
        annex[filled + size + k] = table.octets[which, k]
    whole.offset = base + filled
    whole.network = base + filled
    whole.end = base + filled + size + total
    whole.wire_length = size + total
    whole.time_ns = packet.time_ns
    whole.link_type = -1
    whole.src_mac = packet.src_mac
    whole.dst_mac = packet.dst_mac
    whole.vlan = packet.vlan
    whole.relation = WHOLE
    whole.via = packet.via
    whole.tunnel = packet.tunnel
    table.facts[0].datagrams_whole += 1
    return size + total
