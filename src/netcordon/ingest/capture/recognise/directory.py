"""SNMP, CLDAP, Kerberos and DHCP: messages in BER, and one with a cookie."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be32, u8

_SNMP, _CLDAP, _KERBEROS, _DHCP = (
    SERVICES.index(name) for name in ("snmp", "cldap", "kerberos", "dhcp")
)
_DHCP_COOKIE = 0x63825363
_CLDAP_PORT = 389


@subkernel
def directory_service(data: Octets, at: int, size: int, wire: int, flow: Record) -> int:
    """One of the four, or 0."""
    first = u8(data, at)
    if first == 0x30 and size >= 12:
        return _sequence(data, at, size, wire, flow)
    if first in (0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x7E) and size >= 12:
        return _KERBEROS if _is_kerberos(data, at, size, wire) else 0
    if 1 <= first <= 2 and size >= 244 and be32(data, at + 236) == _DHCP_COOKIE:
        return _DHCP
    return 0


@subkernel
def _behind_length(data: Octets, at: int, end: int) -> int:
    """Offset behind the BER length at ``at``, or -1."""
    if at >= end:
        return -1
    first = u8(data, at)
    octets = first & 0x7F if first & 0x80 else 0
    if first == 0x80 or octets > 4 or at + 1 + octets > end:
        return -1
    return at + 1 + octets


@subkernel
def _length(data: Octets, at: int) -> int:
    """The BER length at ``at``; ``_behind_length`` has checked it."""
    first = u8(data, at)
    if first < 0x80:
        return first
    value = 0
    for i in range(first & 0x7F):
        value = value << 8 | u8(data, at + 1 + i)
    return value


@subkernel
def _sequence(data: Octets, at: int, size: int, wire: int, flow: Record) -> int:
    """A SEQUENCE that fills the datagram and begins with an INTEGER: SNMP or LDAP."""
    end = at + size
    inner = _behind_length(data, at + 1, end)
    if inner < 0 or inner - at + _length(data, at + 1) != wire or inner + 3 > end:
        return 0
    if u8(data, inner) != 2 or not 1 <= u8(data, inner + 1) <= 4:
        return 0
    next_at = inner + 2 + u8(data, inner + 1)
    if next_at + 2 > end:
        return 0
    tag = u8(data, next_at)
    if u8(data, inner + 1) == 1 and u8(data, inner + 2) in (0, 1, 3) and tag in (4, 0x30):
        return _SNMP if _is_snmp(data, next_at, end, u8(data, inner + 2)) else 0
    is_ldap = tag in (0x63, 0x64, 0x65, 0x60, 0x61, 0x42)
    inside = _behind_length(data, next_at + 1, end)
    if not is_ldap or inside < 0 or inside - at + _length(data, next_at + 1) > wire:
        return 0
    if tag in (0x63, 0x64):
        # A search and its entry begin with a name.
        return _CLDAP if inside < end and u8(data, inside) == 4 else 0
    return _CLDAP if flow.src_port == _CLDAP_PORT or flow.dst_port == _CLDAP_PORT else 0


@subkernel
def _is_snmp(data: Octets, at: int, end: int, version: int) -> bool:
    """Community and PDU (RFC 1157, RFC 1905), or the header of version 3 (RFC 3412)."""
    inside = _behind_length(data, at + 1, end)
    if inside < 0:
        return False
    if version == 3:
        return u8(data, at) == 0x30 and inside < end and u8(data, inside) == 2
    behind = inside + _length(data, at + 1)
    if u8(data, at) != 4 or behind + 2 > end or not 0xA0 <= u8(data, behind) <= 0xA8:
        return False
    pdu = _behind_length(data, behind + 1, end)
    return 0 <= pdu < end and u8(data, pdu) in (2, 6)


@subkernel
def _is_kerberos(data: Octets, at: int, size: int, wire: int) -> bool:
    """APPLICATION tag, SEQUENCE, then the version 5 in its context tag (RFC 4120)."""
    end = at + size
    inner = _behind_length(data, at + 1, end)
    if inner < 0 or inner - at + _length(data, at + 1) != wire or inner + 2 > end:
        return False
    inside = _behind_length(data, inner + 1, end)
    if u8(data, inner) != 0x30 or inside < 0 or inside + 5 > end:
        return False
    return u8(data, inside) in (0xA0, 0xA1) and be32(data, inside + 1) == 0x03020105
