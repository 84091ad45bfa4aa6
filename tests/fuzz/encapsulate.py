"""An Ethernet frame's packet, or the whole frame, inside a tunnel or a tag."""

from __future__ import annotations

import struct
from collections.abc import Callable

_IPV4 = b"\x08\x00"


def _vlan(frame: bytes) -> bytes:
    return frame[:12] + b"\x81\x00\x00\x05" + frame[12:]


def _mpls(frame: bytes) -> bytes:
    return frame[:12] + b"\x88\x47\x00\x01\x01\x40" + frame[14:]


def _pppoe(frame: bytes) -> bytes:
    size = struct.pack(">H", len(frame) - 12 & 0xFFFF)
    return frame[:12] + b"\x88\x64\x11\x00\x00\x01" + size + b"\x00\x21" + frame[14:]


def _ipip(frame: bytes) -> bytes:
    return frame[:12] + _IPV4 + _ipv4(4, frame[14:])


def _six_in_four(frame: bytes) -> bytes:
    return frame[:12] + _IPV4 + _ipv4(41, frame[14:])


def _gre(frame: bytes) -> bytes:
    return frame[:12] + _IPV4 + _ipv4(47, b"\x00\x00" + frame[12:])


def _gre_with_all(frame: bytes) -> bytes:
    return frame[:12] + _IPV4 + _ipv4(47, b"\xb0\x00" + frame[12:14] + bytes(12) + frame[14:])


def _erspan(frame: bytes) -> bytes:
    return frame[:12] + _IPV4 + _ipv4(47, b"\x10\x00\x88\xbe\x00\x00\x00\x01" + bytes(8) + frame)


def _vxlan(frame: bytes) -> bytes:
    return frame[:12] + _IPV4 + _udp(4789, b"\x08\x00\x00\x00\x00\x00\x07\x00" + frame)


def _geneve(frame: bytes) -> bytes:
    return frame[:12] + _IPV4 + _udp(6081, b"\x00\x00\x65\x58\x00\x00\x07\x00" + frame)


def _gtp(frame: bytes) -> bytes:
    size = struct.pack(">H", len(frame) - 14 & 0xFFFF)
    return frame[:12] + _IPV4 + _udp(2152, b"\x30\xff" + size + b"\0\0\0\x01" + frame[14:])


def _teredo(frame: bytes) -> bytes:
    return frame[:12] + _IPV4 + _udp(3544, frame[14:])


def _udp(port: int, payload: bytes) -> bytes:
    return _ipv4(17, struct.pack(">HHHH", 40_000, port, 8 + len(payload) & 0xFFFF, 0) + payload)


def _ipv4(protocol: int, payload: bytes) -> bytes:
    size = 20 + len(payload) & 0xFFFF
    ends = b"\xc0\x00\x02\x01\xc0\x00\x02\x02"
    return struct.pack(">BBHHHBBH", 0x45, 0, size, 7, 0, 64, protocol, 0) + ends + payload


ENCAPSULATIONS: tuple[Callable[[bytes], bytes], ...] = (
    _vlan, _mpls, _pppoe, _ipip, _six_in_four, _gre, _gre_with_all, _erspan, _vxlan, _geneve, _gtp,
    _teredo,
)  # fmt: skip
