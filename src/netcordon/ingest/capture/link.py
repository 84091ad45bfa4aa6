"""Link layer: find the network layer of a frame, its MAC addresses and its outer VLAN.

Ethernet II with VLAN tags (802.1Q, 802.1ad, QinQ), 802.3 with LLC/SNAP, Linux cooked capture v1 and
v2, raw IP, BSD loopback, PPP, Cisco HDLC, PPPoE sessions and MPLS labels over any of them.
Link types: https://www.tcpdump.org/linktypes.html
"""

from __future__ import annotations

from netcordon.ingest.capture import verdicts
from netcordon.ingest.capture.addresses import NO_MAC
from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be48

IPV4, IPV6, ARP = 0x0800, 0x86DD, 0x0806
_ANY_IP = 1  # the version nibble decides
_MOST_TAGS = 8


@subkernel
def read_link(data: Octets, packet: Record) -> int:
    """Fill the packet's link fields; return its EtherType (1: some IP), or -1 when refused."""
    at = packet.offset
    end = packet.end
    link_type = packet.link_type
    packet.src_mac = NO_MAC
    packet.dst_mac = NO_MAC
    packet.vlan = -1
    packet.network = end
    if link_type == 1:
        if at + 14 > end:
            return _refuse(packet, verdicts.TRUNCATED_LINK)
        packet.dst_mac = be48(data, at)
        packet.src_mac = be48(data, at + 6)
        return _read_type(data, packet, be16(data, at + 12), at + 14, end)
    if link_type == 113 or link_type == 276:
        return _read_cooked(data, packet, link_type == 276)
    if link_type == 12 or link_type == 14 or link_type == 101:
        packet.network = at
        return _ANY_IP
    if link_type == 228 or link_type == 229:
        packet.network = at
        return IPV4 if link_type == 228 else IPV6
    if link_type == 0 or link_type == 108:
        return _read_loopback(data, packet)
    if link_type == 9 or link_type == 50:
        if at + 2 <= end and data[at] == 0xFF and data[at + 1] == 0x03:
            at += 2
        return _read_ppp(data, packet, at, end)
    if link_type == 51:
        return _read_pppoe(data, packet, at, end)
    if link_type == 104:
        if at + 4 > end:
            return _refuse(packet, verdicts.TRUNCATED_LINK)
        return _read_type(data, packet, be16(data, at + 2), at + 4, end)
    return _refuse(packet, verdicts.LINK_TYPE + (link_type & 0xFFFF))


@subkernel
def _refuse(packet: Record, verdict: int) -> int:
    packet.verdict = verdict
    return -1


@subkernel
def _read_type(data: Octets, packet: Record, ether_type: int, at: int, end: int) -> int:
    """Follow tags from ``ether_type``, whose payload begins at ``at``."""
    for _ in range(_MOST_TAGS):
        if ether_type == 0x8100 or ether_type == 0x88A8 or ether_type == 0x9100:
            if at + 4 > end:
                return _refuse(packet, verdicts.TRUNCATED_LINK)
            if packet.vlan < 0:
                packet.vlan = be16(data, at) & 0x0FFF
            ether_type = be16(data, at + 2)
            at += 4
        elif ether_type < 0x0600:
            # 802.3: a length, then LLC. SNAP (AA AA 03) with a known OUI holds a type.
            if at + 3 > end:
                return _refuse(packet, verdicts.TRUNCATED_LINK)
            if data[at] == 0x06 and data[at + 1] == 0x06 and data[at + 2] == 0x03:
                ether_type = IPV4
                at += 3
                continue
            if at + 8 > end or data[at] != 0xAA or data[at + 1] != 0xAA or data[at + 2] != 0x03:
                return _refuse(packet, verdicts.LLC)
            if (
                data[at + 3] != 0
                or data[at + 4] != 0
                or (data[at + 5] != 0 and data[at + 5] != 0xF8)
            ):
                return _refuse(packet, verdicts.LLC)
            ether_type = be16(data, at + 6)
            at += 8
            if ether_type < 0x0600:
                return _refuse(packet, verdicts.LLC)
        elif ether_type == 0x8864:
            return _read_pppoe(data, packet, at, end)
        elif ether_type == 0x8847 or ether_type == 0x8848:
            return _read_mpls(data, packet, at, end)
        else:
            break
    packet.network = at
    return ether_type


@subkernel
def _read_cooked(data: Octets, packet: Record, is_v2: bool) -> int:
    at = packet.offset
    end = packet.end
    length = 20 if is_v2 else 16
    if at + length > end:
        return _refuse(packet, verdicts.TRUNCATED_LINK)
    hardware = be16(data, at + 8) if is_v2 else be16(data, at + 2)
    octets = int(data[at + 11]) if is_v2 else be16(data, at + 4)
    if octets == 6:
        packet.src_mac = be48(data, at + 12) if is_v2 else be48(data, at + 6)
    ether_type = be16(data, at) if is_v2 else be16(data, at + 14)
    # The protocol field is no EtherType on netlink (824), 802.11 (801 to 803), GRE (778).
    if hardware == 824 or hardware == 778 or (801 <= hardware <= 803):
        return _refuse(packet, verdicts.COOKED_OTHER)
    if ether_type < 0x0600 and ether_type != 4:
        return _refuse(packet, verdicts.COOKED_OTHER)
    return _read_type(data, packet, ether_type, at + length, end)


@subkernel
def _read_loopback(data: Octets, packet: Record) -> int:
    at = packet.offset
    if at + 4 > packet.end:
        return _refuse(packet, verdicts.TRUNCATED_LINK)
    # The address family is in the byte order of the capturing host; it fits one octet.
    family = int(data[at]) | int(data[at + 3])
    packet.network = at + 4
    if family == 2:
        return IPV4
    if family == 24 or family == 28 or family == 30 or family == 10:
        return IPV6
    return _refuse(packet, verdicts.LINK_TYPE + packet.link_type)


@subkernel
def _read_ppp(data: Octets, packet: Record, at: int, end: int) -> int:
    if at + 1 > end:
        return _refuse(packet, verdicts.TRUNCATED_LINK)
    protocol = int(data[at])  # RFC 1661, 6.5: an odd first octet is a compressed protocol field
    if protocol & 1:
        at += 1
    elif at + 2 > end:
        return _refuse(packet, verdicts.TRUNCATED_LINK)
    else:
        protocol = be16(data, at)
        at += 2
    packet.network = at
    if protocol == 0x0021:
        return IPV4
    if protocol == 0x0057:
        return IPV6
    if protocol == 0x0281:
        return _read_mpls(data, packet, at, end)
    return _refuse(packet, verdicts.PPP + protocol)


@subkernel
def _read_pppoe(data: Octets, packet: Record, at: int, end: int) -> int:
    if at + 6 > end:
        return _refuse(packet, verdicts.TRUNCATED_LINK)
    return _read_ppp(data, packet, at + 6, end)


@subkernel
def _read_mpls(data: Octets, packet: Record, at: int, end: int) -> int:
    for _ in range(16):
        if at + 4 > end:
            return _refuse(packet, verdicts.TRUNCATED_LINK)
        is_last = data[at + 2] & 1
        at += 4
        if is_last:
            break
    # The label stack does not say what follows; the first nibble does for IP (RFC 4928, 3).
    if at < end and ((data[at] >> 4) == 4 or (data[at] >> 4) == 6):
        packet.network = at
        return _ANY_IP
    return _refuse(packet, verdicts.MPLS)
