"""Files of nfdump made by hand."""

from __future__ import annotations

import bz2
import ipaddress
import struct
from collections.abc import Sequence

import pyarrow as pa
import zstandard

from netcordon.model.parser import ParseResult
from netcordon.plugins.parsers.nfcapd import PARSER
from tests.unit.ingest.capture.application.talk import Row, Sink
from tests.unit.ingest.capture.packets import START_S, Bytes

CLIENT, SERVER = "10.1.0.5", "192.0.2.80"
MS = START_S * 1000


def element(kind: int, body: bytes) -> bytes:
    """An element of a record of version 1.7."""
    return struct.pack("<HH", kind, 4 + len(body)) + body


def ends(src: str = CLIENT, dst: str = SERVER) -> bytes:
    """Addresses, in the byte order of the file."""
    one, other = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if one.version == 4:
        return element(2, struct.pack("<II", int(one), int(other)))
    halves = [part for ip in (one, other) for part in (int(ip) >> 64, int(ip) & (1 << 64) - 1)]
    return element(3, struct.pack("<4Q", *halves))


def record(
    *more: bytes, exporter: int = 1, start: int = MS, stop: int = MS + 2000, packets: int = 10,
    octets: int = 2000, ports: tuple[int, int] = (40000, 443), protocol: int = 6,
    flags: int = 0x1B, status: int = 0, addresses: bytes = b"",
) -> bytes:  # fmt: skip
    """A record of version 1.7."""
    generic = struct.pack("<5Q", start, stop, MS + 9000, packets, octets)
    generic += struct.pack("<HHBBBB", *ports, protocol, flags, status, 0)
    body = element(1, generic) + (addresses or ends()) + b"".join(more)
    return struct.pack("<HHHBBHBB", 11, 12 + len(body), 2 + len(more), 0, 0, exporter, 0, 9) + body


def exporter(system: int = 1, address: str = "198.51.100.1", domain: int = 0) -> bytes:
    """The record that introduces an exporter, of either version."""
    ip = int(ipaddress.IPv4Address(address))
    return struct.pack("<HHIQQHHI", 7, 32, 9, 0, ip, 2, system, domain)


def layout2(records: Sequence[bytes], packing: int = 0, packed: bytes | None = None) -> bytes:
    """A file of version 1.7 with one block.

    Args:
        records: of the block.
        packing: number of the way.
        packed: the block as LZO packs it.
    """
    plain = b"".join(records)
    body = {
        0: lambda: plain, 1: lambda: packed or b"", 2: lambda: bz2.compress(plain),
        3: lambda: pa.Codec("lz4_raw").compress(plain, asbytes=True),
        4: lambda: zstandard.ZstdCompressor().compress(plain),
    }[packing]()  # fmt: skip
    head = struct.pack(
        "<HHIqBBHIqII", 0xA50C, 2, 0x01070100, START_S, packing, 0, 0, 1, 0, 1 << 20, 1
    )
    return head + struct.pack("<IIHH", len(records), len(body), 3, 0) + body


def record1(
    kind: int = 10, *, wide: bool = False, order: str = "<", src: str = CLIENT, dst: str = SERVER,
    ports: tuple[int, int] = (40000, 443), system: int = 1, flags: int = 0x1B, protocol: int = 6,
) -> bytes:  # fmt: skip
    """A record of version 1.6; ``wide`` has counters of 64 bits."""
    one, other = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    bits = (6 if wide else 0) | (one.version == 6)
    fixed = struct.pack(
        f"{order}HHIIBBBBHH", 250, 500, START_S, START_S + 2, 0, flags, protocol, 0, *ports
    )
    middle = (
        struct.pack(f"{order}HH", bits, 0)
        if kind == 10
        else struct.pack(f"{order}BBH", bits, system, 0)
    )
    tail = struct.pack(f"{order}HH", system, 0) if kind == 10 else b""
    if one.version == 4:
        addresses = struct.pack(f"{order}II", int(one), int(other))
    else:
        halves = [p for ip in (one, other) for p in (int(ip) >> 64, int(ip) & (1 << 64) - 1)]
        addresses = struct.pack(f"{order}4Q", *halves)
    counters = struct.pack(f"{order}QQ" if wide else f"{order}II", 10, 2000)
    size = 4 + len(middle) + len(fixed) + len(tail) + len(addresses) + len(counters)
    return struct.pack(f"{order}HH", kind, size) + middle + fixed + tail + addresses + counters


def layout1(records: Sequence[bytes], order: str = "<", failures: int = 0) -> bytes:
    """A file of version 1.6 with one block."""
    body = b"".join(records)
    head = struct.pack(f"{order}HHII", 0xA50C, 1, 0, 1) + b"edge".ljust(128, b"\0")
    head += bytes(132) + struct.pack(f"{order}I", failures)
    return head + struct.pack(f"{order}IIHH", len(records), len(body), 2, 0) + body


def read(data: bytes) -> tuple[list[Row], ParseResult]:
    """Flows of a file, and what is said of it."""
    assert PARSER.recognise(data[:64]) == "nfcapd"
    sink = Sink()
    result = PARSER.parse(Bytes(data), sink, lambda _: None)
    return sink.rows.get("network_activity", []), result
