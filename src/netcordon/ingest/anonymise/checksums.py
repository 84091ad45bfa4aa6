"""Checksums of the Internet (RFC 1071), made right again."""

from __future__ import annotations

import struct


def ones_sum(data: bytes | bytearray | memoryview) -> int:
    """Sum of 16-bit words in one's complement; an odd octet is padded with zero."""
    if len(data) % 2:
        data = bytes(data) + b"\0"
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum(data: bytes | bytearray | memoryview, start: int = 0) -> int:
    """The checksum of data in which its own field is zero."""
    total = ones_sum(data) + start
    total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo_header(src: bytes, dst: bytes, protocol: int, length: int) -> int:
    """Sum of what TCP, UDP and ICMPv6 count besides themselves (RFC 9293, 3.1; RFC 8200, 8.1)."""
    return ones_sum(src + dst + struct.pack(">II", length, protocol))
