"""PPP (RFC 1661) and its sessions over Ethernet (RFC 2516)."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.verdicts import refuse


@subkernel
def read_ppp(data: Octets, packet: Record) -> int:
    """Read PPP at ``packet.network``, with or without address and control field.

    Returns:
        The EtherType that follows, -1 when refused.
    """
    at = packet.network
    end = packet.end
    if at + 2 <= end and data[at] == 0xFF and data[at + 1] == 0x03:
        at += 2
    if at + 1 > end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    protocol = int(data[at])  # RFC 1661, 6.5: an odd first octet is a compressed protocol field
    if protocol & 1:
        at += 1
    elif at + 2 > end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    else:
        protocol = be16(data, at)
        at += 2
    packet.network = at
    if protocol == 0x0021:
        return 0x0800
    if protocol == 0x0057:
        return 0x86DD
    if protocol == 0x0281 or protocol == 0x0283:
        return 0x8847
    if protocol == 0x0031 and at + 2 <= end and data[at + 1] == 1:
        # Bridging control (RFC 3518): flags and padding, the kind of MAC (1: Ethernet), the frame.
        packet.network = at + 2
        return 0x6558
    return refuse(packet, verdicts.PPP + protocol)


@subkernel
def read_pppoe(data: Octets, packet: Record) -> int:
    """Read a PPPoE session header at ``packet.network``; see ``read_ppp``."""
    at = packet.network
    if at + 6 > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    if data[at] != 0x11 or data[at + 1] != 0:
        return refuse(packet, verdicts.ETHERTYPE + 0x8864)
    packet.network = at + 6
    return read_ppp(data, packet)
