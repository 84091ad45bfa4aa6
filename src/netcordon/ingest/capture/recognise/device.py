"""NTP, TFTP, BACnet, RIP, NAT-PMP, ONC RPC, memcached, CoAP and RADIUS."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32, u8

_NTP, _BACNET, _RIP, _NATPMP, _PORTMAP, _NFS = (
    SERVICES.index(name) for name in ("ntp", "bacnet", "rip", "natpmp", "portmap", "nfs")
)
_COAP, _RADIUS = SERVICES.index("coap"), SERVICES.index("radius")
_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970."""


@subkernel
def has_port(flow: Record, port: int) -> bool:
    """Whether either end of a flow stands on a port."""
    return bool(flow.src_port == port or flow.dst_port == port)


@subkernel
def device_service(data: Octets, at: int, size: int, wire: int, flow: Record) -> int:
    """One of them, or 0."""
    if _is_ntp(data, at, size, wire, flow):
        return _NTP
    if _is_bacnet(data, at, size, wire):
        return _BACNET
    if has_port(flow, 520) and is_rip(data, at, size, wire):
        return _RIP
    if has_port(flow, 5351) and _is_nat_mapping(data, at, size, wire):
        return _NATPMP
    if (has_port(flow, 5683) or has_port(flow, 5684)) and is_coap(data, at, size, wire):
        return _COAP
    if _on_radius_port(flow) and is_radius(data, at, size, wire):
        return _RADIUS
    return _rpc_service(data, at, size)


@subkernel
def _is_ntp(data: Octets, at: int, size: int, wire: int, flow: Record) -> bool:
    """RFC 5905: version and mode, then timestamps a server sets, or the port and a sane header."""
    first = u8(data, at)
    version, mode = first >> 3 & 7, first & 7
    if not 1 <= version <= 4 or mode == 0:
        return False
    on_port = has_port(flow, 123)
    if mode == 6:
        rest = wire - 12
        count = be16(data, at + 10) if size >= 12 else -1
        return on_port and 0 <= count <= rest <= count + 3 + 24 and u8(data, at + 1) & 31 < 32
    if mode == 7:
        # xntpd's requests: implementation 0, 2 or 3, items of a fixed size.
        if not on_port or size < 8 or u8(data, at + 2) not in (0, 2, 3):
            return False
        items, each = be16(data, at + 4) & 0x0FFF, be16(data, at + 6) & 0x0FFF
        return 8 + items * each <= wire + 3
    if wire < 48 or wire % 4 or size < 48 or u8(data, at + 1) > 16:
        return False
    if on_port:
        return u8(data, at + 2) <= 17 or u8(data, at + 2) >= 0xFA
    received, sent = be32(data, at + 32), be32(data, at + 40)
    now = flow.end_ns // 1_000_000_000 + _NTP_EPOCH
    is_near = received > 0 and abs(sent - received) <= 1 and abs(sent - now) < 400 * 86_400
    return mode == 4 and wire <= 72 and is_near


@subkernel
def _is_bacnet(data: Octets, at: int, size: int, wire: int) -> bool:
    """BACnet/IP (ASHRAE 135 annex J): type, known function, exact length, then the NPDU version."""
    if size < 6 or u8(data, at) != 0x81 or u8(data, at + 1) > 11 or be16(data, at + 2) != wire:
        return False
    function = u8(data, at + 1)
    if function in (9, 10, 11):
        return u8(data, at + 4) == 1
    if function == 4:
        return size > 10 and u8(data, at + 10) == 1
    return wire in (4, 6, 4 + be16(data, at + 4)) or (wire - 4) % 10 == 0


@subkernel
def is_rip(data: Octets, at: int, size: int, wire: int) -> bool:
    """RFC 2453 section 3.6: entries of 20 octets with a family and a metric up to 16."""
    if size < 24 or (wire - 4) % 20 or wire > 504 or be16(data, at + 2) != 0:
        return False
    if not 1 <= u8(data, at) <= 2 or not 1 <= u8(data, at + 1) <= 2:
        return False
    return be16(data, at + 4) in (0, 2, 0xFFFF) and (
        be16(data, at + 4) == 0xFFFF or be32(data, at + 20) <= 16
    )


@subkernel
def _is_nat_mapping(data: Octets, at: int, size: int, wire: int) -> bool:
    """NAT-PMP (RFC 6886) and its successor PCP (RFC 6887)."""
    if size < 2:
        return False
    version, operation = u8(data, at), u8(data, at + 1)
    if version == 0:
        return (
            (operation == 0 and wire == 2)
            or (operation in (1, 2) and wire == 12)
            or (operation in (128, 129, 130) and wire in (12, 16))
        )
    return version == 2 and operation & 0x7F <= 3 and wire >= 24 and wire % 4 == 0


@subkernel
def _rpc_service(data: Octets, at: int, size: int) -> int:
    """Calls of ONC RPC version 2 (RFC 5531): the port mapper, NFS and its mount protocol."""
    if size < 40 or be32(data, at + 4) != 0 or be32(data, at + 8) != 2 or be32(data, at + 16) > 4:
        return 0
    program, procedure, flavour = be32(data, at + 12), be32(data, at + 20), be32(data, at + 24)
    if procedure > 40 or flavour > 6:
        return 0
    if program == 100000:
        return _PORTMAP
    return _NFS if program in (100003, 100005, 100021, 100024, 100227) else 0


@subkernel
def is_coap(data: Octets, at: int, size: int, wire: int) -> bool:
    """RFC 7252 section 3: header, token and options that parse to the end or the payload mark."""
    if size < 4 or u8(data, at) >> 6 != 1 or u8(data, at) & 15 > 8:
        return False
    code = u8(data, at + 1)
    group, detail = code >> 5, code & 31
    if not (code == 0 or (group == 0 and detail <= 7) or (group in (2, 4, 5) and detail <= 15)):
        return False
    if code == 0:
        return wire == 4
    end = at + size
    at += 4 + (u8(data, at) & 15)
    for _ in range(32):
        if at >= end:
            return at == end or size < wire
        if u8(data, at) == 0xFF:
            return at + 1 < end or size < wire
        delta, length = u8(data, at) >> 4, u8(data, at) & 15
        if delta == 15 or length == 15:
            return False
        at += 1 + (delta - 12 if delta > 12 else 0)
        if length > 12:
            if at + 1 >= end:
                return False
            length = u8(data, at) + 13 if length == 13 else be16(data, at) + 269
            at += 1 if length < 269 else 2
        at += length
    return False


@subkernel
def _on_radius_port(flow: Record) -> bool:
    return (
        has_port(flow, 1812)
        or has_port(flow, 1813)
        or has_port(flow, 1645)
        or has_port(flow, 1646)
        or has_port(flow, 3799)
    )


@subkernel
def is_radius(data: Octets, at: int, size: int, wire: int) -> bool:
    """RFC 2865 section 3: an exact length, and attributes that fill it."""
    if size < 20 or be16(data, at + 2) != wire:
        return False
    code = u8(data, at)
    if not (1 <= code <= 5 or 11 <= code <= 13 or 40 <= code <= 45):
        return False
    start = at
    at += 20
    for _ in range(256):
        if at + 2 > start + size:
            break
        length = u8(data, at + 1)
        if length < 2 or u8(data, at) == 0:
            return False
        at += length
    return at == start + wire if size == wire else at > start + 20
