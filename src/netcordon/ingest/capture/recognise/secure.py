"""WireGuard, OpenVPN, IKE and L2TP: private networks over UDP."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32, be64, u8

_WIREGUARD, _OPENVPN, _IKE, _L2TP = (
    SERVICES.index(name) for name in ("wireguard", "openvpn", "ike", "l2tp")
)
_ESP_PORT = 4500
_CLOCKS_DIFFER_S = 7 * 86_400


@subkernel
def secure_service(data: Octets, at: int, size: int, wire: int, flow: Record) -> int:
    """One of the four, or 0."""
    if size < 12:
        return 0
    if _is_wireguard(data, at, size, wire):
        return _WIREGUARD
    if size >= 28 and _is_ike(data, at, wire):
        return _IKE
    on_port = flow.src_port == _ESP_PORT or flow.dst_port == _ESP_PORT
    # RFC 3948: four zero octets tell IKE from ESP on its port.
    if on_port and size >= 32 and be32(data, at) == 0 and _is_ike(data, at + 4, wire - 4):
        return _IKE
    if _is_l2tp(data, at, size, wire):
        return _L2TP
    return _OPENVPN if _is_openvpn(data, at, size, wire, flow.end_ns // 1_000_000_000) else 0


@subkernel
def _is_wireguard(data: Octets, at: int, size: int, wire: int) -> bool:
    """Handshake messages have fixed sizes and a sender index (whitepaper section 5.4)."""
    kind = be32(data, at)
    if be32(data, at + 4) == 0:
        return False
    if kind == 0x01000000:
        return wire == 148
    return size >= 12 and (
        (kind == 0x02000000 and wire == 92) or (kind == 0x03000000 and wire == 64)
    )


@subkernel
def _is_ike(data: Octets, at: int, wire: int) -> bool:
    """RFC 7296 section 3.1 and RFC 2408 section 3.1; the length is the datagram's."""
    if be64(data, at) == 0 or be32(data, at + 24) != wire:
        return False
    version, exchange = u8(data, at + 17), u8(data, at + 18)
    if version >> 4 == 1:
        is_exchange = exchange <= 6 or 32 <= exchange <= 33
        return version & 15 == 0 and exchange > 0 and is_exchange and u8(data, at + 19) <= 7
    return version >> 4 == 2 and 34 <= exchange <= 44 and u8(data, at + 19) & 0xC7 == 0


@subkernel
def _is_l2tp(data: Octets, at: int, size: int, wire: int) -> bool:
    """A control message (RFC 2661 section 3.1): T, L, S set, exact length, then its type."""
    if be16(data, at) != 0xC802 or be16(data, at + 2) != wire:
        return False
    if wire == 12:
        return True  # acknowledgement without a message
    if size < 20:
        return False
    return (
        be16(data, at + 12) & 0x03FF == 8 and be32(data, at + 14) == 0 and be16(data, at + 18) < 30
    )


@subkernel
def _is_openvpn(data: Octets, at: int, size: int, wire: int, now_s: int) -> bool:
    """A reset that opens a session: plain, or signed with a packet id of 1 and the time."""
    first = u8(data, at)
    if first not in (0x38, 0x40, 0x50) or size < 14 or be64(data, at + 1) == 0:
        return False
    if wire == 14 and first == 0x38:
        return u8(data, at + 9) == 0 and be32(data, at + 10) == 0
    if wire == 26 and first == 0x40:
        return u8(data, at + 9) == 1 and be32(data, at + 22) == 0 if size >= 26 else False
    for tag in (0, 16, 20, 32, 64):
        behind = 9 + tag
        is_first = behind + 8 <= size and be32(data, at + behind) == 1
        if is_first and abs(be32(data, at + behind + 4) - now_s) < _CLOCKS_DIFFER_S:
            return True
    return False
