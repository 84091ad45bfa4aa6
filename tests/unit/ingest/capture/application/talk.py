"""Conversations made by hand: payloads in, rows out, without a packet around them."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.application.files.tracker import Copies
from netcordon.ingest.capture.events import (
    ARP,
    EVENT,
    FEEDBACK,
    FLOW_END,
    ORIG,
    RESP,
    SERVICES,
    TCP_DATA,
    UDP_DATA,
)
from netcordon.settings import DecodeLimits
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES

CLIENT, SERVER = "10.0.0.5", "192.0.2.80"
START_NS = 1_790_000_000 * 10**9
Row = dict[str, object]
_BY_PORT = {53: "dns", 67: "dhcp", 88: "kerberos", 137: "nbns", 5353: "mdns", 5355: "llmnr"}


@dataclass(frozen=True)
class Segment:
    """Payload of one packet; ``position`` in its stream for TCP."""

    direction: int
    data: bytes
    position: int = 0
    flow: int = 1
    cut: int = 0


@dataclass
class Sink:
    """Collects rows as Python values, checked against the schema."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        self.rows.setdefault(table, []).extend(to_arrow(TABLES[table], columns).to_pylist())


@dataclass
class Heard:
    """What the layer made of a conversation."""

    rows: dict[str, list[Row]]
    feedback: np.ndarray
    layer: ApplicationLayer

    def one(self, table: str) -> Row:
        """The only row of a table."""
        (row,) = self.rows[table]
        return row


def halves(address: str) -> tuple[int, int]:
    ip = ipaddress.ip_address(address)
    value = int(ip) if ip.version == 6 else 0xFFFF << 32 | int(ip)
    return value >> 64, value & (1 << 64) - 1


def stream(*turns: tuple[int, bytes]) -> list[Segment]:
    """Turns of a TCP conversation, each one segment."""
    at = [0, 0]
    made = []
    for direction, data in turns:
        made.append(Segment(direction, data, at[direction]))
        at[direction] += len(data)
    return made


def to_server(data: bytes) -> tuple[int, bytes]:
    return ORIG, data


def to_client(data: bytes) -> tuple[int, bytes]:
    return RESP, data


def tcp(segments: Sequence[Segment], port: int = 80, *, blocks: int = 1,
        limits: DecodeLimits | None = None, source_port: int = 40000,
        ends: tuple[int, int] | None = None, ended: int = 0,
        copies: Copies | None = None) -> Heard:  # fmt: skip
    """Hand segments to a layer in ``blocks`` equal parts, end the flow, and collect the rows."""
    layer, sink = ApplicationLayer(limits, copies), Sink()
    answers = []
    size = -(-len(segments) // blocks)
    for begin in range(0, len(segments), max(1, size)):
        part = segments[begin : begin + size]
        buffer, events = _events(part, TCP_DATA, (source_port, port), begin)
        answers.append(layer.on_block(buffer, events))
        layer.flush(sink)
    end = _flow_end((source_port, port), len(segments), ends or (0, 0), ended)
    answers.append(layer.on_block(np.empty(0, np.uint8), end))
    layer.finish(sink)
    return Heard(sink.rows, np.concatenate(answers), layer)


def tcp_at_once(
    segments: Sequence[Segment],
    ends: tuple[int, int],
    ended: int,
    *,
    limits: DecodeLimits | None = None,
    copies: Copies | None = None,
) -> Heard:
    """Hand a whole connection to port 80, its end with it, to a layer and collect the rows."""
    layer, sink = ApplicationLayer(limits, copies), Sink()
    buffer, events = _events(segments, TCP_DATA, (40000, 80), 0)
    end = _flow_end((40000, 80), len(segments), ends, ended)
    answers = layer.on_block(buffer, np.concatenate([events, end]))
    layer.finish(sink)
    return Heard(sink.rows, answers, layer)


def _flow_end(ports: tuple[int, int], frames: int, ends: tuple[int, int], ended: int) -> np.ndarray:
    _, end = _events([Segment(ORIG, b"")], FLOW_END, ports, frames)
    end["direction"] = ended
    end["position"], end["offset"] = ends
    return end


def udp(
    segments: Sequence[Segment], port: int, source_port: int = 40000, service: str = ""
) -> Heard:
    """Hand datagrams to a layer and collect the rows; the service is the port's if not given."""
    service = service or _BY_PORT.get(port, "") or _BY_PORT[source_port]
    return _once(segments, UDP_DATA, (source_port, port), service)


def arp(packet: bytes) -> Heard:
    """Hand an ARP packet to a layer and collect the rows."""
    return _once([Segment(ORIG, packet)], ARP, (0, 0))


def _once(
    segments: Sequence[Segment], kind: int, ports: tuple[int, int], service: str = ""
) -> Heard:
    layer, sink = ApplicationLayer(), Sink()
    buffer, events = _events(segments, kind, ports, 0)
    events["service"] = SERVICES.index(service)
    answers = layer.on_block(buffer, events)
    assert answers.dtype == FEEDBACK
    layer.finish(sink)
    return Heard(sink.rows, answers, layer)


def _events(
    segments: Sequence[Segment], kind: int, ports: tuple[int, int], begin: int
) -> tuple[np.ndarray, np.ndarray]:
    events = np.zeros(len(segments), dtype=EVENT)
    offset = 0
    for i, (event, segment) in enumerate(zip(events, segments, strict=True)):
        event["kind"], event["direction"], event["flow"] = kind, segment.direction, segment.flow
        event["slot"] = segment.flow
        event["src_hi"], event["src_lo"] = halves(CLIENT)
        event["dst_hi"], event["dst_lo"] = halves(SERVER)
        event["src_port"], event["dst_port"] = ports
        event["offset"], event["length"] = offset, len(segment.data)
        event["wire_length"] = len(segment.data) + segment.cut
        event["truncated"] = segment.cut > 0
        event["position"], event["uid"] = segment.position, 77
        event["frame"], event["time_ns"] = begin + i + 1, START_NS + (begin + i) * 10**6
        event["ip_protocol"] = 17 if kind == UDP_DATA else 6
        event["sender_mac"] = 0x020000000001 + segment.direction
        event["receiver_mac"] = 0x020000000002 - segment.direction
        offset += len(segment.data)
    buffer = np.frombuffer(b"".join(s.data for s in segments), dtype=np.uint8)
    return buffer, events
