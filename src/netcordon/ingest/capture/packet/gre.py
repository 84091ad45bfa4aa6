"""GRE (RFC 2784, 2890), PPTP's enhanced form (RFC 2637), NVGRE (RFC 7637), ERSPAN I to III."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32
from netcordon.ingest.capture.packet.ethernet import ETHERNET, IPV4, PPP
from netcordon.ingest.capture.packet.tunnels import ERSPAN, NVGRE, PPTP, begin_inner

_CHECKSUM, _ROUTING, _KEY, _SEQUENCE, _ACKNOWLEDGMENT = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
_ERSPAN_2, _ERSPAN_3, _REDIRECT = 0x88BE, 0x22EB, 0x883E


@subkernel
def read_gre(data: Octets, packet: Record, inner: Record, at: int, via: int) -> int:
    """EtherType of what GRE at ``at`` carries, or -1."""
    end = packet.end
    if at + 4 > end:
        return -1
    flags = be16(data, at)
    kind = be16(data, at + 2)
    version = flags & 7
    if version > 1 or flags & _ROUTING:
        return -1
    key_at = at + 4 + (4 if flags & _CHECKSUM else 0)
    start = key_at + (4 if flags & _KEY else 0) + (4 if flags & _SEQUENCE else 0)
    if version == 1:
        start += 4 if flags & _ACKNOWLEDGMENT else 0
        # Without a sequence number it is a mere acknowledgment.
        if kind != PPP or not flags & _SEQUENCE:
            return -1
        begin_inner(packet, inner, start, PPTP, 0)
        return PPP
    if start + 4 > end:
        return -1
    if kind in (_ERSPAN_2, _ERSPAN_3):
        return _read_mirrored(data, packet, inner, start, kind, flags & _SEQUENCE != 0)
    if kind == ETHERNET and flags & _KEY:
        begin_inner(packet, inner, start, NVGRE, be32(data, key_at) >> 8)
        return ETHERNET
    if kind == _REDIRECT:
        # WCCP version 2 puts four octets in front of the packet, version 1 none.
        start += 0 if (data[start] >> 4) == 4 else 4
        kind = IPV4
    begin_inner(packet, inner, start, via, 0)
    return kind


@subkernel
def _read_mirrored(
    data: Octets, packet: Record, inner: Record, at: int, kind: int, has_sequence: bool
) -> int:
    """ERSPAN: type I has no header of its own, II has 8 octets, III 12 and perhaps 8 more."""
    session = 0
    if kind == _ERSPAN_3:
        if at + 12 > packet.end or (data[at] >> 4) != 2:
            return -1
        session = be16(data, at + 2) & 0x3FF
        at += 20 if data[at + 11] & 1 else 12
    elif has_sequence:
        if (data[at] >> 4) != 1:
            return -1
        session = be16(data, at + 2) & 0x3FF
        at += 8
    begin_inner(packet, inner, at, ERSPAN, session)
    return ETHERNET
