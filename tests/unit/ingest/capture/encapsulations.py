"""Headers of tunnels and labels made by hand, from the pictures in their RFCs."""

from __future__ import annotations

import struct

from .packets import ipv4, ipv6, udp

R1, R2 = "198.51.100.1", "198.51.100.2"
V6_1, V6_2 = "2001:db8::1", "2001:db8::2"


def gre(payload: bytes, kind: int = 0x0800, *, checksum: bool = False, key: int | None = None,
        sequence: int | None = None) -> bytes:  # fmt: skip
    """GRE of RFC 2890."""
    flags = checksum << 15 | (key is not None) << 13 | (sequence is not None) << 12
    head = struct.pack(">HH", flags, kind) + b"\0\0\0\0" * checksum
    for word in (key, sequence):
        head += b"" if word is None else struct.pack(">I", word)
    return head + payload


def pptp(payload: bytes, acknowledgment: bool = False) -> bytes:
    """Enhanced GRE of RFC 2637 with a sequence number."""
    head = struct.pack(">HHHHI", 0x3001 | acknowledgment << 7, 0x880B, len(payload), 7, 1)
    return head + b"\0\0\0\5" * acknowledgment + payload


def vxlan(frame: bytes, network: int = 42) -> bytes:
    """RFC 7348."""
    return struct.pack(">II", 0x08000000, network << 8) + frame


def geneve(payload: bytes, kind: int = 0x6558, options: bytes = b"") -> bytes:
    """RFC 8926."""
    return struct.pack(">BBHI", len(options) // 4, 0, kind, 42 << 8) + options + payload


def gtp(packet: bytes, *, extensions: bytes = b"", has_sequence: bool = False) -> bytes:
    """GTP-U (3GPP TS 29.281); ``extensions`` begin with the type of the first."""
    rest = b""
    if extensions or has_sequence:
        rest = struct.pack(">HB", 1, 0) + (extensions or b"\0")
    flags = 0x30 | bool(extensions) << 2 | has_sequence << 1
    return struct.pack(">BBHI", flags, 255, len(rest) + len(packet), 0x1234) + rest + packet


def l2tp(payload: bytes) -> bytes:
    """Data of RFC 2661 with a length."""
    return struct.pack(">HHHH", 0x4002, 8 + len(payload), 1, 2) + payload


def lisp(packet: bytes, instance: int | None = None) -> bytes:
    """RFC 9300 section 5.3, with a nonce, and the instance that was given."""
    flags = 0x80 if instance is None else 0x88
    return struct.pack(">II", flags << 24 | 0x123456, (instance or 0) << 8) + packet


def capwap(frame: bytes, *, is_native: bool = False, binding: int = 1, options: bytes = b"",
           flags: int = 0) -> bytes:  # fmt: skip
    """Data of RFC 5415 section 4.3; ``options`` are the optional fields of its header."""
    words = (8 + len(options)) // 4
    bits = words << 19 | 1 << 14 | binding << 9 | is_native << 8 | flags
    return struct.pack(">II", bits, 0) + options + frame


def tzsp(frame: bytes, kind: int = 1, tags: bytes = b"") -> bytes:
    """A packet that was heard; ``tags`` stand before the last one."""
    return struct.pack(">BBH", 1, 0, kind) + tags + b"\x01" + frame


def wifi(packet: bytes, kind: int = 0x0800) -> bytes:
    """An 802.11 data frame to the distribution system, with SNAP."""
    head = b"\x08\x01" + bytes(2) + bytes(range(18)) + bytes(2)
    return head + b"\xaa\xaa\x03\0\0\0" + struct.pack(">H", kind) + packet


def over_udp(payload: bytes, dport: int, src: str = R1, dst: str = R2, sport: int = 50505) -> bytes:
    """A datagram between two tunnel ends."""
    return ipv4(udp(sport, dport, payload), 17, src, dst)


def over_ip(payload: bytes, protocol: int, src: str = R1, dst: str = R2) -> bytes:
    """An IPv4 packet between two tunnel ends."""
    return ipv4(payload, protocol, src, dst)


def over_ip6(payload: bytes, protocol: int) -> bytes:
    """An IPv6 packet between two tunnel ends."""
    return ipv6(payload, protocol, V6_1, V6_2)
