"""The flow table: fixed records in a pool, found through an open-addressing index.

The index holds ``tag << 32 | slot + 1`` (0 is empty) with linear probing, and is at most half full;
removal shifts entries back, so there are no tombstones. The pool is reserved at its cap and touched
only as far as it is used. Flows that are over are moved to the closed rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.events import EVENT, FLOW_END
from netcordon.ingest.capture.flow.bursts import BURSTS
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import (
    COUNTERS,
    FIN,
    FLOW,
    HOLE,
    HOLES,
    MOST_INNER,
    OPTION_BYTES,
    SIDE,
    Record,
    Records,
)
from netcordon.ingest.capture.octets import wide

_SLOT_MASK = np.uint64(0xFFFFFFFF)
_LAYOUTS = 1 << 14
NEVER = (1 << 63) - 1
"""Expiry of a slot that holds no flow."""
_CLOSED_PER_FRAME = 2 + 2 * (1 + MOST_INNER)
"""Most flows that one frame can end: two swept, and for each of its packets one evicted and one
replaced."""
_EVICTION_SAMPLE = 16


class FlowTable(NamedTuple):
    """All state of the flow kernel; each array is reused from chunk to chunk.

    Attributes:
        lookup: uint64, power of two of entries.
        flows: FLOW, one a slot.
        sides: SIDE, (slots, 2).
        holes: HOLE, (slots, 2, HOLES).
        bursts: BURSTS, one a slot.
        expiry: int64, time from which a slot's flow is over; kept apart from the flows because the
            sweep reads it slot after slot.
        free: int64, stack of slots given back.
        closed_flows: FLOW, rows of flows that are over.
        closed_sides: SIDE, (rows, 2).
        closed_bursts: BURSTS, one a row; only those of flows with several bursts mean something.
        events: EVENT, filled per chunk.
        layouts: uint8, (distinct option layouts, OPTION_BYTES + 1), length first.
        layout_index: int32, open addressing over ``layouts``, 0 is empty.
        counters: COUNTERS, one record.
    """

    lookup: NDArray[np.uint64]
    flows: Records
    sides: Records
    holes: Records
    bursts: Records
    expiry: NDArray[np.int64]
    free: NDArray[np.int64]
    closed_flows: Records
    closed_sides: Records
    closed_bursts: Records
    events: Records
    layouts: NDArray[np.uint8]
    layout_index: NDArray[np.int32]
    counters: Records


def new_table(max_flows: int, batch_rows: int, chunk_packets: int) -> FlowTable:
    """An empty table for ``max_flows`` open flows; memory is taken as it is used."""
    spare = _CLOSED_PER_FRAME * chunk_packets
    return FlowTable(
        lookup=np.zeros(1 << 12, dtype=np.uint64),
        flows=np.zeros(max_flows, dtype=FLOW),
        sides=np.zeros((max_flows, 2), dtype=SIDE),
        holes=np.zeros((max_flows, 2, HOLES), dtype=HOLE),
        bursts=np.zeros(max_flows, dtype=BURSTS),
        expiry=np.zeros(max_flows, dtype=np.int64),
        free=np.zeros(max_flows, dtype=np.int64),
        closed_flows=np.zeros(batch_rows + spare, dtype=FLOW),
        closed_sides=np.zeros((batch_rows + spare, 2), dtype=SIDE),
        closed_bursts=np.zeros(batch_rows + spare, dtype=BURSTS),
        events=np.zeros(spare + (1 + MOST_INNER) * chunk_packets, dtype=EVENT),
        layouts=np.zeros((_LAYOUTS, OPTION_BYTES + 1), dtype=np.uint8),
        layout_index=np.zeros(2 * _LAYOUTS, dtype=np.int32),
        counters=np.zeros(1, dtype=COUNTERS),
    )


def with_larger_index(table: FlowTable) -> FlowTable:
    """The same table with twice the index."""
    lookup = np.zeros(2 * len(table.lookup), dtype=np.uint64)
    _reinsert(table.lookup, lookup)
    return table._replace(lookup=lookup)


@subkernel
def key_hash(packet: Record) -> np.uint64:
    """Hash of a packet's ends, ports, protocol and tunnel; the same in both directions."""
    salt = np.uint64(0x9E3779B97F4A7C15)
    src = mix(mix(packet.src_hi + salt) ^ packet.src_lo) + np.uint64(packet.src_port)
    dst = mix(mix(packet.dst_hi + salt) ^ packet.dst_lo) + np.uint64(packet.dst_port)
    kind = np.uint64(packet.protocol) | (np.uint64(packet.is_later_fragment) << np.uint64(8))
    return mix(mix(src) + mix(dst) + kind * salt + packet.tunnel)


@subkernel
def find(table: FlowTable, tag: np.uint32, packet: Record) -> int:
    """Slot times two plus direction of the packet's flow, or -1."""
    index = table.lookup
    mask = len(index) - 1
    at = wide(tag) & mask
    for _ in range(len(index)):
        entry = index[at]
        if entry == 0:
            return -1
        if np.uint32(entry >> np.uint64(32)) == tag:
            slot = wide(entry & _SLOT_MASK) - 1
            direction = _match(table.flows[slot], packet)
            if direction >= 0:
                return 2 * slot + direction
        at = (at + 1) & mask
    return -1


@subkernel
def _match(flow: Record, packet: Record) -> int:
    if (
        flow.protocol != packet.protocol
        or flow.is_fragment != packet.is_later_fragment
        or flow.tunnel != packet.tunnel
    ):
        return -1
    if (
        flow.src_lo == packet.src_lo
        and flow.dst_lo == packet.dst_lo
        and flow.src_port == packet.src_port
        and flow.dst_port == packet.dst_port
        and flow.src_hi == packet.src_hi
        and flow.dst_hi == packet.dst_hi
    ):
        return wide(packet.is_reply)
    if (
        flow.src_lo == packet.dst_lo
        and flow.dst_lo == packet.src_lo
        and flow.src_port == packet.dst_port
        and flow.dst_port == packet.src_port
        and flow.src_hi == packet.dst_hi
        and flow.dst_hi == packet.src_hi
    ):
        return 1 - wide(packet.is_reply)
    return -1


@subkernel
def _put(index: NDArray[np.uint64], entry: np.uint64) -> None:
    mask = len(index) - 1
    at = wide(entry >> np.uint64(32)) & mask
    while index[at] != 0:
        at = (at + 1) & mask
    index[at] = entry


@kernel
def _reinsert(old: NDArray[np.uint64], new: NDArray[np.uint64]) -> None:
    for entry in old:
        if entry != 0:
            _put(new, entry)


@subkernel
def _remove(index: NDArray[np.uint64], tag: np.uint32, slot: int) -> None:
    mask = len(index) - 1
    wanted = (np.uint64(tag) << np.uint64(32)) | np.uint64(slot + 1)
    at = wide(tag) & mask
    while index[at] != wanted:
        if index[at] == 0:
            return
        at = (at + 1) & mask
    hole = at
    while True:
        at = (at + 1) & mask
        entry = index[at]
        if entry == 0:
            break
        home = wide(entry >> np.uint64(32)) & mask
        # An entry may move into the hole unless its home lies behind the hole, seen cyclically.
        if ((at - home) & mask) >= ((at - hole) & mask):
            index[hole] = entry
            hole = at
    index[hole] = 0


@subkernel
def take_slot(table: FlowTable, tag: np.uint32) -> int:
    """A cleared slot, entered in the index; evicts an idle flow when the table is full."""
    counters = table.counters[0]
    if counters.free > 0:
        counters.free -= 1
        slot = table.free[counters.free]
    elif counters.high_water < len(table.flows):
        slot = counters.high_water
        counters.high_water += 1
    else:
        slot = _most_idle(table)
        counters.evicted += 1
        close_flow(table, slot)
        counters.free -= 1
    _put(table.lookup, (np.uint64(tag) << np.uint64(32)) | np.uint64(slot + 1))
    counters.in_use += 1
    return wide(slot)


@subkernel
def _most_idle(table: FlowTable) -> int:
    """The most idle of a few flows from the sweeping hand on: near to the oldest, at fixed cost."""
    counters = table.counters[0]
    best = counters.hand % len(table.flows)
    for i in range(_EVICTION_SAMPLE):
        slot = (counters.hand + i) % len(table.flows)
        if table.flows[slot].latest_ns < table.flows[best].latest_ns:
            best = slot
    counters.hand = (counters.hand + _EVICTION_SAMPLE) % len(table.flows)
    return wide(best)


@subkernel
def close_flow(table: FlowTable, slot: int) -> None:
    """Move a flow to the closed rows, tell the application layer, give the slot back."""
    counters = table.counters[0]
    flow = table.flows[slot]
    row = counters.closed
    table.closed_flows[row] = flow
    table.closed_sides[row, 0] = table.sides[slot, 0]
    table.closed_sides[row, 1] = table.sides[slot, 1]
    if flow.bursts > 1:
        table.closed_bursts[row] = table.bursts[slot]
    counters.closed = row + 1
    if flow.tells_end:
        event = table.events[counters.events]
        describe(event, flow, slot)
        event.kind = FLOW_END
        event.direction = np.uint8(
            _is_ended(table.sides[slot, 0]) | _is_ended(table.sides[slot, 1]) << 1
        )
        event.truncated = 0
        event.service = flow.service
        event.length = 0
        event.wire_length = 0
        event.position = table.sides[slot, 0].next
        event.offset = table.sides[slot, 1].next
        event.frame = flow.last_frame
        event.time_ns = flow.latest_ns
        counters.events += 1
    _remove(table.lookup, flow.tag, slot)
    flow.is_live = 0
    table.expiry[slot] = NEVER
    table.free[counters.free] = slot
    counters.free += 1
    counters.in_use -= 1


@subkernel
def _is_ended(side: Record) -> int:
    """1 when the side sent a FIN and its peer acknowledged nothing between our last byte and it."""
    return wide(side.flags & FIN != 0 and side.highest_ack <= side.next + 1)


@subkernel
def describe(event: Record, flow: Record, slot: int) -> None:
    """Copy what an event says of its flow."""
    event.ip_protocol = flow.protocol
    event.src_port = flow.src_port
    event.dst_port = flow.dst_port
    event.slot = slot
    event.flow = flow.serial
    event.uid = flow.uid
    event.src_hi = flow.src_hi
    event.src_lo = flow.src_lo
    event.dst_hi = flow.dst_hi
    event.dst_lo = flow.dst_lo
    event.sender_mac = flow.src_mac
    event.receiver_mac = flow.dst_mac


@subkernel
def sweep(table: FlowTable, now_ns: int) -> None:
    """Look at two slots and close what has been idle too long: constant work per packet."""
    counters = table.counters[0]
    for _ in range(2):
        if counters.hand >= counters.high_water:
            counters.hand = 0
            if counters.high_water == 0:
                return
        if now_ns > table.expiry[counters.hand]:
            close_flow(table, counters.hand)
        counters.hand += 1


@kernel
def close_all(table: FlowTable, first_slot: int, room: int) -> int:
    """Close flows from ``first_slot`` on, at most ``room``; return the slot to go on with."""
    slot = first_slot
    while slot < table.counters[0].high_water and room > 0:
        if table.flows[slot].is_live:
            close_flow(table, slot)
            room -= 1
        slot += 1
    return slot
