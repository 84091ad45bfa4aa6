"""Packets inside datagrams: GTP, VXLAN, GENEVE, Teredo."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32, u8
from netcordon.ingest.capture.recognise.device import has_port

_GTP, _VXLAN, _GENEVE, _TEREDO = (
    SERVICES.index(name) for name in ("gtp", "vxlan", "geneve", "teredo")
)
_TEREDO_PREFIX = 0x20010000


@subkernel
def tunnel_service(data: Octets, at: int, size: int, wire: int, flow: Record) -> int:
    """One of the four, or 0."""
    if size < 8:
        return 0
    if (has_port(flow, 2152) or has_port(flow, 2123) or has_port(flow, 3386)) and is_gtp(
        data, at, size, wire
    ):
        return _GTP
    if (has_port(flow, 4789) or has_port(flow, 8472)) and is_vxlan(data, at, size):
        return _VXLAN
    if has_port(flow, 6081) and _is_geneve(data, at, size):
        return _GENEVE
    return _TEREDO if _is_teredo(data, at, size, wire, flow) else 0


@subkernel
def is_gtp(data: Octets, at: int, size: int, wire: int) -> bool:
    """GTP version 1 (TS 29.060, 29.281) or 2 (TS 29.274): exact length and a known type."""
    if size < 8:
        return False
    first, kind, length = u8(data, at), u8(data, at + 1), be16(data, at + 2)
    if first >> 5 == 1 and first & 0x10:
        is_known = kind in (1, 2, 3, 26, 31, 253, 254, 255) or 16 <= kind <= 130
        return is_known and length + 8 == wire
    if first >> 5 == 2 and first & 7 == 0:
        is_known = 1 <= kind <= 3 or 25 <= kind <= 200
        return is_known and length + 4 == wire and bool(first & 8) == (kind > 3)
    return False


@subkernel
def is_vxlan(data: Octets, at: int, size: int) -> bool:
    """RFC 7348 section 5: one flag, reserved zeros, then an Ethernet frame of a known type."""
    if size < 22 or u8(data, at) & 0xF7 != 0 or u8(data, at) & 8 == 0:
        return False
    if u8(data, at + 7) != 0 or be16(data, at + 1) & 0xBFBF:
        return False
    return _is_ethertype(be16(data, at + 20))


@subkernel
def _is_geneve(data: Octets, at: int, size: int) -> bool:
    """RFC 8926 section 3.4: version 0, reserved zeros, a known protocol."""
    if size < 8 or u8(data, at) >> 6 or u8(data, at + 1) & 0x3F or u8(data, at + 7):
        return False
    return be16(data, at + 2) == 0x6558 or _is_ethertype(be16(data, at + 2))


@subkernel
def _is_ethertype(kind: int) -> bool:
    return kind in (0x0800, 0x0806, 0x86DD, 0x8100, 0x88A8, 0x8847)


@subkernel
def _is_teredo(data: Octets, at: int, size: int, wire: int, flow: Record) -> bool:
    """RFC 4380: indications, then an IPv6 packet of the exact length with a Teredo address."""
    end = at + size
    rest = wire
    if be16(data, at) == 1 and size >= 13:
        skip = 13 + u8(data, at + 2) + u8(data, at + 3)
        at, rest = at + skip, rest - skip
    if at + 8 <= end and be16(data, at) == 0:
        at, rest = at + 8, rest - 8
    if at + 40 > end or u8(data, at) >> 4 != 6 or be16(data, at + 4) + 40 != rest:
        return False
    if be32(data, at + 8) == _TEREDO_PREFIX or be32(data, at + 24) == _TEREDO_PREFIX:
        return True
    return has_port(flow, 3544) and be16(data, at + 8) == 0xFE80
