"""Protocol data units of connection-oriented DCE/RPC (C706 chapter 12, [MS-RPCE] section 2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

REQUEST, RESPONSE, FAULT = 0, 2, 3
BIND, BIND_ACK, BIND_NAK, ALTER_CONTEXT, ALTER_CONTEXT_ANSWER, AUTH3 = 11, 12, 13, 14, 15, 16
FIRST, LAST, HAS_OBJECT = 1, 2, 0x80
HEAD = 16
"""Octets of the header that all units share."""
_KINDS = frozenset((0, 2, 3, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20))
_MOST_CONTEXTS = 64


@dataclass(frozen=True, slots=True)
class Unit:
    """The header of one unit."""

    kind: int
    flags: int
    big: bool
    size: int
    auth_size: int
    call: int

    def integer(self, data: bytes, at: int, size: int) -> int:
        """An integer of the unit in its byte order; 0 behind its end."""
        return int.from_bytes(data[at : at + size], "big" if self.big else "little")


@dataclass(frozen=True, slots=True)
class Verifier:
    """The security trailer ([MS-RPCE] section 2.2.2.11)."""

    kind: int
    level: int
    pad: int
    token: bytes


@dataclass(frozen=True, slots=True)
class ContextItem:
    """A presentation context that a client proposes."""

    number: int
    interface: str
    transfer: bytes


def head(data: bytes | bytearray) -> Unit | None:
    """The header at the front, ``None`` when it is none (``HEAD`` octets are there)."""
    if len(data) < HEAD or data[0] != 5 or data[1] > 1 or data[2] not in _KINDS:
        return None
    if data[4] not in (0x00, 0x10) or data[5] or data[6] or data[7]:
        return None  # characters in ASCII and floating point by IEEE; nothing else was ever seen
    order = "big" if data[4] == 0 else "little"
    unit = Unit(data[2], data[3], data[4] == 0, _int(data, 8, 2, order), _int(data, 10, 2, order),
                _int(data, 12, 4, order))  # fmt: skip
    return unit if unit.size >= HEAD else None


def verifier(unit: Unit, data: bytes) -> Verifier | None:
    """The security trailer of a whole unit, ``None`` when it has none."""
    at = unit.size - unit.auth_size - 8
    if not unit.auth_size or at < HEAD or len(data) < unit.size:
        return None
    return Verifier(data[at], data[at + 1], data[at + 2], data[at + 8 : unit.size])


def contexts(unit: Unit, data: bytes) -> list[ContextItem]:
    """What a bind or alter_context proposes."""
    found: list[ContextItem] = []
    at = 28
    for _ in range(min(data[24] if len(data) > 24 else 0, _MOST_CONTEXTS)):
        if at + 24 > len(data):
            break
        number, syntaxes = unit.integer(data, at, 2), data[at + 2]
        found.append(ContextItem(number, _uuid(data[at + 4 : at + 20], unit.big),
                                 data[at + 24 : at + 40]))  # fmt: skip
        at += 24 + 20 * syntaxes
    return found


def results(unit: Unit, data: bytes) -> list[tuple[bool, bytes]]:
    """Of each context of a bind_ack: whether it is accepted, and its transfer syntax."""
    at = 26 + unit.integer(data, 24, 2)
    at += -at % 4
    found: list[tuple[bool, bytes]] = []
    for _ in range(min(data[at] if len(data) > at else 0, _MOST_CONTEXTS)):
        begin = at + 4 + 24 * len(found)
        if begin + 24 > len(data):
            break
        found.append((unit.integer(data, begin, 2) == 0, data[begin + 4 : begin + 20]))
    return found


def _uuid(raw: bytes, big: bool) -> str:
    return str(UUID(bytes=raw) if big else UUID(bytes_le=raw))


def _int(data: bytes | bytearray, at: int, size: int, order: str) -> int:
    return int.from_bytes(data[at : at + size], "big" if order == "big" else "little")
