"""Packets and captures made by hand, and a decoder run over them in memory."""

from __future__ import annotations

import io
import ipaddress
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from netcordon.ingest.capture.decode import Application, decode
from netcordon.ingest.capture.events import FEEDBACK
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.model.parser import ParseResult
from netcordon.settings import DecodeLimits

A, B = "10.0.0.1", "192.0.2.7"
MAC_A, MAC_B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
START_S = 1_700_000_000


def checksum(data: bytes) -> int:
    """Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def eth(payload: bytes, kind: int = 0x0800, src: str = MAC_A, dst: str = MAC_B) -> bytes:
    """Ethernet II."""
    head = bytes.fromhex((dst + src).replace(":", ""))
    return head + struct.pack(">H", kind) + payload


def ipv4(
    payload: bytes, protocol: int, src: str = A, dst: str = B, *, ttl: int = 64, number: int = 0,
    fragment: int = 0, options: bytes = b"", length: int | None = None,
) -> bytes:  # fmt: skip
    """IPv4 with a sound header checksum; ``fragment`` is the flags and offset field."""
    size = 20 + len(options)
    total = size + len(payload) if length is None else length
    head = struct.pack(
        ">BBHHHBBH4s4s", 0x40 | size // 4, 0, total, number, fragment, ttl, protocol, 0,
        ipaddress.IPv4Address(src).packed, ipaddress.IPv4Address(dst).packed,
    )  # fmt: skip
    head += options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(payload: bytes, following: int, src: str, dst: str, hops: int = 64) -> bytes:
    """IPv6; extension headers are part of ``payload``."""
    head = struct.pack(">IHBB", 6 << 28, len(payload), following, hops)
    return head + ipaddress.IPv6Address(src).packed + ipaddress.IPv6Address(dst).packed + payload


def tcp(
    sport: int, dport: int, flags: int, seq: int = 0, ack: int = 0, payload: bytes = b"",
    window: int = 1024, options: bytes = b"",
) -> bytes:  # fmt: skip
    """TCP without a checksum."""
    offset = (20 + len(options)) // 4 << 4
    return (
        struct.pack(
            ">HHIIBBHHH",
            sport,
            dport,
            seq & 0xFFFFFFFF,
            ack & 0xFFFFFFFF,
            offset,
            flags,
            window,
            0,
            0,
        )
        + options
        + payload
    )


def udp(sport: int, dport: int, payload: bytes = b"", length: int | None = None) -> bytes:
    """UDP without a checksum."""
    size = 8 + len(payload) if length is None else length
    return struct.pack(">HHHH", sport, dport, size, 0) + payload


def icmp(kind: int, code: int = 0, payload: bytes = b"\0\1\0\1") -> bytes:
    """ICMP without a checksum."""
    return struct.pack(">BBH", kind, code, 0) + payload


def talk(
    steps: Iterable[tuple[str, int, int, int, bytes]], sport: int = 40000, dport: int = 80
) -> list[bytes]:
    """Frames of a TCP conversation; a step is (``>`` or ``<``, flags, seq, ack, payload)."""
    frames = []
    for way, flags, seq, ack, payload in steps:
        if way == ">":
            frames.append(eth(ipv4(tcp(sport, dport, flags, seq, ack, payload), 6)))
        else:
            segment = tcp(dport, sport, flags, seq, ack, payload)
            frames.append(eth(ipv4(segment, 6, B, A), src=MAC_B, dst=MAC_A))
    return frames


def pcap(
    frames: Sequence[bytes], *, order: str = "<", magic: int = 0xA1B2C3D4, link_type: int = 1,
    times_us: Sequence[int] | None = None, snaplen: int = 262144, wire: Sequence[int] | None = None,
) -> bytes:  # fmt: skip
    """A classic pcap; frame i comes i milliseconds later unless ``times_us`` says when."""
    parts = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, snaplen, link_type)]
    for i, frame in enumerate(frames):
        us = i * 1000 if times_us is None else times_us[i]
        fraction = us % 1_000_000 * (1000 if magic == 0xA1B23C4D else 1)
        length = len(frame) if wire is None else wire[i]
        seconds = START_S + us // 1_000_000
        parts.append(struct.pack(f"{order}IIII", seconds, fraction, len(frame), length))
        parts.append(b"\0" * 8 if magic == 0xA1B2CD34 else b"")
        parts.append(frame)
    return b"".join(parts)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """A pcapng block."""
    body += b"\0" * (-len(body) % 4)
    length = 12 + len(body)
    return struct.pack(f"{order}II", kind, length) + body + struct.pack(f"{order}I", length)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    """A pcapng option."""
    return struct.pack(f"{order}HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def section(order: str = "<") -> bytes:
    """A pcapng section header."""
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(
    link_type: int = 1, snaplen: int = 0, options: bytes = b"", order: str = "<"
) -> bytes:
    """A pcapng interface description."""
    return block(1, struct.pack(f"{order}HHI", link_type, 0, snaplen) + options, order)


def enhanced(
    frame: bytes, ticks: int, number: int = 0, wire: int | None = None, order: str = "<"
) -> bytes:
    """A pcapng enhanced packet."""
    head = struct.pack(
        f"{order}IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(frame),
        len(frame) if wire is None else wire,
    )  # fmt: skip
    return block(6, head + frame, order)


class Bytes(io.BytesIO):
    """A source over bytes that hands out at most ``piece`` at a time."""

    def __init__(self, data: bytes, piece: int = 1 << 30) -> None:
        super().__init__(data)
        self._piece = piece

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        return super().readinto(buffer[: self._piece])


@dataclass
class Listener:
    """An application layer that keeps the events and answers what it was told to."""

    answer: Mapping[str, int] = field(default_factory=dict)
    events: list[np.void] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)

    def on_block(self, buffer: Octets, events: Records, /) -> Records:
        """Keep copies."""
        for event in events:
            self.events.append(event.copy())
            start = int(event["offset"])
            self.payloads.append(buffer[start : start + int(event["length"])].tobytes())
        if not self.answer:
            return np.empty(0, dtype=FEEDBACK)
        flows = np.unique(events[["flow", "slot"]])
        flows = flows[flows["flow"] > 0]
        feedback = np.zeros(len(flows), dtype=FEEDBACK)
        feedback["flow"], feedback["slot"] = flows["flow"], flows["slot"]
        for name, value in self.answer.items():
            feedback[name] = value
        return feedback

    def flush(self, sink: object, /) -> None:
        """Has no rows."""

    def finish(self, sink: object, /) -> None:
        """Has no rows."""


@dataclass
class Decoded:
    """Result and rows of a run, the rows as Python objects."""

    result: ParseResult
    rows: list[dict[str, object]]
    application: Application


class _Rows:
    def __init__(self) -> None:
        self.batches: list[pa.Table] = []

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Keep a batch of flows."""
        if table == "network_activity":
            self.batches.append(pa.table(dict(columns)))


def run(
    capture: bytes, *, application: Application | None = None, block_bytes: int = 1 << 20,
    max_flows: int = 1 << 12, piece: int = 1 << 30,
) -> Decoded:  # fmt: skip
    """Decode a capture in memory."""
    application = application or Listener()
    rows = _Rows()
    limits = DecodeLimits(block_bytes=block_bytes, max_flows=max_flows)
    result = decode(Bytes(capture, piece), rows, lambda _: None, application, limits)
    found = [row for batch in rows.batches for row in batch.to_pylist()]
    return Decoded(result, found, application)


def flow(frames: Sequence[bytes], **arguments: object) -> dict[str, object]:
    """The only flow of some frames that no other one carries."""
    rows = run(pcap(frames, **arguments)).rows  # type: ignore[arg-type]
    rows = [row for row in rows if row["tunnel_parent"] is None]
    assert len(rows) == 1, rows
    return rows[0]
