"""Damage that knows what it damages: lengths, headers, order, encapsulations, payloads."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import replace

from tests.fuzz.capture import Capture, Frame, changed
from tests.fuzz.encapsulate import ENCAPSULATIONS

_NUMBERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 31, 32, 63, 64, 127, 128, 192, 193, 254, 255)
_WIDE = (0, 1, 4, 5, 7, 8, 19, 20, 21, 28, 0x7F, 0x80, 0xFF, 0x100, 0x5DC, 0x7FFF, 0x8000, 0xFFFF)
_HUGE = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF0000, 0x00FFFFFF)
_TOKENS = (
    b"\x00", b"\xff" * 4, b"\xc0\x0c", b"\xc0\x00", b"\r\n\r\n", b"\n\n", b"GET / HTTP/1.1\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", b"\x16\x03\x01\xff\xff\x01\x00",
    b"\x16\x03\x03\x00\x04\x0b\x00\x00\x00", b"SSH-2.0-", b"\xfeSMB\x40\x00", b"\xffSMB",
    b"NTLMSSP\x00\x03\x00\x00\x00",
    b"\x05\x00\x00\x03\x10\x00\x00\x00", b"\x30\x84\xff\xff\xff\xff",
    b"\x6a\x82", b"\x03\x00\x00", b"\xc3\x00\x00\x00\x01\x08", b"\x6b\x33\x43\xcf", b"{" * 40,
    b"d1:ad2:id20:", b"EHLO x\r\n", b"220 x SMTP\r\n", b"\x63\x82\x53\x63\xff",
    b"\x10\x00\x00\x04MQTT",
)  # fmt: skip


def mutate(capture: Capture, others: list[bytes], chance: random.Random) -> Capture:
    """A damaged copy of a capture.

    Args:
        capture: frames of one link type.
        others: frames of other captures, for splicing.
        chance: decides everything.
    """
    frames = list(capture.frames)
    for _ in range(chance.choice((1, 1, 2, 4, 8, 16, 40))):
        if not frames:
            break
        at = chance.randrange(len(frames))
        kind = chance.random()
        if kind < 0.12:
            chance.choice(_ORDER)(frames, at, chance)
        elif kind < 0.2:
            frames[at] = chance.choice(_RECORDS)(frames[at], chance)
        elif kind < 0.28 and capture.link_type == 1:
            frames[at] = changed(frames[at], _tunnelled(frames[at].data, chance))
        elif kind < 0.36 and others:
            frames[at] = changed(
                frames[at], _spliced(frames[at].data, chance.choice(others), chance)
            )
        else:
            frames[at] = changed(frames[at], chance.choice(_BYTES)(frames[at].data, chance))
    return Capture(capture.link_type, frames)


def damage(content: bytes, chance: random.Random) -> bytes:
    """A damaged file: bytes of the container itself are hit."""
    file = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(file)) & ~3
        file[at : at + 4] = struct.pack("<I", chance.choice(_HUGE + _WIDE))
    if chance.random() < 0.3:
        del file[chance.randrange(len(file)) :]
    return bytes(file)


def _swap(frames: list[Frame], at: int, chance: random.Random) -> None:
    other = chance.randrange(len(frames))
    frames[at], frames[other] = frames[other], frames[at]


def _drop(frames: list[Frame], at: int, chance: random.Random) -> None:
    del frames[at : at + chance.choice((1, 1, 2, 10))]


def _repeat(frames: list[Frame], at: int, chance: random.Random) -> None:
    frames[at:at] = [frames[at]] * chance.choice((1, 1, 3, 50))


def _later(frames: list[Frame], at: int, chance: random.Random) -> None:
    step = chance.choice((-(10**9), 10**9, 301 * 10**9, 86_400 * 10**9, -(3 * 10**17), 1 << 61))
    frames[at] = replace(frames[at], time_ns=max(0, frames[at].time_ns + step))


def _snapped(frame: Frame, chance: random.Random) -> Frame:
    return replace(frame, data=frame.data[: chance.choice((0, 1, 13, 14, 33, 34, 54, 60, 68, 96))])


def _lying(frame: Frame, chance: random.Random) -> Frame:
    return replace(frame, wire_length=chance.choice((0, 1, 60, 65535, 1 << 31, (1 << 32) - 1)))


def _bit(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    if out:
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _head(data: bytes, chance: random.Random) -> bytes:
    """A telling number somewhere in the headers."""
    return _put(data, bytes([chance.choice(_NUMBERS)]), min(80, len(data)), chance)


def _octet(data: bytes, chance: random.Random) -> bytes:
    return _put(data, bytes([chance.choice(_NUMBERS)]), len(data), chance)


def _short(data: bytes, chance: random.Random) -> bytes:
    return _put(
        data, struct.pack(chance.choice("<>") + "H", chance.choice(_WIDE)), len(data), chance
    )


def _long(data: bytes, chance: random.Random) -> bytes:
    return _put(
        data, struct.pack(chance.choice("<>") + "I", chance.choice(_HUGE)), len(data), chance
    )


def _token(data: bytes, chance: random.Random) -> bytes:
    return _put(data, chance.choice(_TOKENS), len(data), chance)


def _at_payload(data: bytes, chance: random.Random) -> bytes:
    """A known beginning where a TCP or UDP payload of Ethernet and IPv4 would start."""
    start = chance.choice((42, 54, 66))
    return data[:start] + chance.choice(_TOKENS) + data[start + chance.choice((0, 4)) :]


def _noise(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    size = chance.choice((1, 4, 16, 200))
    return data[:at] + chance.randbytes(size) + data[at + chance.choice((0, size)) :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _longer(data: bytes, chance: random.Random) -> bytes:
    return data + data[-64:] * chance.choice((1, 3, 200))


def _put(data: bytes, value: bytes, limit: int, chance: random.Random) -> bytes:
    at = chance.randrange(max(1, limit))
    return (data[:at] + value + data[at + len(value) :])[: max(len(data), at + len(value))]


def _spliced(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _tunnelled(data: bytes, chance: random.Random) -> bytes:
    frame = data
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        frame = chance.choice(ENCAPSULATIONS)(frame)
    return _head(frame, chance) if chance.random() < 0.4 else frame


_ORDER: tuple[Callable[[list[Frame], int, random.Random], None], ...] = (
    _swap,
    _drop,
    _repeat,
    _later,
)
_RECORDS: tuple[Callable[[Frame, random.Random], Frame], ...] = (_snapped, _lying)
_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _bit, _head, _head, _octet, _short, _long, _token, _at_payload, _noise, _cut, _longer,
)  # fmt: skip
