"""DNS on any port, NetBIOS names and datagrams."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import be16, u8

_DNS, _NBNS, _NBDGM = (SERVICES.index(name) for name in ("dns", "nbns", "nbdgm"))
_MOST_LABELS = 128
_MOST_RECORDS = 200


@subkernel
def is_name_header(data: Octets, at: int, size: int) -> bool:
    """Whether twelve octets could head a DNS message, with no look at what follows."""
    if size < 12:
        return False
    total = 0
    for field in range(4):
        total += be16(data, at + 4 + 2 * field)
    return 0 < total <= _MOST_RECORDS


@subkernel
def name_service(data: Octets, at: int, size: int, wire: int) -> int:
    """DNS, NBNS or NetBIOS datagrams, or 0."""
    if size < 17:
        return 0
    if size >= 50 and be16(data, at + 4) <= 1 and _is_netbios_name(data, at + 12, at + size):
        return _NBNS if is_name_header(data, at, size) else 0
    if _is_netbios_datagram(data, at, size, wire):
        return _NBDGM
    return _DNS if _is_dns(data, at, size, wire) else 0


@subkernel
def _is_netbios_name(data: Octets, at: int, end: int) -> bool:
    """A first-level encoded name (RFC 1001 section 14.1)."""
    if at + 34 > end or u8(data, at) != 32:
        return False
    for i in range(32):
        if not 0x41 <= u8(data, at + 1 + i) <= 0x50:
            return False
    return True


@subkernel
def _is_netbios_datagram(data: Octets, at: int, size: int, wire: int) -> bool:
    """RFC 1002 section 4.4: type, length, then the encoded source name."""
    if size < 48 or not 0x10 <= u8(data, at) <= 0x12:
        return False
    return be16(data, at + 10) + 14 <= wire and _is_netbios_name(data, at + 14, at + size)


@subkernel
def skip_domain_name(data: Octets, at: int, end: int) -> int:
    """Offset behind a domain name (RFC 1035 section 4.1.4), or -1."""
    for _ in range(_MOST_LABELS):
        if at >= end:
            return -1
        length = u8(data, at)
        if length == 0:
            return at + 1
        if length >= 0xC0:
            return at + 2
        if length > 63:
            return -1
        at += 1 + length
    return -1


@subkernel
def _is_dns(data: Octets, at: int, size: int, wire: int) -> bool:
    """One question that parses, a shape that fits its header, and nothing left over."""
    flags = be16(data, at + 2)
    opcode = (flags >> 11) & 15
    if opcode not in (0, 1, 2, 4, 5) or flags & 0x40 or be16(data, at + 4) != 1:
        return False
    answers, authorities, additional = (
        be16(data, at + 6),
        be16(data, at + 8),
        be16(data, at + 10),
    )
    records = answers + authorities + additional
    if flags & 0x8000:
        if records > _MOST_RECORDS:
            return False
    elif flags & 0x0F or (opcode == 0 and answers + authorities > 0) or additional > 2:
        return False
    end = at + size
    at = skip_domain_name(data, at + 12, end)
    if at < 0 or at + 4 > end or not _is_question(be16(data, at), be16(data, at + 2)):
        return False
    at += 4
    for _ in range(records):
        if at >= end and size < wire:
            return True
        at = skip_domain_name(data, at, end)
        if at < 0 or at + 10 > end:
            return size < wire
        at += 10 + be16(data, at + 8)
    # A response cut off by its sender says so (TC) and may end anywhere.
    return at == end + wire - size or bool(flags & 0x8200 == 0x8200)


@subkernel
def _is_question(kind: int, class_: int) -> bool:
    is_kind = 1 <= kind <= 65 or 99 <= kind <= 109 or 249 <= kind <= 260 or 32768 <= kind <= 32769
    return is_kind and class_ in (1, 3, 4, 254, 255)
