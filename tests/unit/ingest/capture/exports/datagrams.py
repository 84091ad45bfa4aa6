"""Export datagrams made by hand, and captures of them read whole."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Sequence

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.model.evidence import IngestWarning
from tests.unit.ingest.capture import packets
from tests.unit.ingest.capture.application.talk import Row, Sink
from tests.unit.ingest.capture.packets import START_S, eth, ipv4, udp

UPTIME_MS = 1_000_000
CLIENT, SERVER = "10.1.0.5", "192.0.2.80"
FIELDS = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (2, 4), (1, 4), (22, 4), (21, 4))
"""Addresses, ports, protocol, flags, packets, octets, first and last switched."""

Fields = Sequence[tuple[int, ...]]


def address(text: str) -> bytes:
    """An address as its octets."""
    return ipaddress.ip_address(text).packed


def record(
    src: str = CLIENT, dst: str = SERVER, ports: tuple[int, int] = (40000, 443), *,
    protocol: int = 6, flags: int = 0x1B, packets: int = 10, octets: int = 2000,
    first: int = UPTIME_MS - 5000, last: int = UPTIME_MS - 1000,
) -> bytes:  # fmt: skip
    """A record of ``FIELDS``."""
    head = address(src) + address(dst) + struct.pack(">HHBB", *ports, protocol, flags)
    return head + struct.pack(">IIII", packets, octets, first, last)


def record5(
    src: str = CLIENT, dst: str = SERVER, ports: tuple[int, int] = (40000, 443), *,
    protocol: int = 6, flags: int = 0x1B, packets: int = 10, octets: int = 2000,
    first: int = UPTIME_MS - 5000, last: int = UPTIME_MS - 1000,
) -> bytes:  # fmt: skip
    """A record of version 5."""
    head = (
        address(src) + address(dst) + bytes(8) + struct.pack(">IIII", packets, octets, first, last)
    )
    return head + struct.pack(">HHBBBB8x", *ports, 0, flags, protocol, 0)


def v5(*records: bytes, sequence: int = 0, sampling: int = 0, uptime: int = UPTIME_MS) -> bytes:
    """NetFlow version 5, sent at START_S."""
    head = struct.pack(">HHIIII", 5, len(records), uptime, START_S, 250_000_000, sequence)
    return head + struct.pack(">BBH", 0, 0, sampling and 0x4000 | sampling) + b"".join(records)


def one_set(number: int, content: bytes) -> bytes:
    """A set, padded to four octets."""
    content += bytes(-len(content) % 4)
    return struct.pack(">HH", number, 4 + len(content)) + content


def fields(of: Fields) -> bytes:
    """Field specifiers: element and length, and the enterprise where there is one."""
    return b"".join(
        struct.pack(">HH", one[0] | (0x8000 if len(one) > 2 else 0), one[1])
        + (struct.pack(">I", one[2]) if len(one) > 2 else b"")
        for one in of
    )


def template(number: int, of: Fields = FIELDS, set_id: int = 0) -> bytes:
    """A set with one template."""
    return one_set(set_id, struct.pack(">HH", number, len(of)) + fields(of))


def options9(number: int, of: Fields, scope: Fields = ((1, 4),)) -> bytes:
    """A set with one options template of version 9."""
    head = struct.pack(">HHH", number, 4 * len(scope), 4 * len(of))
    return one_set(1, head + fields(scope) + fields(of))


def options10(number: int, of: Fields, scopes: int = 1) -> bytes:
    """A set with one options template of IPFIX; the first fields are the scope."""
    return one_set(3, struct.pack(">HHH", number, len(of), scopes) + fields(of))


def v9(*sets: bytes, sequence: int = 0, domain: int = 0, uptime: int = UPTIME_MS) -> bytes:
    """NetFlow version 9, sent at START_S."""
    return struct.pack(">HHIIII", 9, len(sets), uptime, START_S, sequence, domain) + b"".join(sets)


def ipfix(*sets: bytes, sequence: int = 0, domain: int = 0) -> bytes:
    """IPFIX, sent at START_S."""
    body = b"".join(sets)
    return struct.pack(">HHIII", 10, 16 + len(body), START_S, sequence, domain) + body


class Read:
    """A capture that was read.

    Attributes:
        rows: of reported flows.
        others: flows of the capture itself.
        tables: all rows.
    """

    def __init__(self, layer: ApplicationLayer, tables: dict[str, list[Row]]) -> None:
        flows = tables.get("network_activity", [])
        self.tables = tables
        self.rows = [row for row in flows if row["exporter"] is not None]
        self.others = [row for row in flows if row["exporter"] is None]
        self.facts = layer.facts
        self.warnings: Sequence[IngestWarning] = layer.warnings

    def health(self, metric: str) -> dict[object, object]:
        """Value of a metric of each exporter that has it."""
        rows = self.tables.get("device_health", [])
        return {row["device"]: row["value"] for row in rows if row["metric"] == metric}

    @property
    def codes(self) -> dict[str, int]:
        """Code of each warning -> how often."""
        return {warning.code: warning.count for warning in self.warnings}


def frames(*datagrams: bytes, port: int = 2055, sender: str = packets.A) -> list[bytes]:
    """A frame for each datagram."""
    return [eth(ipv4(udp(50000, port, one), 17, sender)) for one in datagrams]


def read(*datagrams: bytes | tuple[str, bytes], port: int = 2055) -> Read:
    """Datagrams of an exporter, or with the exporter's address before each."""
    made: list[bytes] = []
    for one in datagrams:
        sender, payload = (packets.A, one) if isinstance(one, bytes) else one
        made += frames(payload, port=port, sender=sender)
    return read_frames(made)


def read_frames(made: list[bytes]) -> Read:
    """A capture of frames."""
    sink, layer = Sink(), ApplicationLayer()
    result = decode(packets.Bytes(packets.pcap(made)), sink, lambda _: None, layer)
    assert result.complete
    assert "parser failed" not in layer.refused
    return Read(layer, sink.rows)
