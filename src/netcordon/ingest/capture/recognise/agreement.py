"""Protocols with weak headers: a second datagram has to continue the first.

The head of the latest datagram of each side is kept in the flow (``SIDE.head_a``, ``head_b``).
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32, be64, u8, wide
from netcordon.ingest.capture.recognise.device import has_port, is_coap, is_radius
from netcordon.ingest.capture.recognise.tunnel import is_vxlan

_RTP, _UTP, _WIREGUARD, _TFTP, _COAP, _STUN, _RADIUS, _VXLAN, _OPENVPN = (
    SERVICES.index(name)
    for name in (
        "rtp", "utp", "wireguard", "tftp", "coap", "stun", "radius", "vxlan", "openvpn",
    )
)  # fmt: skip
_RTP_STEP = 64
_RTP_TICKS = 50_000_000
_UTP_STATE = 0x21
_OPENVPN_SEEN = 120


@subkernel
def agreed_service(
    data: Octets, at: int, size: int, wire: int, flow: Record, me: Record, peer: Record
) -> int:
    """The service that a datagram and an earlier one of its flow prove together, or 0."""
    if size < 4:
        return 0
    if me.head_length >= 12 and _is_rtp(data, at, size, me):
        return _RTP
    if _is_utp(data, at, size, wire, peer):
        return _UTP
    if me.head_length >= 32 and _is_wireguard_data(data, at, size, wire, me):
        return _WIREGUARD
    if _is_classic_stun(data, at, size, wire, flow, peer):
        return _STUN
    if is_vxlan(data, at, size) and me.head_length > 21 and be64(data, at) == me.head_a:
        return _VXLAN
    if peer.head_length < 4:
        return 0
    if _is_file_block(data, at, wire, peer):
        return _TFTP
    if is_coap(data, at, size, wire) and _answers_coap(data, at, peer):
        return _COAP
    if is_radius(data, at, size, wire) and _answers_radius(data, at, peer):
        return _RADIUS
    return _OPENVPN if _names_session(data, at, size, peer) else 0


@subkernel
def _field(head: np.uint64, octet: int, count: int) -> int:
    """Octets of a remembered half head as a number."""
    return wide((head >> np.uint64(8 * (8 - octet - count))) & np.uint64((1 << (8 * count)) - 1))


@subkernel
def _is_rtp(data: Octets, at: int, size: int, me: Record) -> bool:
    """RFC 3550 section 5.1: same source, same type, and the next sequence number."""
    if size < 12 or u8(data, at) >> 6 != 2 or _field(me.head_a, 0, 1) >> 6 != 2:
        return False
    kind = u8(data, at + 1) & 0x7F
    if kind != _field(me.head_a, 1, 1) & 0x7F or 64 <= kind < 96:
        return False
    if be32(data, at + 8) == 0 or be32(data, at + 8) != _field(me.head_b, 0, 4):
        return False
    ticks = (be32(data, at + 4) - _field(me.head_a, 4, 4)) & 0xFFFFFFFF
    step = (be16(data, at + 2) - _field(me.head_a, 2, 2)) & 0xFFFF
    return 1 <= step <= _RTP_STEP and ticks < _RTP_TICKS


@subkernel
def _is_utp(data: Octets, at: int, size: int, wire: int, peer: Record) -> bool:
    """BEP 29: what one side sends is acknowledged by a bare header with its connection id."""
    if size < 20 or not _is_utp_head(be64(data, at), wire) or be32(data, at + 4) == 0:
        return False
    if not _is_utp_head(peer.head_a, wide(peer.head_length)):
        return False
    is_state = u8(data, at) == _UTP_STATE or _field(peer.head_a, 0, 1) == _UTP_STATE
    return is_state and abs(be16(data, at + 2) - _field(peer.head_a, 2, 2)) <= 1


@subkernel
def _is_utp_head(head: np.uint64, wire: int) -> bool:
    first, extension = _field(head, 0, 1), _field(head, 1, 1)
    if first & 15 != 1 or first >> 4 > 4 or extension > 3 or _field(head, 4, 4) == 0:
        return False
    return wire == 20 if first == _UTP_STATE and extension == 0 else wire >= 20


@subkernel
def _is_wireguard_data(data: Octets, at: int, size: int, wire: int, me: Record) -> bool:
    """Transport messages (whitepaper section 5.4.6): same receiver, a counter that rises."""
    if size < 16 or wire < 32 or wire % 16 or be64(data, at) != me.head_a:
        return False
    if be32(data, at) != 0x04000000 or be32(data, at + 4) == 0:
        return False
    before, now = 0, 0
    for i in range(7):
        before |= _field(me.head_b, i, 1) << (8 * i)
        now |= u8(data, at + 8 + i) << (8 * i)
    return before < now < before + 4096


@subkernel
def _is_classic_stun(
    data: Octets, at: int, size: int, wire: int, flow: Record, peer: Record
) -> bool:
    """STUN before its cookie (RFC 3489): a request on the port, or an answer to its id."""
    if size < 20 or be16(data, at + 2) + 20 != wire or not _has_attributes(data, at, size, wire):
        return False
    kind = be16(data, at)
    if kind == 1 and (has_port(flow, 3478) or has_port(flow, 3479)):
        return True
    if kind not in (0x0101, 0x0111) or peer.head_length < 20 or _field(peer.head_a, 0, 2) != 1:
        return False
    return be32(data, at + 4) == _field(peer.head_a, 4, 4) and be64(data, at + 8) == peer.head_b


@subkernel
def _has_attributes(data: Octets, at: int, size: int, wire: int) -> bool:
    start = at
    at += 20
    for _ in range(64):
        if at + 4 > start + size:
            break
        at += 4 + ((be16(data, at + 2) + 3) & ~3)
    return at == start + wire


@subkernel
def _is_file_block(data: Octets, at: int, wire: int, peer: Record) -> bool:
    """TFTP (RFC 1350): a block and its acknowledgement, in either order."""
    mine, block = be16(data, at), be16(data, at + 2)
    theirs, other = _field(peer.head_a, 0, 2), _field(peer.head_a, 2, 2)
    if mine == 4 and wire == 4:
        return theirs == 3 and block == other and block > 0
    return mine == 3 and wire > 4 and theirs == 4 and peer.head_length == 4 and block == other + 1


@subkernel
def _answers_coap(data: Octets, at: int, peer: Record) -> bool:
    """A response with the message id of a request, or the other way round."""
    if _field(peer.head_a, 0, 1) >> 6 != 1 or be16(data, at + 2) != _field(peer.head_a, 2, 2):
        return False
    asked, answered = _field(peer.head_a, 1, 1), u8(data, at + 1)
    kind = (u8(data, at) >> 4) & 3
    return 1 <= asked <= 7 and kind >= 2 and (answered == 0 or answered >> 5 in (2, 4, 5))


@subkernel
def _answers_radius(data: Octets, at: int, peer: Record) -> bool:
    """A reply with the identifier of a request of its kind."""
    asked, code = _field(peer.head_a, 0, 1), u8(data, at)
    if u8(data, at + 1) != _field(peer.head_a, 1, 1):
        return False
    if _field(peer.head_a, 2, 2) != peer.head_length:
        return False
    return (
        (asked == 1 and code in (2, 3, 11))
        or (asked == 4 and code == 5)
        or (asked == 40 and code in (41, 42))
        or (asked == 43 and code in (44, 45))
    )


@subkernel
def _names_session(data: Octets, at: int, size: int, peer: Record) -> bool:
    """OpenVPN acknowledges a reset by repeating the session id of its sender."""
    asked, first = _field(peer.head_a, 0, 1), u8(data, at)
    if asked not in (0x38, 0x40, 0x50) or first not in (0x40, 0x28, 0x20) or size < 22:
        return False
    session = (peer.head_a << np.uint64(8)) | (peer.head_b >> np.uint64(56))
    if session == 0:
        return False
    for i in range(9, min(size, _OPENVPN_SEEN) - 7):
        if be64(data, at + i) == session:
            return True
    return False
