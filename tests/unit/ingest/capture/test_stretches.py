"""Any frame of a capture is read again through the index exactly as it was read at first."""

from __future__ import annotations

import random
import struct
from collections.abc import Mapping

import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.container.stretches import ChangedError, Stretch, read_stretches
from netcordon.ingest.capture.decode import decode
from netcordon.settings import DecodeLimits
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES

from .packets import eth, ipv4, pcap, udp

Index = tuple[list[Stretch], dict[int, list[int]]]
Frame = tuple[int, int, int, bytes]
"""Number, time, interface, octets."""


class Bytes:
    """A source and a window over bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.read = 0
        self._at = 0

    def readinto(self, buffer: memoryview, /) -> int:
        part = self.data[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def read_at(self, offset: int, size: int, /) -> bytes:
        assert offset >= self.read or offset == 0, "places rise"
        self.read = offset
        return self.data[offset : offset + size]


class IndexRows:
    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        if table == "frame_index":
            self.rows.extend(to_arrow(TABLES[table], columns).to_pylist())


def index_of(capture: bytes, block_bytes: int = 1 << 16) -> Index:
    sink = IndexRows()
    limits = DecodeLimits(block_bytes=block_bytes, max_flows=4096)
    decode(Bytes(capture), sink, lambda _: None, ApplicationLayer(limits), limits)
    stretches, interfaces = [], {}
    for row in sink.rows:
        if row.pop("kind") == "interface":
            interfaces.setdefault(row["section"], []).append(row["place"])
        else:
            del row["time"]
            stretches.append(Stretch(**row))
    return stretches, interfaces


def again(
    capture: bytes, stretches: list[Stretch], interfaces: dict[int, list[int]]
) -> list[Frame]:
    frames = []
    for part in read_stretches(Bytes(capture), stretches, interfaces):
        for i, frame in enumerate(part.frames):
            octets = part.block[frame["offset"] : frame["end"]].tobytes()
            frames.append(
                (part.first_frame + i, int(frame["time_ns"]), int(frame["interface"]), octets)
            )
    return frames


def datagram(number: int, size: int = 0) -> bytes:
    return eth(ipv4(udp(40000 + number % 100, 53, number.to_bytes(4, "big") + bytes(size)), 17))


def block(order: str, kind: int, body: bytes) -> bytes:
    length = 12 + len(body)
    return struct.pack(f"{order}II", kind, length) + body + struct.pack(f"{order}I", length)


def section(order: str, resolutions: list[int], frames: list[tuple[int, int, bytes]]) -> bytes:
    """Interfaces appear right before the first frame that needs them."""
    parts = [block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))]
    known = 0
    for interface, ticks, octets in frames:
        while known <= interface:
            option = struct.pack(f"{order}HHB3xI", 9, 1, resolutions[known], 0)
            parts.append(block(order, 1, struct.pack(f"{order}HHI", 1, 0, 0) + option))
            known += 1
        head = struct.pack(
            f"{order}IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(octets), len(octets)
        )
        parts.append(block(order, 6, head + octets + bytes(-len(octets) % 4)))
    return b"".join(parts)


@pytest.fixture(scope="module")
def mixed() -> tuple[bytes, list[bytes]]:
    """Sections of both byte orders, interfaces that appear late, times of both resolutions."""
    chance = random.Random(11)
    capture, octets = b"", []
    for n, (order, size) in enumerate((("<", 3000), (">", 40), ("<", 2500), (">", 1))):
        frames = []
        for i in range(size):
            made = datagram(len(octets), chance.randrange(60))
            octets.append(made)
            frames.append((0 if i < size // 2 else chance.randrange(2), 10**15 + i + n, made))
        capture += section(order, [6, 9], frames)
    return capture, octets


def test_every_frame_comes_back_in_its_place(mixed: tuple[bytes, list[bytes]]) -> None:
    capture, octets = mixed
    stretches, interfaces = index_of(capture)
    frames = again(capture, stretches, interfaces)
    assert [frame[0] for frame in frames] == list(range(1, len(octets) + 1))
    assert [frame[3] for frame in frames] == octets
    assert all(s.frames <= 8192 for s in stretches)


def test_a_single_stretch_is_enough(mixed: tuple[bytes, list[bytes]]) -> None:
    capture, octets = mixed
    stretches, interfaces = index_of(capture)
    whole = {frame[0]: frame for frame in again(capture, stretches, interfaces)}
    for stretch in stretches:
        for frame in again(capture, [stretch], interfaces):
            assert frame == whole[frame[0]]
            assert frame[3] == octets[frame[0] - 1]


@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_pcap_has_a_stretch_every_1024_frames(order: str, magic: int) -> None:
    octets = [datagram(n) for n in range(5000)]
    capture = pcap(octets, order=order, magic=magic)
    stretches, interfaces = index_of(capture)
    assert interfaces == {}
    assert max(s.frames for s in stretches) == 1024
    assert sum(s.frames for s in stretches) == 5000
    assert [s.first_frame for s in stretches] == sorted(s.first_frame for s in stretches)
    frames = again(capture, stretches[2:3], interfaces)
    first = stretches[2].first_frame
    assert [f[3] for f in frames] == octets[first - 1 : first - 1 + stretches[2].frames]
    assert (min(f[1] for f in frames), max(f[1] for f in frames)) == (
        stretches[2].first_ns, stretches[2].last_ns,
    )  # fmt: skip


def test_changed_bytes_are_noticed_wherever_they_are() -> None:
    capture = pcap([datagram(n) for n in range(2000)])
    stretches, interfaces = index_of(capture)
    chance = random.Random(5)
    for _ in range(20):
        stretch = chance.choice(stretches)
        at = stretch.place + chance.randrange(stretch.length)
        forged = capture[:at] + bytes([capture[at] ^ 1 << chance.randrange(8)]) + capture[at + 1 :]
        with pytest.raises(ChangedError):
            again(forged, [stretch], interfaces)
    with pytest.raises(ChangedError):
        again(capture[:-1], stretches[-1:], interfaces)
    with pytest.raises(ChangedError):
        again(b"x" * len(capture), stretches[-1:], interfaces)
