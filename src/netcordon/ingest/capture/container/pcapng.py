"""pcapng: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html.

Several sections of either byte order, several interfaces with link type, time resolution and offset
of their own; enhanced, simple and obsolete packet blocks; drop counts of interface statistics;
comments and resolved names (``annotations.py``). Blocks with secrets are counted and not read. A
block with a sound length and a senseless inside is skipped and counted; a block without a sound
length ends the reading, since nothing says where the next one begins.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.container.annotations import NAMES, OPTIONS
from netcordon.ingest.capture.container.framing import (
    BAD_LENGTH,
    BAD_SECTION,
    FRAMER,
    FULL,
    LARGEST_FRAME,
    MORE,
)
from netcordon.ingest.capture.layout import Octets, Record, Records
from netcordon.ingest.capture.octets import u16, u32, u64, wide

_SECTION, _INTERFACE, _OBSOLETE, _SIMPLE, _STATISTICS, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 5, 6
_NAME_RESOLUTION, _SECRETS = 4, 10
_MOST_OPTIONS = 16
"""Options of a block among which a comment is looked for."""
_MOST_INTERFACES = 4096
_LARGEST_BLOCK = LARGEST_FRAME + (1 << 20)
_LATEST_S = 9_223_372_035
"""Seconds since 1970 beyond which nanoseconds do not fit 63 bits (year 2262)."""

INTERFACE = np.dtype(
    [
        ("link_type", np.int64),
        ("snaplen", np.int64),
        ("resolution", np.int64),  # if_tsresol
        ("offset_s", np.int64),  # if_tsoffset
        ("drops", np.uint64),  # highest count of its statistics
        ("offset", np.int64),  # of its block in the capture
    ],
    align=True,
)


def open_pcapng() -> tuple[Records, Records]:
    """Reader state before the first block, and the table of interfaces."""
    return np.zeros(1, dtype=FRAMER), np.zeros(_MOST_INTERFACES, dtype=INTERFACE)


@kernel
def frame_pcapng(
    data: Octets, state: Records, interfaces: Records, packets: Records, notes: Records
) -> None:
    """Find the packets of a block from ``state.at`` on; see ``container_pcap.frame_pcap``.

    ``state.notes`` of ``notes`` are filled with the places of comments and names.
    """
    s = state[0]
    end = len(data)
    at = s.at
    s.count = 0
    s.notes = 0
    s.status = MORE
    while at + 12 <= end:
        is_section = u32(data, at, False) == _SECTION  # a palindrome: the same in both orders
        if is_section:
            magic = u32(data, at + 8, False)
            if magic != 0x1A2B3C4D and magic != 0x4D3C2B1A:
                s.status = BAD_SECTION
                break
            is_big = magic == 0x4D3C2B1A
        else:
            is_big = s.is_big != 0
        kind = u32(data, at, is_big)
        length = u32(data, at + 4, is_big)
        if length < 12 or length % 4 != 0 or length > _LARGEST_BLOCK:
            s.status = BAD_LENGTH
            break
        if at + length > end:
            break
        if u32(data, at + length - 4, is_big) != length:
            s.status = BAD_LENGTH
            break
        if s.count == len(packets) or s.notes == len(notes):
            s.status = FULL
            break
        body = at + 8
        stop = at + length - 4
        if is_section:
            _end_section(s, interfaces)
            s.is_big = np.uint8(is_big)
            s.section = s.base + at
            s.sections += 1
            _note_comments(data, body + 16, stop, 0, s, notes)
        elif kind == _INTERFACE:
            _read_interface(data, body, stop, s, interfaces)
            _note_comments(data, body + 8, stop, 0, s, notes)
        elif kind in (_ENHANCED, _OBSOLETE):
            options = _read_packet(data, body, stop, s, interfaces, packets, kind == _OBSOLETE)
            _note_comments(data, options, stop, s.frames, s, notes)
        elif kind == _SIMPLE:
            _read_simple(data, body, stop, s, interfaces, packets)
        elif kind == _STATISTICS:
            _read_statistics(data, body, stop, s, interfaces)
        elif kind == _NAME_RESOLUTION:
            _note(NAMES, body, stop, 0, s, notes)
        elif kind == _SECRETS:
            s.secrets += 1
        else:
            s.other_blocks += 1
        at += length
    s.at = at


@subkernel
def _note(kind: int, begin: int, stop: int, frame: int, s: Record, notes: Records) -> None:
    if s.notes == len(notes):
        s.notes_lost += 1
        return
    note = notes[s.notes]
    s.notes += 1
    note.kind = kind
    note.begin = begin
    note.stop = stop
    note.frame = frame
    note.is_big = s.is_big


@subkernel
def _note_comments(
    data: Octets, begin: int, stop: int, frame: int, s: Record, notes: Records
) -> None:
    """Note the options from ``begin`` on when there is a comment among them."""
    at = begin
    for _ in range(_MOST_OPTIONS):
        if at + 4 > stop:
            return
        code = u16(data, at, s.is_big != 0)
        if code == 0:
            return
        if code == 1:
            _note(OPTIONS, begin, stop, frame, s, notes)
            return
        at += 4 + ((u16(data, at + 2, s.is_big != 0) + 3) & ~3)


@subkernel
def _end_section(s: Record, interfaces: Records) -> None:
    s.drops += drops_of(interfaces, s.interfaces)
    s.interfaces = 0


@kernel
def drops_of(interfaces: Records, count: int) -> int:
    """Packets that the first ``count`` interfaces report as dropped."""
    total = wide(0)
    for i in range(count):
        total += wide(min(interfaces[i].drops, np.uint64(1 << 40)))
    return total


@subkernel
def _read_interface(data: Octets, at: int, stop: int, s: Record, interfaces: Records) -> None:
    if s.interfaces >= len(interfaces):
        s.lost_interfaces += 1
        return
    interface = interfaces[s.interfaces]
    s.interfaces += 1
    interface.link_type = -1
    interface.snaplen = 0
    interface.resolution = 6
    interface.offset_s = 0
    interface.drops = 0
    interface.offset = s.base + at - 8
    if at + 8 > stop:
        s.skipped_blocks += 1
        return
    is_big = s.is_big != 0
    interface.link_type = u16(data, at, is_big)
    interface.snaplen = u32(data, at + 4, is_big)
    at += 8
    while at + 4 <= stop:
        code = u16(data, at, is_big)
        length = u16(data, at + 2, is_big)
        at += 4
        if code == 0 or at + length > stop:
            break
        if code == 9 and length == 1:
            interface.resolution = data[at]
        elif code == 14 and length == 8:
            interface.offset_s = wide(u64(data, at, is_big))
        at += (length + 3) & ~3


@subkernel
def _read_statistics(data: Octets, at: int, stop: int, s: Record, interfaces: Records) -> None:
    is_big = s.is_big != 0
    if at + 12 > stop or u32(data, at, is_big) >= s.interfaces:
        s.skipped_blocks += 1
        return
    interface = interfaces[u32(data, at, is_big)]
    at += 12
    drops = np.uint64(0)
    while at + 4 <= stop:
        code = u16(data, at, is_big)
        length = u16(data, at + 2, is_big)
        at += 4
        if code == 0 or at + length > stop:
            break
        if (code == 5 or code == 7) and length == 8:  # isb_ifdrop, isb_osdrop
            drops += min(u64(data, at, is_big), np.uint64(1 << 40))
        at += (length + 3) & ~3
    interface.drops = max(interface.drops, drops)


@subkernel
def _read_packet(
    data: Octets,
    at: int,
    stop: int,
    s: Record,
    interfaces: Records,
    packets: Records,
    is_obsolete: bool,
) -> int:
    """Take a packet block; where its options begin."""
    is_big = s.is_big != 0
    if at + 20 > stop:
        s.skipped_blocks += 1
        return stop
    number = u16(data, at, is_big) if is_obsolete else u32(data, at, is_big)
    captured = u32(data, at + 12, is_big)
    if number >= s.interfaces or captured > stop - (at + 20):
        s.skipped_blocks += 1
        return stop
    interface = interfaces[number]
    ticks = (np.uint64(u32(data, at + 4, is_big)) << np.uint64(32)) | np.uint64(
        u32(data, at + 8, is_big)
    )
    packet = packets[s.count]
    packet.time_ns = _nanoseconds(ticks, interface.resolution, interface.offset_s)
    packet.wire_length = u32(data, at + 16, is_big)
    packet.record = at - 8
    packet.interface = number
    _finish(packet, s, interface, at + 20, captured)
    return at + 20 + ((captured + 3) & ~3)


@subkernel
def _read_simple(
    data: Octets, at: int, stop: int, s: Record, interfaces: Records, packets: Records
) -> None:
    if at + 4 > stop or s.interfaces == 0:
        s.skipped_blocks += 1
        return
    interface = interfaces[0]
    packet = packets[s.count]
    packet.wire_length = u32(data, at, s.is_big != 0)
    captured = min(packet.wire_length, stop - (at + 4))
    if interface.snaplen > 0:
        captured = min(captured, interface.snaplen)
    packet.time_ns = s.latest_ns
    packet.record = at - 8
    packet.interface = 0
    s.without_time += 1
    _finish(packet, s, interface, at + 4, captured)


@subkernel
def _finish(packet: Record, s: Record, interface: Record, begin: int, captured: int) -> None:
    packet.offset = begin
    packet.end = begin + captured
    packet.link_type = interface.link_type
    s.latest_ns = packet.time_ns
    s.over_snaplen += wide(interface.snaplen > 0 and captured > interface.snaplen)
    s.longer_than_wire += wide(captured > packet.wire_length)
    s.truncated += wide(captured < packet.wire_length)
    s.largest_capture = max(s.largest_capture, captured)
    s.count += 1
    s.frames += 1


@subkernel
def _nanoseconds(ticks: np.uint64, resolution: int, offset_s: int) -> int:
    """Time in nanoseconds; times before 1970 or after 2262 are held at the nearest bound."""
    if resolution & 0x80:
        bits = np.uint64(min(resolution & 0x7F, 63))
        seconds = ticks >> bits
        fraction = ticks - (seconds << bits)
        if bits > np.uint64(30):
            fraction >>= bits - np.uint64(30)
            bits = np.uint64(30)
        rest = wide((fraction * np.uint64(1_000_000_000)) >> bits)
    else:
        per_second = np.uint64(1)
        for _ in range(min(resolution, 19)):
            per_second *= np.uint64(10)
        seconds = ticks // per_second
        fraction = ticks - seconds * per_second
        while per_second > np.uint64(1_000_000_000):
            per_second //= np.uint64(10)
            fraction //= np.uint64(10)
        rest = wide(fraction * (np.uint64(1_000_000_000) // per_second))
    whole = wide(min(seconds, np.uint64(_LATEST_S)))
    whole += min(max(offset_s, -_LATEST_S), _LATEST_S)
    return min(max(whole, 0), _LATEST_S) * 1_000_000_000 + rest
