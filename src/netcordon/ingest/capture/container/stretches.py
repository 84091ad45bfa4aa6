"""Frames of a capture by their numbers: only the stretches that hold them are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.checksum import checksum
from netcordon.ingest.capture.container.framing import FULL
from netcordon.ingest.capture.container.pcap import FILE_HEADER_BYTES
from netcordon.ingest.capture.container.reader import Container
from netcordon.ingest.capture.layout import MOST_INNER, PACKET, TALLY, Octets, Records
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.parse import parse_packets

_CHUNK = 8192
_BLOCK_HEAD = 12
"""Octets of a pcapng block that tell its kind, its length and the byte order."""
_LONGEST_PRELUDE = 1 << 24


class Window(Protocol):
    """Unpacked bytes of the capture."""

    def read_at(self, offset: int, size: int, /) -> bytes:
        """``size`` bytes from ``offset`` on, fewer at the end; offsets rise from call to call."""


class ChangedError(Exception):
    """The bytes at a place of the capture are not those that were indexed."""


@dataclass(frozen=True, order=True)
class Stretch:
    """A row of `frame_index` of kind ``frames``; see the table."""

    place: int
    length: int
    section: int | None
    interfaces: int | None
    first_frame: int
    frames: int
    first_ns: int
    last_ns: int
    checksum: int


@dataclass(frozen=True)
class Part:
    """Frames read again.

    Attributes:
        first_frame: number of the first one.
        block: octets that ``packets`` refer to.
        frames: the first packet of each, parsed.
        packets: all of theirs: ``frames``, and behind them what these carry.
        section: offset of the pcapng section they belong to, 0 in a pcap.
    """

    first_frame: int
    block: Octets
    frames: Records
    packets: Records
    section: int

    def owners(self) -> NDArray[np.int64]:
        """Of each packet, the place of its frame in ``frames``."""
        owners = np.zeros(len(self.packets), dtype=np.int64)
        places = np.arange(len(self.frames))
        packets = places
        while len(packets):
            owners[packets] = places
            following = self.packets["next"][packets]
            inside = (following >= len(self.frames)) & (following < len(self.packets))
            packets, places = following[inside], places[inside]
        return owners


def read_stretches(
    window: Window, stretches: Sequence[Stretch], interfaces: Mapping[int, Sequence[int]]
) -> Iterator[Part]:
    """Read stretches in the order of their places.

    Args:
        window: the capture.
        stretches: which ones.
        interfaces: section offset -> offsets of its interface blocks, by their numbers.

    Raises:
        ChangedError: the bytes are not the ones that the index was made of.
    """
    wanted = sorted(stretches)
    preludes = _preludes_needed(wanted, interfaces)
    known: dict[int, bytes] = {}
    for stretch in wanted:
        while preludes and preludes[0] < stretch.place:
            at = preludes.pop(0)
            known[at] = _read_prelude(window.read_at, at)
        data = window.read_at(stretch.place, stretch.length)
        block = np.frombuffer(data, dtype=np.uint8)
        if len(data) != stretch.length or int(checksum(block)) != stretch.checksum:
            raise ChangedError(f"offset {stretch.place}")
        while preludes and preludes[0] < stretch.place + stretch.length:
            at = preludes.pop(0)
            known[at] = _read_prelude(_within(data, stretch.place), at)
        yield from _frames(_container(stretch, known, interfaces), block, stretch)


def _frames(container: Container, block: Octets, stretch: Stretch) -> Iterator[Part]:
    if container.kind is not None:
        container.go_on_at(stretch.place)
    container.begin_block(block)
    frame = stretch.first_frame
    counts = np.zeros(verdicts.SIZE, dtype=np.int64)
    tally = np.zeros(1, dtype=TALLY)
    while True:
        room = min(_CHUNK, stretch.frames)
        packets = np.zeros((1 + MOST_INNER) * room, dtype=PACKET)
        count = container.next_packets(block, packets[:room])
        if count:
            used = parse_packets(block, packets, count, counts, tally)
            yield Part(frame, block, packets[:count], packets[:used], stretch.section or 0)
            frame += count
        if count == 0 or int(container.state["status"][0]) != FULL:
            break
    if frame != stretch.first_frame + stretch.frames:
        raise ChangedError(f"offset {stretch.place}")


def _preludes_needed(
    stretches: Iterable[Stretch], interfaces: Mapping[int, Sequence[int]]
) -> list[int]:
    places = {0}  # of a pcap: its file header
    for stretch in stretches:
        if stretch.section is not None:
            places.add(stretch.section)
            places.update(interfaces.get(stretch.section, ())[: stretch.interfaces])
    return sorted(places)


def _within(data: bytes, place: int) -> Callable[[int, int], bytes]:
    return lambda offset, size: data[offset - place : offset - place + size]


def _read_prelude(read_at: Callable[[int, int], bytes], at: int) -> bytes:
    """The file header of a pcap, or a pcapng block."""
    head = read_at(at, _BLOCK_HEAD)
    little = int.from_bytes(head[4:8], "little")
    if head[:4] == b"\x0a\x0d\x0d\x0a":
        length = little if head[8:12] == b"\x4d\x3c\x2b\x1a" else int.from_bytes(head[4:8], "big")
    elif head[:4] in (b"\x01\x00\x00\x00", b"\x00\x00\x00\x01"):
        length = little if head[:1] == b"\x01" else int.from_bytes(head[4:8], "big")
    else:
        return head + read_at(at + _BLOCK_HEAD, FILE_HEADER_BYTES - _BLOCK_HEAD)
    if not 12 <= length <= _LONGEST_PRELUDE:
        raise ChangedError(f"offset {at}")
    return head + read_at(at + _BLOCK_HEAD, length - _BLOCK_HEAD)


def _container(
    stretch: Stretch, known: Mapping[int, bytes], interfaces: Mapping[int, Sequence[int]]
) -> Container:
    container = Container()
    if stretch.place == 0:
        return container  # it brings its own head
    prelude = known[0]
    if stretch.section is not None:
        count = stretch.interfaces or 0
        places = interfaces.get(stretch.section, ())[:count]
        prelude = b"".join(known[at] for at in (stretch.section, *places))
    head = np.frombuffer(prelude, dtype=np.uint8)
    container.begin_block(head)
    if container.kind is None:
        raise ChangedError("offset 0")
    if stretch.section is not None:
        container.next_packets(head, np.zeros(1, dtype=PACKET))
        if len(container.interface_offsets) != (stretch.interfaces or 0):
            raise ChangedError(f"offset {stretch.section}")
    return container
