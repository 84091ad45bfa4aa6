"""Tunnels over UDP.

VXLAN (RFC 7348) and its generic extension, GENEVE (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC
4380), L2TP (RFC 2661), LISP (RFC 9300), GRE (RFC 8086) and MPLS (RFC 7510) in UDP, and frames that
were heard elsewhere (``remote_frames.py``). Headers of fixed bits are
told by content on any port, the others by their port and content.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32, be64
from netcordon.ingest.capture.packet.ethernet import ANY_IP, ETHERNET, IPV4, IPV6, PPP
from netcordon.ingest.capture.packet.gre import read_gre
from netcordon.ingest.capture.packet.remote_frames import (
    CAPWAP_PORT,
    TZSP_PORT,
    read_capwap,
    read_tzsp,
)
from netcordon.ingest.capture.packet.soundness import sound_ip
from netcordon.ingest.capture.packet.tunnels import (
    GENEVE,
    GRE_IN_UDP,
    GTP,
    L2TP,
    LISP,
    MPLS_IN_UDP,
    TEREDO,
    VXLAN,
    VXLAN_GPE,
    begin_inner,
)

_SHORTEST = 24
"""Four octets of a tunnel's header and an IPv4 header."""
_GTP_EXTENSIONS = 8


@subkernel
def may_be_tunnel(data: Octets, packet: Record) -> bool:
    """A first look, for nearly no datagram is one: a port, or a first octet of fixed bits."""
    at = packet.payload
    if packet.payload_captured < _SHORTEST:
        return False
    first = data[at]
    if first == 0x08 or first == 0 or (first >> 4) == 6:
        return True
    port = packet.dst_port
    return bool(
        port in (2152, 1701, 6081, 4789, 8472, 4790, 4754, 6635, 4341, 37008)
        or packet.src_port == 2152
        or packet.src_port == 1701
    )


@subkernel
def read_udp_tunnel(data: Octets, packet: Record, inner: Record) -> int:
    """EtherType of what a UDP datagram carries, or -1."""
    at = packet.payload
    end = at + packet.payload_captured
    if at + _SHORTEST > end:
        return -1
    first = data[at]
    if first == 0x08 and be32(data, at) == 0x08000000 and data[at + 7] == 0:
        begin_inner(packet, inner, at + 8, VXLAN, be32(data, at + 4) >> 8)
        return ETHERNET
    if first >> 4 == 6 or (first == 0 and data[at + 1] <= 1):
        start = _find_teredo(data, packet, at, end)
        if start > 0:
            begin_inner(packet, inner, start, TEREDO, 0)
            return IPV6
    # The responder's port, for the sender's is drawn from the inner flow where tunnels are many.
    port = packet.dst_port
    if port == 2152 or packet.src_port == 2152:
        return _read_gtp(data, packet, inner, at, end)
    if port == 1701 or packet.src_port == 1701:
        return _read_l2tp(data, packet, inner, at, end)
    if port == 6081:
        return _read_geneve(data, packet, inner, at, end)
    if port == 4789 or port == 8472:
        # Group policy extension: the bit of a policy, and its number where zeros were.
        if first != 0x88 or data[at + 7] != 0:
            return -1
        begin_inner(packet, inner, at + 8, VXLAN, be32(data, at + 4) >> 8)
        return ETHERNET
    if port == 4790:
        return _read_generic_vxlan(data, packet, inner, at)
    if port == 4754:
        return read_gre(data, packet, inner, at, GRE_IN_UDP)
    if port == 4341:
        return _read_lisp(data, packet, inner, at)
    if port == CAPWAP_PORT or packet.src_port == CAPWAP_PORT:
        return read_capwap(data, packet, inner, at, end)
    if port == TZSP_PORT:
        return read_tzsp(data, packet, inner, at, end)
    if port == 6635:
        begin_inner(packet, inner, at, MPLS_IN_UDP, 0)
        return 0x8847
    return -1


@subkernel
def _read_generic_vxlan(data: Octets, packet: Record, inner: Record, at: int) -> int:
    if (data[at] & 0xFC) != 0x0C or be16(data, at + 1) != 0:  # version 0, I and P
        return -1
    begin_inner(packet, inner, at + 8, VXLAN_GPE, be32(data, at + 4) >> 8)
    following = data[at + 3]
    return (
        IPV4 if following == 1 else IPV6 if following == 2 else ETHERNET if following == 3 else -1
    )


@subkernel
def _read_lisp(data: Octets, packet: Record, inner: Record, at: int) -> int:
    """An IP packet behind eight octets (RFC 9300 section 5.3); the instance is both sides'."""
    instance = be32(data, at + 4) >> 8 if data[at] & 0x08 else 0
    begin_inner(packet, inner, at + 8, LISP, instance)
    return ANY_IP


@subkernel
def _read_geneve(data: Octets, packet: Record, inner: Record, at: int, end: int) -> int:
    start = at + 8 + 4 * int(data[at] & 0x3F)
    if (data[at] >> 6) != 0 or (data[at + 1] & 0x3F) != 0 or data[at + 7] != 0 or start > end:
        return -1
    begin_inner(packet, inner, start, GENEVE, be32(data, at + 4) >> 8)
    return be16(data, at + 2)


@subkernel
def _read_gtp(data: Octets, packet: Record, inner: Record, at: int, end: int) -> int:
    """A user packet (message 255) of GTP version 1; each side chooses its tunnel's identifier."""
    flags = data[at]
    if (flags >> 4) != 3 or data[at + 1] != 0xFF or be16(data, at + 2) != packet.payload_length - 8:
        return -1
    start = at + 8
    if flags & 7:
        following = int(data[at + 11])
        start += 4
        for _ in range(_GTP_EXTENSIONS):
            if following == 0 or not flags & 4:
                break
            if start + 4 > end or data[start] == 0:
                return -1
            start += 4 * int(data[start])
            if start > end:
                return -1
            following = int(data[start - 1])
    begin_inner(packet, inner, start, GTP, 0)
    return ANY_IP


@subkernel
def _read_l2tp(data: Octets, packet: Record, inner: Record, at: int, end: int) -> int:
    flags = be16(data, at)
    if flags & 0x8000 or (flags & 0x000F) != 2:  # control, or not version 2
        return -1
    start = at + 6
    if flags & 0x4000:
        if be16(data, at + 2) != packet.payload_length:
            return -1
        start += 2
    start += 4 if flags & 0x0800 else 0
    if flags & 0x0200:
        if start + 2 > end:
            return -1
        start += 2 + be16(data, start)
    if start >= end:
        return -1
    begin_inner(packet, inner, start, L2TP, 0)
    return PPP


@subkernel
def _find_teredo(data: Octets, packet: Record, at: int, end: int) -> int:
    """Offset of the IPv6 packet of a Teredo datagram, or -1.

    Teredo's own port, or an address of 2001::/32, and a packet that fills the datagram.
    """
    stop = at + packet.payload_length
    if data[at] == 0 and data[at + 1] == 1:  # authentication, RFC 4380, 5.1.1
        at += 4 + int(data[at + 2]) + int(data[at + 3]) + 9
    if at + 8 <= end and data[at] == 0 and data[at + 1] == 0:  # origin
        at += 8
    if sound_ip(data, at, end, stop - at) != IPV6 or 40 + be16(data, at + 4) != stop - at:
        return -1
    prefix = np.uint64(0x20010000)
    is_known = packet.src_port == 3544 or packet.dst_port == 3544
    if (
        is_known
        or be64(data, at + 8) >> np.uint64(32) == prefix
        or be64(data, at + 24) >> np.uint64(32) == prefix
    ):
        return at
    return -1
