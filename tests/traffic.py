"""Packets made by hand, for tests that need to know every byte they feed in."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
START_US = 1_790_000_000 * 1_000_000


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(payload: bytes, kind: int = 0x0800, *, src: str = "02:00:00:00:00:01",
             dst: str = "02:00:00:00:00:02") -> bytes:  # fmt: skip
    """An Ethernet frame."""
    return _mac(dst) + _mac(src) + struct.pack(">H", kind) + payload


def ip(
    src: str, dst: str, protocol: int, payload: bytes, *, ttl: int = 64, ident: int = 1
) -> bytes:
    """An IPv4 or IPv6 packet, by the family of ``src``."""
    a, b = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if a.version == 6:
        head = struct.pack(">IHBB", 6 << 28, len(payload), protocol, ttl)
        return head + a.packed + b.packed + payload
    head = struct.pack(
        ">BBHHHBBH", 0x45, 0, 20 + len(payload), ident & 0xFFFF, 0x4000, ttl, protocol, 0
    )
    head += a.packed + b.packed
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def tcp(sport: int, dport: int, seq: int, ack: int, flags: int, payload: bytes = b"") -> bytes:
    """A TCP segment (checksum zero: nobody below checks it)."""
    numbers = (sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF)
    return struct.pack(">HHIIBBHHH", *numbers, 5 << 4, flags, 64240, 0, 0) + payload


def udp(sport: int, dport: int, payload: bytes) -> bytes:
    """A UDP datagram."""
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def dns_query(name: bytes | Iterable[bytes], qtype: int = 1, ident: int = 7) -> bytes:
    """A DNS question; ``name`` as dotted text or as labels of any bytes."""
    labels = name.split(b".") if isinstance(name, bytes) else list(name)
    wire = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack(">6H", ident, 0x0100, 1, 0, 0, 0) + wire + struct.pack(">HH", qtype, 1)


def client_hello(server_name: bytes) -> bytes:
    """A TLS 1.2 record with a ClientHello for ``server_name``."""
    entry = b"\0" + struct.pack(">H", len(server_name)) + server_name
    sni = struct.pack(">H", len(entry)) + entry
    extensions = struct.pack(">HH", 0, len(sni)) + sni
    body = b"\x03\x03" + bytes(32) + b"\0" + struct.pack(">H", 4) + b"\xc0\x2f\xc0\x30" + b"\x01\0"
    body += struct.pack(">H", len(extensions)) + extensions
    hello = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack(">H", len(hello)) + hello


@dataclass
class Recording:
    """A capture in the making: frames with their times (microseconds since 1970)."""

    frames: list[tuple[int, bytes]] = field(default_factory=list)
    now_us: int = START_US

    def add(self, frame: bytes, *, after_us: int = 1000) -> None:
        """One frame, some time after the last."""
        self.now_us += after_us
        self.frames.append((self.now_us, frame))

    def datagram(self, src: str, dst: str, sport: int, dport: int, payload: bytes) -> None:
        """One UDP datagram."""
        packet = ip(src, dst, 17, udp(sport, dport, payload), ident=len(self.frames))
        self.add(ethernet(packet, 0x86DD if ":" in src else 0x0800))

    def session(self, src: str, dst: str, sport: int, dport: int,
                turns: Iterable[tuple[bool, bytes]], *, mss: int = 1400) -> None:  # fmt: skip
        """A whole TCP connection; each turn says whether the client speaks, and what."""
        for packet in _connection(src, dst, sport, dport, turns, mss):
            self.add(ethernet(packet, 0x86DD if ":" in src else 0x0800))

    def pcap(self, *, snaplen: int = 262_144) -> bytes:
        """The recording as a little-endian microsecond pcap of Ethernet frames."""
        parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, 1)]
        for time_us, frame in self.frames:
            kept = frame[:snaplen]
            parts.append(
                struct.pack("<IIII", time_us // 10**6, time_us % 10**6, len(kept), len(frame))
            )
            parts.append(kept)
        return b"".join(parts)


@dataclass
class Connection:
    """A TCP connection in a recording that is built turn by turn, beside others."""

    recording: Recording
    src: str
    dst: str
    sport: int
    dport: int
    mss: int = 1400
    _numbers: list[int] = field(default_factory=lambda: [1000, 5000])

    def open(self) -> Connection:
        """The handshake."""
        self._send(0, SYN, ack=0)
        self._numbers[0] += 1
        self._send(1, SYN | ACK)
        self._numbers[1] += 1
        self._send(0, ACK)
        return self

    def client(self, data: bytes) -> Connection:
        """The client speaks."""
        return self._say(0, data)

    def server(self, data: bytes) -> Connection:
        """The server speaks."""
        return self._say(1, data)

    def close(self, *, by: int = 0) -> Connection:
        """Both ends close; ``by`` says who does first (1: the server)."""
        for side in (by, 1 - by):
            self._send(side, FIN | ACK)
            self._numbers[side] += 1
        self._send(by, ACK)
        return self

    def _say(self, side: int, data: bytes) -> Connection:
        for start in range(0, len(data), self.mss):
            piece = data[start : start + self.mss]
            self._send(side, PSH | ACK, piece)
            self._numbers[side] += len(piece)
            self._send(1 - side, ACK)
        return self

    def _send(self, side: int, flags: int, data: bytes = b"", *, ack: int | None = None) -> None:
        ends, ports = (self.src, self.dst), (self.sport, self.dport)
        sequence = self._numbers[side]
        acknowledged = self._numbers[1 - side] if ack is None else ack
        segment = tcp(ports[side], ports[1 - side], sequence, acknowledged, flags, data)
        packet = ip(ends[side], ends[1 - side], 6, segment)
        self.recording.add(ethernet(packet, 0x86DD if ":" in self.src else 0x0800))


def _connection(
    src: str, dst: str, sport: int, dport: int, turns: Iterable[tuple[bool, bytes]], mss: int
) -> Iterator[bytes]:
    seq, ack = 1000, 5000

    def out(flags: int, data: bytes = b"") -> bytes:
        return ip(src, dst, 6, tcp(sport, dport, seq, ack, flags, data))

    def back(flags: int, data: bytes = b"") -> bytes:
        return ip(dst, src, 6, tcp(dport, sport, ack, seq, flags, data))

    yield ip(src, dst, 6, tcp(sport, dport, seq, 0, SYN))
    seq += 1
    yield back(SYN | ACK)
    ack += 1
    yield out(ACK)
    for from_client, data in turns:
        for start in range(0, len(data), mss):
            piece = data[start : start + mss]
            if from_client:
                yield out(PSH | ACK, piece)
                seq += len(piece)
                yield back(ACK)
            else:
                yield back(PSH | ACK, piece)
                ack += len(piece)
                yield out(ACK)
    yield out(FIN | ACK)
    seq += 1
    yield back(FIN | ACK)
    ack += 1
    yield out(ACK)


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
