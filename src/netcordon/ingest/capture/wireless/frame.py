"""802.11 MAC frames (IEEE 802.11-2020, 9.2 and 9.3): data frames down to their LLC header."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be48, u16, wide
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.ethernet import follow, read_llc
from netcordon.ingest.capture.packet.verdicts import refuse
from netcordon.ingest.capture.wireless.radio import HAS_CHECK, IS_BAD, IS_PADDED, read_radio

MANAGEMENT, CONTROL, DATA = 0, 1, 2
TO_DS, FROM_DS, MORE_FRAGMENTS, PROTECTED, ORDER = 0x0100, 0x0200, 0x0400, 0x4000, 0x8000
_NULL, _QOS = 0x40, 0x80
_CHECK_BYTES = 4


@subkernel
def read_wireless(data: Octets, packet: Record) -> int:
    """Fill the packet's link fields; return the EtherType, or -1 when refused."""
    at, flags, _, _ = read_radio(data, packet)
    if at < 0 or at + 2 > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    control = u16(data, at, False)
    kind = (control >> 2) & 3
    if control & 3 or kind > DATA:
        return refuse(packet, verdicts.WIFI_OTHER)
    if flags & IS_BAD:
        return refuse(packet, verdicts.WIFI_BAD_CHECK)
    if kind != DATA:
        is_control = kind == CONTROL
        return refuse(packet, verdicts.WIFI_CONTROL if is_control else verdicts.WIFI_MANAGEMENT)
    if control & _NULL:
        return refuse(packet, verdicts.WIFI_WITHOUT_DATA)
    if at + 24 > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    if control & PROTECTED:
        return refuse(packet, verdicts.WIFI_PROTECTED)
    if control & MORE_FRAGMENTS or data[at + 22] & 0x0F:
        return refuse(packet, verdicts.WIFI_FRAGMENT)
    to_ds, from_ds = control & TO_DS != 0, control & FROM_DS != 0
    body = body_of(at, control, flags)
    if body > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    packet.dst_mac = be48(data, at + 16) if to_ds else be48(data, at + 4)
    if not from_ds:
        packet.src_mac = be48(data, at + 10)
    else:
        packet.src_mac = be48(data, at + 24) if to_ds else be48(data, at + 16)
    packet.network = body
    if is_aggregate(data, at, control):
        return read_part(data, packet, body)
    return _below_llc(data, packet)


@subkernel
def body_of(at: int, control: int, flags: int) -> int:
    """Offset of the body of the data frame at ``at``."""
    size = 24
    if control & TO_DS and control & FROM_DS:
        size += 6
    if control & _QOS:
        size += 2
        if control & ORDER:
            size += 4
    if flags & IS_PADDED:
        size = (size + 3) & ~3
    return at + size


@subkernel
def is_aggregate(data: Octets, at: int, control: int) -> bool:
    """Whether a data frame (header captured) holds several: an A-MSDU."""
    if not control & _QOS:
        return False
    return bool(data[at + (30 if control & TO_DS and control & FROM_DS else 24)] & 0x80)


@subkernel
def read_part(data: Octets, packet: Record, at: int) -> int:
    """Read a subframe of an A-MSDU at ``at``: addresses, a length, then LLC."""
    if at + 14 > packet.end:
        return refuse(packet, verdicts.TRUNCATED_LINK)
    packet.dst_mac = be48(data, at)
    packet.src_mac = be48(data, at + 6)
    packet.network = at + 14
    return _below_llc(data, packet)


@subkernel
def _below_llc(data: Octets, packet: Record) -> int:
    ether_type = read_llc(data, packet)
    return ether_type if ether_type < 0 else follow(data, packet, ether_type)


@subkernel
def end_of(packet: Record, flags: int) -> int:
    """Behind the last octet of the frame's body that was captured."""
    is_cut = packet.end - packet.offset < packet.wire_length
    return wide(packet.end) - (_CHECK_BYTES if flags & HAS_CHECK and not is_cut else 0)
