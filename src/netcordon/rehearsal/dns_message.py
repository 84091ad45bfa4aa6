"""DNS questions and answers, as far as a test of a resolver needs them (RFC 1035, 3596)."""

from __future__ import annotations

import ipaddress
import re
import struct
from dataclasses import dataclass

NOERROR, NXDOMAIN = 0, 3
A, AAAA = 1, 28
_ESCAPE = re.compile(rb"\\(\d{3}|.)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a resolver says: its code, and the addresses it gives."""

    code: int
    addresses: tuple[str, ...] = ()


def wire_name(name: str) -> bytes | None:
    r"""A name in presentation form (RFC 4343) as octets; ``None`` when it is none.

    Args:
        name: without a final dot; octets as ``\DDD``.
    """
    out = b""
    for label in re.split(r"(?<!\\)\.", name):
        try:
            octets = _ESCAPE.sub(_unescaped, label.encode("latin-1"))
        except (UnicodeEncodeError, ValueError):
            return None
        if not 1 <= len(octets) <= 63:
            return None
        out += bytes([len(octets)]) + octets
    return out + b"\0" if len(out) < 255 else None


def _unescaped(found: re.Match[bytes]) -> bytes:
    text = found[1]
    return bytes([int(text)]) if len(text) == 3 else text


def mixed_case(wire: bytes, number: int) -> bytes:
    """The name with letters in a mixture of cases that the number decides (0x20 encoding)."""
    out = bytearray(wire)
    for place, octet in enumerate(out):
        if chr(octet).isalpha() and octet < 128 and (number >> place % 16) & 1:
            out[place] = octet ^ 0x20
    return bytes(out)


def question(number: int, wire: bytes, kind: int) -> bytes:
    """A question with recursion desired.

    Args:
        number: of the message, 16 bits.
        wire: the name.
        kind: ``A`` or ``AAAA``.
    """
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + wire + struct.pack("!HH", kind, 1)


def read_question(message: bytes) -> tuple[int, bytes, int] | None:
    """Number, name and kind of a question; ``None`` when it is none."""
    if len(message) < 17 or message[4:6] != b"\0\1":
        return None
    at = 12
    while at < len(message) and message[at]:
        if message[at] > 63:
            return None
        at += message[at] + 1
    if at + 5 > len(message):
        return None
    return (
        int.from_bytes(message[:2], "big"), message[12 : at + 1],
        int.from_bytes(message[at + 1 : at + 3], "big"),
    )  # fmt: skip


def reply(message: bytes, address: str | None) -> bytes | None:
    """The authoritative answer to a question: one address, or none of that kind.

    Args:
        message: the question.
        address: of either family; ``None`` for an answer without records.
    """
    asked = read_question(message)
    if asked is None:
        return None
    number, wire, kind = asked
    there = ipaddress.ip_address(address).packed if address else b""
    has = len(there) == {A: 4, AAAA: 16}.get(kind, 0)
    head = struct.pack("!HHHHHH", number, 0x8580, 1, int(has), 0, 0)
    body = wire + struct.pack("!HH", kind, 1)
    if has:
        body += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(there)) + there
    return head + body


def read_reply(message: bytes) -> tuple[int, Answer] | None:
    """Number and content of an answer; ``None`` when it cannot be read."""
    asked = read_question(message)
    if asked is None:
        return None
    count = int.from_bytes(message[6:8], "big")
    at = 12 + len(asked[1]) + 4
    addresses: list[str] = []
    for _ in range(count):
        while at < len(message) and message[at] and message[at] < 0xC0:
            at += message[at] + 1
        at += 1 if at < len(message) and message[at] == 0 else 2
        if at + 10 > len(message):
            return None
        kind, _, _, length = struct.unpack_from("!HHIH", message, at)
        data = message[at + 10 : at + 10 + length]
        if kind in (A, AAAA) and len(data) == (4 if kind == A else 16):
            addresses.append(str(ipaddress.ip_address(data)))
        at += 10 + length
    return asked[0], Answer(code=message[3] & 15, addresses=tuple(addresses))
