"""Transport layer: ports, TCP header fields, and where the payload is."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32, wide

TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58


@subkernel
def read_transport(data: Octets, packet: Record) -> None:
    """Fill the packet's transport fields; what is not captured stays zero."""
    packet.src_port = 0
    packet.dst_port = 0
    packet.is_reply = 0
    packet.has_tcp = 0
    packet.tcp_flags = 0
    packet.options_length = 0
    packet.window = -1
    at = packet.transport
    end = min(packet.end, at + packet.transport_length)
    header = 0
    if packet.is_later_fragment == 0:
        if packet.protocol == TCP:
            header = _read_tcp(data, packet, at, end)
        elif packet.protocol == UDP:
            header = _read_udp(data, packet, at, end)
        elif packet.protocol == ICMP or packet.protocol == ICMP6:
            header = _read_icmp(data, packet, at, end)
    header = min(header, packet.transport_length)
    packet.payload = at + header
    packet.payload_length = packet.transport_length - header
    packet.payload_captured = max(end - packet.payload, 0)


@subkernel
def _read_ports(data: Octets, packet: Record, at: int, end: int) -> bool:
    if at + 4 > end:
        return False
    packet.src_port = np.uint16(be16(data, at))
    packet.dst_port = np.uint16(be16(data, at + 2))
    return True


@subkernel
def _read_tcp(data: Octets, packet: Record, at: int, end: int) -> int:
    if not _read_ports(data, packet, at, end) or at + 20 > end:
        return 20
    header = wide(data[at + 12] >> 4) * 4
    if header < 20 or header > packet.transport_length:
        return 20
    packet.sequence = np.uint32(be32(data, at + 4))
    packet.acknowledgment = np.uint32(be32(data, at + 8))
    packet.tcp_flags = data[at + 13]
    packet.window = be16(data, at + 14)
    packet.has_tcp = 1
    packet.options_length = np.uint8(min(header, end - at) - 20)
    return header


@subkernel
def _read_udp(data: Octets, packet: Record, at: int, end: int) -> int:
    if not _read_ports(data, packet, at, end):
        return 8
    if at + 6 <= end:
        # Octets behind the length the datagram claims are padding; 0 means "longer than 65535".
        length = be16(data, at + 4)
        if 8 <= length < packet.transport_length:
            packet.transport_length = length
    return 8


@subkernel
def _read_icmp(data: Octets, packet: Record, at: int, end: int) -> int:
    if at + 2 > end:
        return 8
    kind = int(data[at])
    request = _request_of(kind, packet.protocol == ICMP6)
    if request >= 0:
        kind = request
        packet.is_reply = 1
        src_hi, src_lo = packet.src_hi, packet.src_lo
        packet.src_hi, packet.src_lo = packet.dst_hi, packet.dst_lo
        packet.dst_hi, packet.dst_lo = src_hi, src_lo
    packet.src_port = np.uint16(kind)
    packet.dst_port = np.uint16(data[at + 1])
    return 8


@subkernel
def _request_of(kind: int, is_v6: bool) -> int:
    """The type of the request that an ICMP message of type ``kind`` answers, or -1.

    The pairs are those of RFC 792, 950, 1256 and 2710, 4443, 4620, 4861, 6275.
    """
    if is_v6:
        if kind == 129 or kind == 131 or kind == 134 or kind == 136 or kind == 140 or kind == 145:
            return kind - 1
        if kind == 147:
            return 146
        return -1
    if kind == 0:
        return 8
    if kind == 9:
        return 10
    if kind == 14 or kind == 16 or kind == 18:
        return kind - 1
    return -1
