"""gzip, RFC 1952: any number of members, each checked, nothing lost before the place of damage."""

from __future__ import annotations

from typing import Any

from netcordon.evidence.raw import RawReader
from netcordon.model.evidence import IngestWarning


def _library() -> Any:
    """zlib-ng inflates half as fast again as zlib; it has no wheel everywhere."""
    try:
        from zlib_ng import zlib_ng
    except ImportError:
        import zlib

        return zlib
    return zlib_ng


zlib = _library()

MAGIC = b"\x1f\x8b\x08"
"""ID1, ID2 and the only compression method there is."""

_INPUT_BYTES = 64 << 10
_GZIP = 16 + zlib.MAX_WBITS


class GzipReader:
    """Unpacks gzip from a raw reader.

    Attributes:
        complete: ``False`` when the archive broke off or is damaged.
        warnings: what is wrong with it.
    """

    def __init__(self, raw: RawReader) -> None:
        self.complete = True
        self.warnings: list[IngestWarning] = []
        self._raw = raw
        self._input = b""
        self._member = zlib.decompressobj(_GZIP)
        self._is_new = True
        self._holds_output = False
        self._unpacked = 0
        self._ended = False

    def readinto(self, buffer: memoryview, /) -> int:
        """See ``raw.Reader``."""
        while not self._ended:
            if not self._input and not self._holds_output and not self._fill():
                break
            output = self._inflate(len(buffer))
            if output:
                buffer[: len(output)] = output
                self._unpacked += len(output)
                return len(output)
        return 0

    def _fill(self) -> bool:
        self._input = self._raw.read(_INPUT_BYTES)
        if not self._input:
            self._ended = True
            if not self._is_new:
                self._broke_off()
        return not self._ended

    def _inflate(self, limit: int) -> bytes:
        if self._is_new and not self._begins_member():
            return b""
        before = self._member.copy()
        given = self._input
        try:
            output: bytes = self._member.decompress(given, limit)
        except zlib.error as error:
            return self._salvage(before, given, limit, str(error))
        self._input = self._member.unconsumed_tail
        # zlib may have taken all input and still hold output for which there was no room.
        self._holds_output = len(output) == limit
        if self._member.eof:
            self._input = self._member.unused_data
            self._member = zlib.decompressobj(_GZIP)
            self._is_new, self._holds_output = True, False
        return output

    def _begins_member(self) -> bool:
        """Whether another member follows; says what does, when it is none."""
        if self._unpacked:
            self._input = self._input.lstrip(b"\0")  # tapes and block devices pad with zeros
        while len(self._input) < len(MAGIC):
            more = self._raw.read(_INPUT_BYTES)
            if not more:
                break
            self._input += more if self._input else more.lstrip(b"\0")
        if not self._input:
            self._ended = True
            return False
        if not self._input.startswith(MAGIC):
            self._ended = True
            what = "after the end of the gzip data other bytes follow; they were not unpacked"
            self.warnings.append(IngestWarning(code="NC-113", what=what))
            return False
        self._is_new = False
        return True

    def _salvage(self, member: Any, data: bytes, limit: int, why: str) -> bytes:
        # zlib throws away the output of a call that fails: go there again byte by byte.
        output = bytearray()
        try:
            for position in range(len(data)):
                room = limit - len(output)
                if room == 0:  # which zlib would take for no limit at all
                    break
                output += member.decompress(data[position : position + 1], room)
        except zlib.error:
            pass
        self._ended, self.complete = True, False
        place = self._unpacked + len(output)
        what = (
            f"the gzip data is damaged after {place} unpacked bytes ({why}); the rest is not read"
        )
        self.warnings.append(IngestWarning(code="NC-112", what=what))
        return bytes(output)

    def _broke_off(self) -> None:
        self.complete = False
        what = f"the gzip data breaks off after {self._unpacked} unpacked bytes"
        self.warnings.append(IngestWarning(code="NC-111", what=what))
