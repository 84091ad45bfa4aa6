"""Link layer: find the network layer of a frame, its MAC addresses and its outer VLAN.

Ethernet and what it encapsulates (``ethernet.py``), Linux cooked capture v1 and v2, raw IP, BSD
loopback, PPP, Cisco HDLC, frame relay (RFC 2427), netfilter log, 802.11 (``wireless/``).
Link types: https://www.tcpdump.org/linktypes.html
"""

from __future__ import annotations

from netcordon.ingest.capture.addresses import NO_MAC
from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be48, u16
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.ethernet import ANY_IP, IPV4, IPV6, PPP, follow, read_frame
from netcordon.ingest.capture.packet.verdicts import refuse
from netcordon.ingest.capture.wireless.frame import read_wireless
from netcordon.ingest.capture.wireless.radio import is_wireless

_PPPOE = 0x8864
_MOST_ATTRIBUTES = 32


@subkernel
def read_link(data: Octets, packet: Record) -> int:
    """Fill the packet's link fields; return its EtherType (1: some IP), or -1 when refused."""
    at = packet.offset
    link_type = packet.link_type
    packet.src_mac = NO_MAC
    packet.dst_mac = NO_MAC
    packet.vlan = -1
    packet.network = at
    if link_type == 1:
        return read_frame(data, packet)
    if link_type == 113 or link_type == 276:
        return _read_cooked(data, packet, link_type == 276)
    if link_type == 12 or link_type == 14 or link_type == 101:
        return ANY_IP
    if link_type == 228:
        return IPV4
    if link_type == 229:
        return IPV6
    if link_type == 0 or link_type == 108:
        return _read_loopback(data, packet)
    if link_type == 9:
        return follow(data, packet, PPP)
    if link_type == 50:
        return _read_serial(data, packet)
    if link_type == 51:
        return follow(data, packet, _PPPOE)
    if link_type == 104:
        return _read_cisco(data, packet)
    if link_type == 107:
        return _read_frame_relay(data, packet)
    if link_type == 239:
        return _read_netfilter(data, packet)
    if is_wireless(link_type):
        return read_wireless(data, packet)
    return refuse(packet, verdicts.LINK_TYPE + (link_type & 0xFFFF))


@subkernel
def _read_cooked(data: Octets, packet: Record, is_v2: bool) -> int:
    at = packet.offset
    length = 20 if is_v2 else 16
    if at + length > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    hardware = be16(data, at + 8) if is_v2 else be16(data, at + 2)
    octets = int(data[at + 11]) if is_v2 else be16(data, at + 4)
    if octets == 6:
        packet.src_mac = be48(data, at + 12) if is_v2 else be48(data, at + 6)
    ether_type = be16(data, at) if is_v2 else be16(data, at + 14)
    # The protocol field is no EtherType on netlink (824), 802.11 (801 to 803), GRE (778).
    if hardware == 824 or hardware == 778 or (801 <= hardware <= 803):
        return refuse(packet, verdicts.COOKED_OTHER)
    if ether_type < 0x0600 and ether_type != 4:
        return refuse(packet, verdicts.COOKED_OTHER)
    packet.network = at + length
    return follow(data, packet, ether_type)


@subkernel
def _read_loopback(data: Octets, packet: Record) -> int:
    at = packet.offset
    if at + 4 > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    # The address family is in the byte order of the capturing host; it fits one octet.
    family = int(data[at]) | int(data[at + 3])
    packet.network = at + 4
    if family == 2:
        return IPV4
    if family == 24 or family == 28 or family == 30 or family == 10:
        return IPV6
    return refuse(packet, verdicts.LINK_TYPE + packet.link_type)


@subkernel
def _read_serial(data: Octets, packet: Record) -> int:
    """PPP in HDLC-like framing (RFC 1662), or Cisco HDLC, which this link type may also hold."""
    at = packet.offset
    if at + 4 <= packet.end and data[at] in (0x0F, 0x8F) and data[at + 1] == 0:
        return _read_cisco(data, packet)
    return follow(data, packet, PPP)


@subkernel
def _read_cisco(data: Octets, packet: Record) -> int:
    at = packet.offset
    if at + 4 > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    packet.network = at + 4
    kind = be16(data, at + 2)
    if kind == 0x8035 or kind < 0x0600:
        return refuse(packet, verdicts.CISCO + kind)  # keepalives and the like, no EtherTypes
    return follow(data, packet, kind)


@subkernel
def _read_frame_relay(data: Octets, packet: Record) -> int:
    """RFC 2427: address octets, the last with bit 0 set, then a type or a protocol id."""
    at = packet.offset
    end = packet.end
    for _ in range(4):
        if at + 4 > end:
            return refuse(packet, verdicts.TRUNCATED_LINK)
        at += 1
        if data[at - 1] & 1:
            break
    if data[at] != 0x03:
        # Cisco's encapsulation: an EtherType follows the address.
        packet.network = at + 2
        return follow(data, packet, be16(data, at))
    at += 1 if data[at + 1] != 0 else 2  # padding aligns what follows
    if at + 1 > end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    packet.network = at + 1
    if data[at] == 0xCC:
        return IPV4
    if data[at] == 0x8E:
        return IPV6
    if data[at] == 0x80 and at + 6 <= end:
        packet.network = at + 6
        organisation = (be16(data, at + 1) << 8) | int(data[at + 3])
        if organisation == 0:
            return follow(data, packet, be16(data, at + 4))
        if organisation == 0x0080C2 and be16(data, at + 4) in (1, 7):
            return read_frame(data, packet)
    return refuse(packet, verdicts.SERVICE_POINT + int(data[at]))


@subkernel
def _read_netfilter(data: Octets, packet: Record) -> int:
    """NFLOG: attributes in the order of the capturing host, one of which is the packet."""
    at = packet.offset
    end = packet.end
    if at + 4 > end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    family = data[at]
    at += 4
    for _ in range(_MOST_ATTRIBUTES):
        if at + 4 > end:
            break
        # Lengths are small, so the octet that is not zero (or the sane order) tells the order.
        is_big = u16(data, at + 2, False) > 0x00FF
        length = u16(data, at, is_big)
        if length < 4:
            break
        if (u16(data, at + 2, is_big) & 0x7FFF) == 9:
            packet.network = at + 4
            packet.end = min(end, at + length)
            return IPV6 if family == 10 else IPV4 if family == 2 else ANY_IP
        at += (length + 3) & ~3
    return refuse(packet, verdicts.LINK_TYPE + 239)
