"""The flow kernel: each packet of a chunk finds its flow, moves it on, and may become an event."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.clock import tick
from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.events import ARP, TCP_DATA, UDP_DATA
from netcordon.ingest.capture.flow import bursts, history, tcp
from netcordon.ingest.capture.flow.flowtable import (
    NEVER,
    FlowTable,
    close_flow,
    describe,
    find,
    key_hash,
    sweep,
    take_slot,
)
from netcordon.ingest.capture.flow.orientation import is_from_responder
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import (
    ESTABLISHED,
    INSIDE,
    MOST_INNER,
    SYN,
    WHOLE,
    Octets,
    Record,
    Records,
)
from netcordon.ingest.capture.octets import wide
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.options import intern_options
from netcordon.ingest.capture.packet.tunnels import SERVICE
from netcordon.ingest.capture.recognise.datagram import (
    MOST_TRIED,
    may_be_renamed,
    recognise_datagram,
)
from netcordon.ingest.capture.recognise.telling import KEEPS_STATE, MOST_TOLD, service_by_port

_TCP_PATIENCE_NS = 300_000_000_000
_OTHER_PATIENCE_NS = 60_000_000_000
"""Idle times after which a flow is over, as Zeek's inactivity timeouts."""
UNIDENTIFIED_LIMIT = 64 << 10
"""Stream bytes per direction in which a service must be recognised."""
_LARGEST_STEP = 2048
"""IPv4 identifications that rise by at most this count as incremental."""


@kernel
def track_packets(
    data: Octets, packets: Records, start: int, count: int, first_frame: int, table: FlowTable
) -> int:
    """Take packets ``start`` to ``count``; return the first one that was not taken.

    That is ``count`` unless the index has to grow (``with_larger_index``) before going on.

    Args:
        data: the block.
        packets: parsed packets.
        start: first packet to take.
        count: packets in the chunk.
        first_frame: frame number of packet 0.
        table: the flows; its events and closed rows have room for a whole chunk.
    """
    counters = table.counters[0]
    for i in range(start, count):
        if 2 * (counters.in_use + 1 + MOST_INNER) > len(table.lookup):
            return i
        packet = packets[i]
        frame = first_frame + i
        _count(counters, packet, frame)
        tick(table, packet.time_ns)
        if packet.verdict == verdicts.IP:
            _track_all(data, packets, i, frame, table)
            sweep(table, counters.clock_ns)
        elif packet.verdict == verdicts.ARP:
            _tell_arp(packet, frame, table)
    return count


@subkernel
def _count(counters: Record, packet: Record, frame: int) -> None:
    if frame == 1 or packet.time_ns < counters.first_ns:
        counters.first_ns = packet.time_ns
    if frame == 1 or packet.time_ns > counters.last_ns:
        counters.last_ns = packet.time_ns
    counters.frames += 1
    counters.bytes_wire += packet.wire_length
    if packet.verdict == verdicts.IP or packet.verdict == verdicts.FOREIGN:
        counters.ip += 1
    elif packet.verdict == verdicts.ARP:
        counters.arp += 1
    else:
        counters.refused += 1


@subkernel
def _track_all(data: Octets, packets: Records, first: int, frame: int, table: FlowTable) -> None:
    """Take the packet of a frame and those that it carries."""
    number = first
    uid = np.uint64(0)
    for _ in range(1 + MOST_INNER):
        packet = packets[number]
        parent = uid if packet.relation == INSIDE else np.uint64(0)
        slot = _track(data, packet, frame, table, parent)
        number = packet.next
        if slot >= 0:
            flow = table.flows[slot]
            uid = flow.uid
            if number >= 0 and packets[number].relation == INSIDE and flow.service == 0:
                flow.service = SERVICE[packets[number].via]
        if number < 0:
            return


@subkernel
def _track(data: Octets, packet: Record, frame: int, table: FlowTable, parent: np.uint64) -> int:
    """Take one packet, carried by the flow ``parent`` (0: none); return its flow's slot.

    A datagram that became whole was counted as fragments and adds only its payload; -1 when its
    flow is over.
    """
    is_whole = packet.relation == WHOLE
    hashed = key_hash(packet)
    tag = np.uint32(hashed >> np.uint64(32))
    found = find(table, tag, packet)
    slot = found >> 1
    direction = found & 1
    if found >= 0 and not is_whole:
        flow = table.flows[slot]
        is_over = (
            packet.time_ns - flow.latest_ns > flow.patience_ns
            or table.counters[0].clock_ns > table.expiry[slot]
        )
        if not is_over and packet.protocol == 6:
            me = table.sides[slot, direction]
            is_over = tcp.is_new_connection(me, table.sides[slot, 1 - direction], packet)
        if is_over:
            close_flow(table, slot)
            found = -1
    if found < 0:
        if is_whole:
            return -1
        slot = take_slot(table, tag)
        direction = _open(table, slot, packet, frame, hashed)
        table.flows[slot].parent = parent
    flow = table.flows[slot]
    me = table.sides[slot, direction]
    peer = table.sides[slot, 1 - direction]
    if not is_whole:
        _account(flow, me, packet, frame)
    if direction == 0 and me.packets == 1:
        flow.src_mac = packet.src_mac
        flow.dst_mac = packet.dst_mac
    if packet.has_tcp:
        me.flags |= packet.tcp_flags
        if me.window < 0:
            me.window = packet.window
        if packet.tcp_flags & SYN and me.options < 0:
            me.options = intern_options(
                table, data, packet.transport + 20, wide(packet.options_length)
            )
        stop = wide(me.next)
        position = tcp.follow(flow, me, peer, table.holes[slot, direction], packet, direction)
        if me.next > stop:
            bursts.note_payload(flow, table.bursts, slot, table.sides, packet, direction)
        if position >= 0 and packet.payload_captured > 0 and (flow.want >> direction) & 1:
            _tell_tcp(packet, frame, table, slot, direction, position)
    else:
        me.state = ESTABLISHED
        if packet.payload_length > 0 and not is_whole:
            bursts.note_payload(flow, table.bursts, slot, table.sides, packet, direction)
        if packet.protocol == 17:
            history.note(flow, me, direction, history.D)
            if packet.fragment_at < 0:
                _tell_udp(data, packet, frame, table, slot, direction)
    now_ns = max(table.counters[0].clock_ns, packet.time_ns)
    table.expiry[slot] = min(now_ns, NEVER - 1 - flow.patience_ns) + flow.patience_ns
    return wide(slot)


@subkernel
def _open(table: FlowTable, slot: int, packet: Record, frame: int, hashed: np.uint64) -> int:
    """Begin a flow; return the direction of its first packet."""
    counters = table.counters[0]
    counters.serial += 1
    is_reversed = is_from_responder(packet)
    # The packet's ends are those of the request for an ICMP reply, of the sender otherwise.
    is_swapped = is_reversed and packet.is_reply == 0
    flow = table.flows[slot]
    flow.src_hi = packet.dst_hi if is_swapped else packet.src_hi
    flow.src_lo = packet.dst_lo if is_swapped else packet.src_lo
    flow.dst_hi = packet.src_hi if is_swapped else packet.dst_hi
    flow.dst_lo = packet.src_lo if is_swapped else packet.dst_lo
    flow.src_port = packet.dst_port if is_swapped else packet.src_port
    flow.dst_port = packet.src_port if is_swapped else packet.dst_port
    flow.protocol = packet.protocol
    flow.is_fragment = packet.is_later_fragment
    flow.tunnel = packet.tunnel
    flow.is_live = 1
    flow.want = 3
    flow.tag = np.uint32(hashed >> np.uint64(32))
    flow.tells_end = 0
    flow.service = 0
    flow.flip = 0
    flow.history_length = 0
    flow.bursts = 0
    flow.serial = counters.serial
    flow.uid = mix(mix(hashed ^ np.uint64(packet.time_ns)) + np.uint64(frame))
    flow.start_ns = packet.time_ns
    flow.end_ns = packet.time_ns
    flow.first_frame = frame
    flow.patience_ns = _TCP_PATIENCE_NS if packet.protocol == 6 else _OTHER_PATIENCE_NS
    flow.history_a = 0
    flow.history_b = 0
    flow.src_mac = packet.dst_mac if is_reversed else packet.src_mac
    flow.dst_mac = packet.src_mac if is_reversed else packet.dst_mac
    flow.vlan = packet.vlan
    if is_swapped:
        history.note_flip(flow)
    for direction in range(2):
        _clear_side(table.sides[slot, direction])
        for i in range(table.holes.shape[2]):
            # Few flows have holes: memory that was never written to is not taken.
            if table.holes[slot, direction, i].stop != 0:
                table.holes[slot, direction, i].start = 0
                table.holes[slot, direction, i].stop = 0
    return 1 if is_reversed else 0


@subkernel
def _clear_side(side: Record) -> None:
    side.packets = 0
    side.payload_bytes = 0
    side.ip_bytes = 0
    side.wire_bytes = 0
    side.next = 0
    side.highest_ack = 0
    side.missed = 0
    side.skip = 0
    side.base = 0
    side.first_sequence = 0
    side.retransmissions = 0
    side.zero_windows = 0
    side.letters = 0
    side.ids = 0
    side.ids_zero = 0
    side.ids_same = 0
    side.ids_step = 0
    side.ids_jump = 0
    side.id_last = 0
    side.head_a = 0
    side.head_b = 0
    side.head_length = 0
    side.told = 0
    side.tried = 0
    side.window = -1
    side.options = -1
    side.crossed = 0
    side.state = 0
    side.has_base = 0
    side.has_syn = 0
    side.flags = 0
    side.ttl_min = 255
    side.ttl_max = 0
    side.holes = 0


@subkernel
def _account(flow: Record, me: Record, packet: Record, frame: int) -> None:
    flow.latest_ns = packet.time_ns
    flow.end_ns = max(flow.end_ns, packet.time_ns)
    flow.last_frame = frame
    me.packets += 1
    me.payload_bytes += packet.payload_length
    me.ip_bytes += packet.ip_length
    me.wire_bytes += packet.wire_length
    me.ttl_min = min(me.ttl_min, packet.ttl)
    me.ttl_max = max(me.ttl_max, packet.ttl)
    number = wide(packet.ip_id)
    if number < 0:
        return
    if number == 0:
        me.ids_zero += 1
    elif me.ids > me.ids_zero:
        step = (number - wide(me.id_last)) & 0xFFFF
        if step == 0:
            me.ids_same += 1
        elif step <= _LARGEST_STEP:
            me.ids_step += 1
        else:
            me.ids_jump += 1
    me.ids += 1
    if number > 0:
        me.id_last = number


@subkernel
def _tell(packet: Record, frame: int, table: FlowTable, slot: int, direction: int) -> Record:
    """Begin an event about the payload of a packet."""
    counters = table.counters[0]
    event = table.events[counters.events]
    counters.events += 1
    flow = table.flows[slot]
    describe(event, flow, slot)
    event.direction = direction
    event.truncated = np.uint8(packet.payload_captured < packet.payload_length)
    event.length = packet.payload_captured
    event.wire_length = packet.payload_length
    event.offset = packet.payload
    event.position = 0
    event.service = 0
    event.frame = frame
    event.time_ns = packet.time_ns
    event.sender_mac = packet.src_mac
    event.receiver_mac = packet.dst_mac
    return event


@subkernel
def _tell_tcp(
    packet: Record, frame: int, table: FlowTable, slot: int, direction: int, position: int
) -> None:
    me = table.sides[slot, direction]
    if position + packet.payload_captured <= me.skip:
        return
    flow = table.flows[slot]
    if flow.service == 0 and position >= UNIDENTIFIED_LIMIT:
        # The application layer answers once a chunk; it has seen all bytes below the limit when the
        # chunk in which they were crossed is over.
        chunk = table.counters[0].chunk
        if me.crossed == 0:
            me.crossed = chunk
        elif me.crossed < chunk:
            flow.want &= np.uint8(3 ^ (1 << direction))
            return
    event = _tell(packet, frame, table, slot, direction)
    event.kind = TCP_DATA
    event.position = position
    flow.tells_end = 1


@subkernel
def _tell_udp(
    data: Octets, packet: Record, frame: int, table: FlowTable, slot: int, direction: int
) -> None:
    flow = table.flows[slot]
    me, peer = table.sides[slot, direction], table.sides[slot, 1 - direction]
    if me.tried < MOST_TRIED and packet.payload_captured > 0 and may_be_renamed(flow.service):
        me.tried += 1
        found = recognise_datagram(data, packet, flow, me, peer)
        if found != 0 and found != flow.service:
            flow.service = found
            flow.want = 3
            me.told = 0
            peer.told = 0
    service = wide(flow.service)
    if service == 0:
        service = service_by_port(flow)
    if me.told >= MOST_TOLD[service] or not (flow.want >> direction) & 1:
        return
    me.told += 1
    if KEEPS_STATE[service]:
        flow.tells_end = 1
    event = _tell(packet, frame, table, slot, direction)
    event.kind = UDP_DATA
    event.service = service


@subkernel
def _tell_arp(packet: Record, frame: int, table: FlowTable) -> None:
    counters = table.counters[0]
    event = table.events[counters.events]
    counters.events += 1
    event.kind = ARP
    event.direction = 0
    event.truncated = 0
    event.ip_protocol = 0
    event.service = 0
    event.src_port = 0
    event.dst_port = 0
    event.slot = -1
    event.length = packet.end - packet.network
    event.wire_length = packet.wire_length - (packet.network - packet.offset)
    event.offset = packet.network
    event.position = 0
    event.flow = 0
    event.frame = frame
    event.time_ns = packet.time_ns
    event.uid = 0
    event.src_hi = 0
    event.src_lo = 0
    event.dst_hi = 0
    event.dst_lo = 0
    event.sender_mac = packet.src_mac
    event.receiver_mac = packet.dst_mac
