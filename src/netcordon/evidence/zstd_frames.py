"""Zstandard, RFC 8878: any number of frames, skippable ones among them.

The library decompresses; the frames are walked here, block by block. That bounds what one call can
give (128 KiB, where a stream of run-length blocks could give gigabytes), shows whether a file
breaks off, and loses nothing before the place of damage.
"""

from __future__ import annotations

import struct

import zstandard

from netcordon.evidence.raw import RawReader
from netcordon.model.evidence import IngestWarning

MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = range(0x184D2A50, 0x184D2A60)
_MAX_WINDOW = 1 << 27
"""Largest window believed, in bytes; the limit of the ``zstd`` program as well."""

_INPUT_BYTES = 256 << 10
_RLE, _RESERVED = 1, 3


def is_zstd(head: bytes) -> bool:
    """Whether bytes begin with a frame, skippable or not."""
    return head[:4] == MAGIC or _skippable(head)


class _BrokeOffError(Exception):
    """The file ends within a frame."""


class ZstdReader:
    """Unpacks Zstandard from a raw reader.

    Attributes:
        complete: ``False`` when the archive broke off or is damaged.
        warnings: what is wrong with it.
    """

    def __init__(self, raw: RawReader) -> None:
        self.complete = True
        self.warnings: list[IngestWarning] = []
        self._raw = raw
        self._input = bytearray()
        self._output = memoryview(b"")
        self._library = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._has_checksum = False
        self._unpacked = 0
        self._ended = False

    def readinto(self, buffer: memoryview, /) -> int:
        """See ``raw.Reader``."""
        while not self._output and not self._ended:
            try:
                self._output = memoryview(self._step())
            except _BrokeOffError:
                self._stop(
                    "NC-111", f"the zstd data breaks off after {self._unpacked} unpacked bytes"
                )
            except zstandard.ZstdError as error:
                place = f"the zstd data is damaged after {self._unpacked} unpacked bytes"
                self._stop("NC-112", f"{place} ({error}); the rest is not read")
            self._unpacked += len(self._output)
        count = min(len(buffer), len(self._output))
        buffer[:count] = self._output[:count]
        self._output = self._output[count:]
        return count

    def _step(self) -> bytes:
        """Go on by one frame header or one block; return what it unpacks to."""
        if self._frame is None:
            self._begin_frame()
            return b""
        header = self._take(3)
        bits = int.from_bytes(header, "little")
        is_last, kind, size = bits & 1, bits >> 1 & 3, bits >> 3
        if kind == _RESERVED:
            raise zstandard.ZstdError("reserved block type")
        output = self._frame.decompress(header + self._take(1 if kind == _RLE else size))
        if is_last:
            if self._has_checksum:
                output += self._frame.decompress(self._take(4))
            self._frame = None
        return output

    def _begin_frame(self) -> None:
        if not self._has(1):
            self._ended = True
            return
        magic = self._take(4)
        if _skippable(magic):
            self._skip(struct.unpack("<I", self._take(4))[0])
            return
        if magic != MAGIC:
            what = "after the end of the zstd data other bytes follow; they were not unpacked"
            self.warnings.append(IngestWarning(code="NC-113", what=what))
            self._ended = True
            return
        descriptor = self._take(1)[0]
        is_single = descriptor >> 5 & 1
        self._has_checksum = bool(descriptor >> 2 & 1)
        length = (0, 1, 2, 4)[descriptor & 3] + (is_single, 2, 4, 8)[descriptor >> 6]
        header = self._take(length + (1 - is_single))
        self._frame = self._library.decompressobj()
        self._frame.decompress(magic + bytes([descriptor]) + header)

    def _has(self, count: int) -> bool:
        while len(self._input) < count:
            more = self._raw.read(_INPUT_BYTES)
            if not more:
                return False
            self._input += more
        return True

    def _take(self, count: int) -> bytes:
        if not self._has(count):
            raise _BrokeOffError
        taken = bytes(self._input[:count])
        del self._input[:count]
        return taken

    def _skip(self, count: int) -> None:
        while count:
            if not self._has(1):
                raise _BrokeOffError
            step = min(count, len(self._input))
            del self._input[:step]
            count -= step

    def _stop(self, code: str, what: str) -> None:
        self._ended, self.complete = True, False
        self.warnings.append(IngestWarning(code=code, what=what))


def _skippable(head: bytes) -> bool:
    return len(head) >= 4 and struct.unpack("<I", head[:4])[0] in _SKIPPABLE
