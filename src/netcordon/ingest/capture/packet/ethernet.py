"""Ethernet, and what stands between its type field and a network layer.

VLAN tags (802.1Q, 802.1ad), 802.3 with LLC/SNAP, provider backbone bridging (802.1ah), PPPoE
sessions (RFC 2516), MPLS labels, and Ethernet again inside any of them. Each step reads at
``packet.network``, moves it on and says the EtherType that follows.
"""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32, be48
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.labels import read_labels
from netcordon.ingest.capture.packet.ppp import read_ppp, read_pppoe
from netcordon.ingest.capture.packet.verdicts import refuse

IPV4, IPV6, ARP = 0x0800, 0x86DD, 0x0806
ANY_IP = 1
"""Stands for IPv4 or IPv6: the version nibble decides."""
ETHERNET = 0x6558
"""Transparent Ethernet bridging: a whole frame follows."""
PPP = 0x880B
_PPPOE, _BACKBONE, _JUMBO_LLC = 0x8864, 0x88E7, 0x8870
_MOST_STEPS = 12


@subkernel
def read_frame(data: Octets, packet: Record) -> int:
    """Read an Ethernet frame at ``packet.network``; see ``follow`` for the answer."""
    ether_type = _read_addresses(data, packet)
    # Nearly every frame: no need to look for more.
    return IPV4 if ether_type == IPV4 else follow(data, packet, ether_type)


@subkernel
def _read_addresses(data: Octets, packet: Record) -> int:
    """Both addresses of a frame; the type field behind them."""
    at = packet.network
    if at + 14 > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    packet.dst_mac = be48(data, at)
    packet.src_mac = be48(data, at + 6)
    packet.network = at + 14
    return be16(data, at + 12)


@subkernel
def follow(data: Octets, packet: Record, ether_type: int) -> int:
    """Follow encapsulations from ``packet.network``, where ``ether_type`` begins.

    Returns:
        EtherType of the network layer (``ANY_IP``: the version nibble decides), with
        ``packet.network`` at its first octet; -1 when refused, with the verdict set.
    """
    end = packet.end
    for _ in range(_MOST_STEPS):
        at = packet.network
        if ether_type < 0 or ether_type in (IPV4, IPV6):
            return ether_type
        if ether_type == ETHERNET:
            ether_type = _read_addresses(data, packet)
        elif ether_type == 0x8100 or ether_type == 0x88A8 or ether_type == 0x9100:
            if at + 4 > end:
                return refuse(packet, verdicts.TRUNCATED_LINK)
            if packet.vlan < 0:
                packet.vlan = be16(data, at) & 0x0FFF
            ether_type = be16(data, at + 2)
            packet.network = at + 4
        elif ether_type == 0x8847 or ether_type == 0x8848:
            ether_type = read_labels(data, packet)
        elif ether_type == _PPPOE:
            ether_type = read_pppoe(data, packet)
        elif ether_type == PPP:
            ether_type = read_ppp(data, packet)
        elif ether_type == _BACKBONE:
            # 802.1ah: four octets of service tag, then the customer's frame.
            packet.network = at + 4
            ether_type = ETHERNET
        elif (ether_type < 0x0600 and ether_type > ANY_IP) or ether_type == _JUMBO_LLC:
            ether_type = read_llc(data, packet)
        else:
            return ether_type
    return ether_type


@subkernel
def read_llc(data: Octets, packet: Record) -> int:
    """802.2 at ``packet.network``: IP itself, or SNAP with an EtherType (RFC 1042)."""
    at = packet.network
    if at + 3 > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    target = be16(data, at)
    if target == 0x0606 and data[at + 2] == 0x03:
        packet.network = at + 3
        return IPV4
    if at + 8 > packet.end or target != 0xAAAA or data[at + 2] != 0x03:
        return refuse(packet, verdicts.SERVICE_POINT + int(data[at]))
    organisation = be32(data, at + 2) & 0xFFFFFF
    ether_type = be16(data, at + 6)
    packet.network = at + 8
    if organisation == 0x00000C:
        return refuse(packet, verdicts.CISCO + ether_type)
    if organisation == 0x0080C2 and ether_type in (1, 7):
        # Bridged Ethernet with and without its checksum (RFC 2684, 5.2).
        return ETHERNET
    if (organisation != 0 and organisation != 0xF8) or ether_type < 0x0600:
        return refuse(packet, verdicts.LLC)
    return ether_type
