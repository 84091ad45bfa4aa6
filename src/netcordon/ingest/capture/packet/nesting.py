"""Packets inside packets: each becomes a record of its own, chained to the packet of the frame."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record, Records
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.ethernet import ANY_IP, IPV4, IPV6, follow
from netcordon.ingest.capture.packet.gre import read_gre
from netcordon.ingest.capture.packet.network import read_ipv4, read_ipv6
from netcordon.ingest.capture.packet.soundness import is_header_good, sound_ip
from netcordon.ingest.capture.packet.transport import TCP, UDP, read_transport
from netcordon.ingest.capture.packet.tunnels import GRE, read_ip_tunnel
from netcordon.ingest.capture.packet.udp_tunnels import may_be_tunnel, read_udp_tunnel

_DEEPEST = 4
_GRE = 47


@subkernel
def read_ip(data: Octets, packet: Record, ether_type: int) -> bool:
    """Read the IP packet at ``packet.network``; ``False`` (with a verdict) when there is none."""
    if ether_type == ANY_IP:
        at = packet.network
        is_v6 = at < packet.end and (data[at] >> 4) == 6
        ether_type = IPV6 if is_v6 else IPV4
    packet.notes = 0
    if not (read_ipv4(data, packet) if ether_type == IPV4 else read_ipv6(data, packet)):
        return False
    packet.verdict = verdicts.IP
    read_transport(data, packet)
    return True


@subkernel
def _may_carry(data: Octets, packet: Record) -> bool:
    """Whether a packet is of a protocol that tunnels use, and looks like one."""
    protocol = packet.protocol
    if protocol == TCP:
        return False
    if protocol == UDP:
        return may_be_tunnel(data, packet)
    return protocol in (_GRE, 4, 41, 94, 97, 137)


@subkernel
def read_packets(
    data: Octets, packets: Records, number: int, ether_type: int, used: int, tally: Record
) -> int:
    """Read IP packet ``number``, what it carries, and what that carries, as far as it goes.

    Args:
        data: the block.
        packets: records; those from ``used`` on are free.
        number: a record whose ``network`` is set.
        ether_type: IPv4, IPv6 or ``ANY_IP``.
        used: records in use.
        tally: counts what was found.

    Returns:
        Records in use now.
    """
    for depth in range(1 + _DEEPEST):
        packet = packets[number]
        if not read_ip(data, packet, ether_type):
            return used
        if packet.fragment_at >= 0:
            # It is read when it is a whole again.
            tally.chunk_fragments += 1
            return used
        if depth == _DEEPEST or used >= len(packets) or not _may_carry(data, packet):
            return used
        ether_type = _find_inner(data, packet, packets[used], tally)
        if ether_type < 0:
            return used
        packet.next = np.int32(used)
        number = used
        used += 1
    return used


@subkernel
def _find_inner(data: Octets, packet: Record, inner: Record, tally: Record) -> int:
    """Point ``inner`` at the IP packet in ``packet``; its EtherType, or -1 without one."""
    ether_type = _open(data, packet, inner)
    if ether_type < 0:
        return -1
    ether_type = follow(data, inner, ether_type)
    if ether_type != IPV4 and ether_type != IPV6 and ether_type != ANY_IP:
        tally.inner_other += 1
        return -1
    room = inner.wire_length - (inner.network - inner.offset)
    found = sound_ip(data, inner.network, inner.end, room)
    if packet.protocol == UDP and found == IPV4 and not is_header_good(data, inner.network):
        found = 0
    if found == 0 or (ether_type != ANY_IP and found != ether_type):
        tally.inner_unsound += 1
        return -1
    tally.inner += 1
    inner.next = -1
    return found


@subkernel
def _open(data: Octets, packet: Record, inner: Record) -> int:
    if packet.protocol == UDP:
        return read_udp_tunnel(data, packet, inner)
    if packet.protocol == _GRE:
        return read_gre(data, packet, inner, packet.transport, GRE)
    return read_ip_tunnel(data, packet, inner)
