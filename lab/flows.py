"""Groups the packets of a capture into flows, so that the truth can name them.

It is small on purpose and independent of netcordon's own decoder: the truth must not be written by
what it judges.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lab.capture_file import frames

PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6", 2: "igmp"}
UDP_IDLE_S = 60.0
SYN, ACK, FIN, RST = 0x02, 0x10, 0x01, 0x04


@dataclass(frozen=True)
class Packet:
    """One IP packet. For ICMP, type and code stand in `src_port` and `dst_port`, as in Zeek."""

    time: float
    protocol: str
    src_ip: str
    src_port: int
    dst_ip: str
    dst_port: int
    ip_bytes: int
    flags: int = 0
    query: str = ""


@dataclass
class Flow:
    """One conversation; `src` is who began it."""

    protocol: str
    src_ip: str
    src_port: int
    dst_ip: str
    dst_port: int
    first: float
    last: float
    packets: int = 0
    ip_bytes: int = 0
    queries: set[str] = field(default_factory=set)
    closed: bool = False


def packets(path: Path) -> Iterator[Packet]:
    """The IP packets of a capture."""
    for time, frame, _ in frames(path):
        kind = int.from_bytes(frame[12:14], "big")
        if kind == 0x0800:
            length, total = (frame[14] & 15) * 4, int.from_bytes(frame[16:18], "big")
            ends, number = (frame[26:30], frame[30:34]), frame[23]
            body = frame[14 + length : 14 + total]
        elif kind == 0x86DD:
            total = 40 + int.from_bytes(frame[18:20], "big")
            ends, number, body = (frame[22:38], frame[38:54]), frame[20], frame[54 : 14 + total]
        else:
            continue
        yield _packet(time, total, number, ends, body)


def _packet(time: float, total: int, number: int, ends: tuple[bytes, bytes], body: bytes) -> Packet:
    src, dst = (str(ipaddress.ip_address(end)) for end in ends)
    protocol = PROTOCOLS.get(number, str(number))
    if number in (6, 17) and len(body) >= 8:
        sport, dport = struct.unpack("!HH", body[:4])
        flags = body[13] if number == 6 and len(body) > 13 else 0
        name = query_name(body[8:]) if number == 17 and 53 in (sport, dport) else ""
        return Packet(time, protocol, src, sport, dst, dport, total, flags, name)
    if number in (1, 58) and len(body) >= 2:
        return Packet(time, protocol, src, body[0], dst, body[1], total)
    return Packet(time, protocol, src, 0, dst, 0, total)


def query_name(message: bytes) -> str:
    """The first question's name in lower case; bytes that are no text become escapes."""
    labels, at = [], 12
    while at < len(message) and (size := message[at]) and size < 64:
        labels.append(message[at + 1 : at + 1 + size].decode("ascii", "backslashreplace").lower())
        at += 1 + size
    return ".".join(labels)


def _key(packet: Packet) -> tuple[object, ...]:
    """The same for both directions; echo request and reply belong together."""
    if packet.protocol in ("icmp", "icmp6"):
        echo = packet.src_port in (0, 8, 128, 129)
        pair = (
            tuple(sorted((packet.src_ip, packet.dst_ip)))
            if echo
            else (packet.src_ip, packet.dst_ip)
        )
        return (packet.protocol, pair, "echo" if echo else (packet.src_port, packet.dst_port))
    ends = sorted([(packet.src_ip, packet.src_port), (packet.dst_ip, packet.dst_port)])
    return (packet.protocol, *ends)


def flows(path: Path) -> list[Flow]:
    """All flows of a capture, in order of their first packet.

    A TCP five-tuple used again after its end (FIN or RST, then a new SYN) is a new flow; so is UDP
    or ICMP after a silent minute.
    """
    found: list[Flow] = []
    current: dict[tuple[object, ...], Flow] = {}
    for packet in packets(path):
        key = _key(packet)
        flow = current.get(key)
        if flow is not None:
            opening = packet.protocol == "tcp" and packet.flags & (SYN | ACK) == SYN
            stale = packet.protocol != "tcp" and packet.time - flow.last > UDP_IDLE_S
            if (opening and flow.closed) or stale:
                flow = None
        if flow is None:
            flow = Flow(
                packet.protocol,
                packet.src_ip,
                packet.src_port,
                packet.dst_ip,
                packet.dst_port,
                packet.time,
                packet.time,
            )
            current[key] = flow
            found.append(flow)
        flow.last = packet.time
        flow.packets += 1
        flow.ip_bytes += packet.ip_bytes
        flow.closed = flow.closed or bool(packet.flags & (FIN | RST))
        if packet.query:
            flow.queries.add(packet.query)
    return found
