"""Probe packets: one for each direction of a flow, with a number inside that survives translation.

Formats: RFC 791, 8200 (IP), 9293 (TCP), 768 (UDP), 792, 4443 (ICMP).
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass

MARK = b"NCRD"
"""Stands before the number in the payload."""

SYN, SYN_ACK, PSH_ACK = 0x02, 0x12, 0x18
_PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "icmp6": 58}
_ECHO = {"icmp": (8, 0), "icmp6": (128, 129)}
"""Request and reply."""


@dataclass(frozen=True)
class Packet:
    """What a probe says.

    Attributes:
        src: sender; ``dst``: receiver, of one family.
        sport: port of the sender, or the identifier of an echo.
        flags: of TCP; for an echo, whether it is a reply (``SYN_ACK``).
        number: of the probe, below 2^32.
    """

    src: str
    dst: str
    protocol: str
    sport: int
    dport: int
    flags: int
    number: int


def frame(packet: Packet, to_mac: bytes, from_mac: bytes) -> bytes:
    """The packet on Ethernet, with right lengths and checksums."""
    src, dst = ipaddress.ip_address(packet.src), ipaddress.ip_address(packet.dst)
    number = _PROTOCOLS.get(packet.protocol) or int(packet.protocol)
    payload = MARK + struct.pack("!I", packet.number)
    upper = _upper(packet, payload)
    if packet.protocol != "icmp" and packet.protocol in _PROTOCOLS:
        pseudo = src.packed + dst.packed + struct.pack("!II", len(upper), number)
        upper = _with_checksum(packet.protocol, upper, pseudo)
    elif packet.protocol == "icmp":
        upper = _with_checksum("icmp", upper, b"")
    if src.version == 4:
        head = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 20 + len(upper), packet.number & 0xFFFF, 0x4000, 60, number,
            0, src.packed, dst.packed,
        )  # fmt: skip
        head = head[:10] + struct.pack("!H", _checksum(head)) + head[12:]
        return to_mac + from_mac + b"\x08\x00" + head + upper
    head = struct.pack("!IHBB", 0x6000_0000, len(upper), number, 60) + src.packed + dst.packed
    return to_mac + from_mac + b"\x86\xdd" + head + upper


def _upper(packet: Packet, payload: bytes) -> bytes:
    if packet.protocol == "tcp":
        ack = 1 if packet.flags & 0x10 else 0
        return struct.pack(
            "!HHIIBBHHH", packet.sport, packet.dport, 1000 + bool(packet.flags & 0x08), ack * 1009,
            0x50, packet.flags, 64_240, 0, 0,
        ) + payload  # fmt: skip
    if packet.protocol == "udp":
        return struct.pack("!HHHH", packet.sport, packet.dport, 8 + len(payload), 0) + payload
    if packet.protocol in _ECHO:
        kind = _ECHO[packet.protocol][packet.flags == SYN_ACK]
        identifier = packet.dport if packet.flags == SYN_ACK else packet.sport
        return struct.pack("!BBHHH", kind, 0, 0, identifier, 1) + payload
    return payload


_CHECKSUM_AT = {"tcp": 16, "udp": 6, "icmp": 2, "icmp6": 2}


def _with_checksum(protocol: str, upper: bytes, pseudo: bytes) -> bytes:
    at = _CHECKSUM_AT[protocol]
    # Zero means "no checksum" in UDP, and is the same number in the others (RFC 768).
    found = _checksum(pseudo + upper) or 0xFFFF
    return upper[:at] + struct.pack("!H", found) + upper[at + 2 :]


def _checksum(data: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return int(~(total + (total >> 16)) & 0xFFFF)


def number_of(received: bytes) -> int | None:
    """Number of a probe that came through; ``None`` for any other frame."""
    at = received.rfind(MARK)
    if at < 14 or at + 8 > len(received):
        return None
    return int(struct.unpack_from("!I", received, at + 4)[0])


def ends_of(received: bytes) -> tuple[str, int, str, int]:
    """Sender and receiver of a probe as it came through, which translation may have changed.

    Returns:
        Source, its port, destination, its port; ports are 0 where there are none, and the
        identifier of an echo stands as the source's port.
    """
    is_ipv4 = received[12:14] == b"\x08\x00"
    if is_ipv4:
        protocol, upper = received[23], 34
        src, dst = received[26:30], received[30:34]
    else:
        protocol, upper = received[20], 54
        src, dst = received[22:38], received[38:54]
    sport = dport = 0
    if protocol in (6, 17):
        sport, dport = struct.unpack_from("!HH", received, upper)
    elif protocol in (1, 58):
        (sport,) = struct.unpack_from("!H", received, upper + 4)
    return str(ipaddress.ip_address(src)), sport, str(ipaddress.ip_address(dst)), dport
