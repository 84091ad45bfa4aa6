"""TCP: states of the two ends, the position of a segment in its stream, and holes.

States follow Zeek's connection semantics. A stream's position 0 is the byte after the SYN, or the
first byte seen when there was none. Positions are 64 bits wide, so sequence numbers may wrap.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.flow import history
from netcordon.ingest.capture.layout import (
    ACK,
    CLOSED,
    ESTABLISHED,
    FIN,
    HOLES,
    INACTIVE,
    PARTIAL,
    RESET,
    RST,
    SYN,
    SYN_ACK_SENT,
    SYN_SENT,
    Record,
    Records,
)
from netcordon.ingest.capture.octets import wide

_FARTHEST = 1 << 30
"""Largest window (RFC 7323); a sequence number farther off belongs to another conversation."""
_LINGER_NS = 5_000_000_000
"""Time a closed connection waits for stragglers, as Zeek's ``tcp_close_delay``."""


@subkernel
def is_new_connection(me: Record, peer: Record, packet: Record) -> bool:
    """Whether a packet with the ends of ``flow`` begins another connection (port reuse)."""
    if packet.has_tcp == 0 or (packet.tcp_flags & (SYN | ACK | RST | FIN)) != SYN:
        return False
    if me.has_syn:
        if me.first_sequence == packet.sequence:
            return False
        is_over = me.state >= CLOSED or peer.state >= CLOSED
        return bool(is_over or peer.state == INACTIVE)
    if peer.has_syn:
        # The capture holds the SYN-ACK before the SYN, or both ends open at once.
        is_answered = me.has_base and me.base == np.uint32(wide(packet.sequence) + 1)
        return not (is_answered or me.state == INACTIVE)
    # Leftovers of an older connection, or segments stored before their SYN.
    return not (me.has_base and me.base == np.uint32(wide(packet.sequence) + 1))


@subkernel
def follow(
    flow: Record, me: Record, peer: Record, holes: Records, packet: Record, direction: int
) -> int:
    """Take one segment; return the stream position of its payload, -1 when there is none.

    Args:
        flow: the connection.
        me: the sender's side.
        peer: the receiver's side.
        holes: the sender's holes, ``HOLES`` of them.
        packet: the segment.
        direction: 0 when the initiator sent it.
    """
    flags = wide(packet.tcp_flags)
    length = packet.payload_length
    _write_history(flow, me, packet, direction)
    _move_states(flow, me, peer, flags)
    sequence = wide(packet.sequence)
    if flags & SYN:
        sequence += 1
        if me.has_base == 0:
            me.has_base = 1
            me.base = np.uint32(sequence)
        if me.has_syn == 0:
            me.has_syn = 1
            me.first_sequence = packet.sequence
        if flags & ACK and peer.has_base == 0:
            peer.has_base = 1
            peer.base = packet.acknowledgment
    elif me.has_base == 0 and (length > 0 or not flags & RST):
        me.has_base = 1
        me.base = np.uint32(sequence)
    if flags & ACK and peer.has_base and peer.packets > 0:
        acknowledged = peer.next + _distance(wide(packet.acknowledgment), peer.base, peer.next)
        if acknowledged - peer.next < _FARTHEST and acknowledged > peer.highest_ack:
            peer.highest_ack = acknowledged
    if length <= 0 or me.has_base == 0:
        return -1
    ahead = _distance(sequence, me.base, me.next)
    if ahead >= _FARTHEST:
        return -1
    position = me.next + ahead
    if _take_bytes(me, holes, position, length):
        me.retransmissions += 1
        history.note_again(flow, direction, history.T, wide(me.retransmissions))
    return wide(position)


@subkernel
def _distance(sequence: int, base: np.uint32, position: int) -> int:
    """How far a sequence number is ahead of a stream position (negative: behind)."""
    ahead = (sequence - (wide(base) + position)) & 0xFFFFFFFF
    return ahead - 0x100000000 if ahead >= 0x80000000 else ahead


@subkernel
def _take_bytes(me: Record, holes: Records, position: int, length: int) -> bool:
    """Account for bytes of the stream; ``True`` when all of them had been seen before."""
    stop = position + length
    if position == me.next:
        me.next = stop
        return False
    if position > me.next:
        slot = wide(me.holes) % HOLES
        holes[slot].start = me.next
        holes[slot].stop = position
        me.holes = np.uint8((slot + 1) % HOLES)
        me.missed += position - me.next
        me.next = stop
        return False
    filled = wide(0)
    for i in range(HOLES):
        low = max(holes[i].start, position)
        high = min(holes[i].stop, stop)
        if low < high:
            filled += high - low
            # The longer of the two remnants is remembered; the other stays missed.
            if low - holes[i].start >= holes[i].stop - high:
                holes[i].stop = low
            else:
                holes[i].start = high
    me.missed -= filled
    is_known = filled == 0 and stop <= me.next
    me.next = max(me.next, stop)
    return is_known


@subkernel
def _write_history(flow: Record, me: Record, packet: Record, direction: int) -> None:
    flags = wide(packet.tcp_flags)
    if flags & SYN:
        history.note(flow, me, direction, history.H if flags & ACK else history.S)
        if flags & (FIN | RST):
            history.note(flow, me, direction, history.Q)
    if packet.payload_length > 0:
        history.note(flow, me, direction, history.D)
    elif flags & (SYN | FIN | RST | ACK) == ACK:
        history.note(flow, me, direction, history.A)
    if flags & FIN:
        history.note(flow, me, direction, history.F)
    if flags & RST:
        history.note(flow, me, direction, history.R)
    elif packet.window == 0 and not flags & SYN:
        me.zero_windows += 1
        history.note_again(flow, direction, history.W, wide(me.zero_windows))


@subkernel
def _move_states(flow: Record, me: Record, peer: Record, flags: int) -> None:
    if me.state == RESET or (me.state == CLOSED and peer.state == CLOSED):
        return
    if flags & RST:
        me.state = RESET
        flow.patience_ns = _LINGER_NS
        return
    if flags & SYN:
        if flags & ACK:
            if peer.state == SYN_SENT:
                peer.state = ESTABLISHED
                me.state = ESTABLISHED
            elif me.state == INACTIVE:
                me.state = SYN_ACK_SENT
        elif peer.state == SYN_ACK_SENT:
            me.state = ESTABLISHED
            peer.state = ESTABLISHED
        elif me.state == INACTIVE:
            me.state = SYN_SENT
    elif me.state == INACTIVE:
        me.state = PARTIAL
    if flags & FIN:
        me.state = CLOSED
        if peer.state == CLOSED:
            flow.patience_ns = _LINGER_NS
