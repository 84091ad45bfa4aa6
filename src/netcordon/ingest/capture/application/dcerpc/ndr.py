"""A reader of NDR stubs, 32 and 64 bits wide (C706 chapter 14, [MS-RPCE] section 2.2.5)."""

from __future__ import annotations

import struct
from uuid import UUID

from netcordon.ingest.capture.application.record.text import safe_text, utf16_text

LONGEST_TEXT = 4096
"""Characters kept of one string."""
_MOST_NAMES = 64
_MOST_SUB_AUTHORITIES = 15


class NdrError(ValueError):
    """The stub is not what its operation promises, or it is cut off."""


class Ndr:
    """A cursor over one stub.

    Args:
        stub: octets from the beginning of the stub, for alignment counts from there.
        big: integers are big-endian.
        wide: the transfer syntax is NDR64: pointers and counts have eight octets.
    """

    def __init__(self, stub: bytes, *, big: bool = False, wide: bool = False) -> None:
        self._stub = stub
        self._order = ">" if big else "<"
        self._wide = wide
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next octets."""
        if count < 0 or self._at + count > len(self._stub):
            raise NdrError("the stub ends too early")
        self._at += count
        return self._stub[self._at - count : self._at]

    def align(self, size: int) -> None:
        """Step to a multiple of ``size``."""
        self._at = -(-self._at // size) * size

    def byte(self) -> int:
        """Eight bits."""
        return self.take(1)[0]

    def word(self) -> int:
        """Sixteen bits."""
        return self._integer("H", 2)

    def dword(self) -> int:
        """Thirty-two bits."""
        return self._integer("I", 4)

    def enum(self) -> int:
        """An enumeration: 16 bits on the wire, 32 in NDR64."""
        return self.dword() if self._wide else self.word()

    def count(self) -> int:
        """A count, an offset or a pointer's referent."""
        return self._integer("Q", 8) if self._wide else self.dword()

    def guid(self) -> str:
        """A UUID in its text form."""
        self.align(4)
        raw = self.take(16)
        return str(UUID(bytes=raw) if self._order == ">" else UUID(bytes_le=raw))

    def handle(self) -> bytes:
        """A context handle: 20 octets that only the server understands."""
        self.align(4)
        return self.take(20)

    def string(self) -> str:
        """A conformant and varying string of 16-bit characters, without the NUL at its end."""
        return utf16_text(self._varying(2), LONGEST_TEXT)

    def ansi(self) -> str:
        """The same of octets."""
        return safe_text(self._varying(1), LONGEST_TEXT)

    def text_header(self) -> bool:
        """Lengths and pointer of an RPC_UNICODE_STRING; says whether there is a text."""
        self.align(8 if self._wide else 4)
        self.take(4)
        return self.count() != 0

    def names(self, *, varying: bool) -> list[str]:
        """An array of RPC_UNICODE_STRING; the texts stand behind all headers."""
        self.count()
        if varying:
            if self.count() != 0:
                raise NdrError("an array does not begin at its beginning")
        else:
            self._at -= 8 if self._wide else 4
        number = self.count()
        has_text = [self.text_header() for _ in range(min(number, 1 << 12))]
        return [self.string() if has else "" for has in has_text[:_MOST_NAMES]]

    def sid(self) -> str:
        """A conformant RPC_SID as S-1-..."""
        self.count()
        self.align(4)
        revision, number = self.byte(), self.byte()
        if revision != 1 or number > _MOST_SUB_AUTHORITIES:
            raise NdrError("no security identifier")
        authority = int.from_bytes(self.take(6), "big")
        return "-".join(map(str, ["S", 1, authority, *(self.dword() for _ in range(number))]))

    def octets(self) -> bytes:
        """A conformant array of octets."""
        return self.take(min(self.count(), 2 * LONGEST_TEXT))

    def _varying(self, width: int) -> bytes:
        most, offset, actual = self.count(), self.count(), self.count()
        if offset != 0 or actual > most:
            raise NdrError("a string contradicts its own size")
        raw = self.take(actual * width)
        return raw[:-width] if raw[-width:] == bytes(width) else raw

    def _integer(self, kind: str, size: int) -> int:
        self.align(size)
        return int(struct.unpack(self._order + kind, self.take(size))[0])
