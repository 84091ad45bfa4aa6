"""Headers and blocks of nfdump's files.

Source: nfdump's own descriptions of its binary layouts 1 (versions up to 1.6) and 2 (1.7).
"""

from __future__ import annotations

import bz2
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import zstandard

from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.nfcapd.lzo import unpack_lzo
from netcordon.model.parser import ByteSource

_MAGIC = 0xA50C
_HEAD_1, _STATISTICS_1, _HEAD_2, _BLOCK = 140, 136, 40, 12
_FAILURES_1 = 132
MOST_BLOCK = 16 << 20
"""Octets of a block, unpacked; nfdump writes 1 MiB and reads 5."""
_FLOW_BLOCKS = (2, 3)
_PLAIN = 1
_BY_FLAG_1 = ((0x01, "lzo"), (0x08, "bz2"), (0x10, "lz4"))
_BY_NUMBER_2 = {0: "", 1: "lzo", 2: "bz2", 3: "lz4", 4: "zstd"}


def version_of(head: bytes) -> tuple[int, str] | None:
    """Layout version and byte order (``<`` or ``>``) of a file, ``None`` for other files."""
    for order in "<>":
        if len(head) >= _HEAD_2 and struct.unpack_from(f"{order}HH", head) in (
            (_MAGIC, 1),
            (_MAGIC, 2),
        ):
            return struct.unpack_from(f"{order}H", head, 2)[0], order
    return None


@dataclass(frozen=True)
class Block:
    """Records of a file, unpacked.

    Attributes:
        data: their octets; behind the last record anything may follow. Only valid until the next
            block is read.
        records: how many.
    """

    data: Octets
    records: int


@dataclass
class NfcapdFile:
    """Reads blocks one by one, and bounds what each may unpack to.

    Attributes:
        is_whole: what the header announces was there, and nothing was damaged.
        unread: reason -> records in blocks that could not be read.
        failures: gaps in the sequence numbers that the collector counted, layout 1.
    """

    source: ByteSource
    is_whole: bool = True
    unread: dict[str, int] = field(default_factory=dict)
    failures: int = 0
    order: str = "<"
    _packing: str = ""
    _announced: int = 0
    _room: Octets | None = None

    def blocks(self) -> Iterator[Block]:
        """The blocks of records, in order."""
        head = self._take(_HEAD_2)
        found = version_of(head)
        if found is None:
            self.is_whole = False
            return
        version, self.order = found
        if version == 1:
            self._begin_1(head)
        elif not self._begin_2(head):
            return
        yield from self._blocks()

    def _begin_1(self, head: bytes) -> None:
        rest = self._take(_HEAD_1 + _STATISTICS_1 - _HEAD_2)
        flags, self._announced = struct.unpack_from(f"{self.order}II", head, 4)
        self._packing = next((name for flag, name in _BY_FLAG_1 if flags & flag), "")
        statistics = rest[-_STATISTICS_1:]
        if len(statistics) == _STATISTICS_1:
            (self.failures,) = struct.unpack_from(f"{self.order}I", statistics, _FAILURES_1)

    def _begin_2(self, head: bytes) -> bool:
        packing, encryption, appendix = struct.unpack_from(f"{self.order}BBH", head, 16)
        (blocks,) = struct.unpack_from(f"{self.order}I", head, 36)
        self._announced = blocks + appendix
        if encryption or packing not in _BY_NUMBER_2:
            self.unread["the file is encrypted" if encryption else "packed in an unknown way"] = 1
            return False
        self._packing = _BY_NUMBER_2[packing]
        return True

    def _blocks(self) -> Iterator[Block]:
        read = 0
        while len(head := self._take(_BLOCK)) == _BLOCK:
            records, size, kind, flags = struct.unpack(f"{self.order}IIHH", head)
            if size > MOST_BLOCK:
                self.is_whole = False
                return
            data = self._take(size)
            if len(data) < size:
                break
            read += 1
            if kind not in _FLOW_BLOCKS:
                continue
            block = self._unpacked(data, is_plain=bool(flags & _PLAIN))
            if block is None:
                self._refuse(f"a block that is damaged ({self._packing})", max(1, records))
            else:
                yield Block(block, records)
        self.is_whole &= len(head) == 0 and read >= self._announced

    def _refuse(self, reason: str, records: int) -> None:
        self.is_whole = False
        self.unread[reason] = self.unread.get(reason, 0) + min(records, MOST_BLOCK)

    def _unpacked(self, data: bytes, *, is_plain: bool) -> Octets | None:
        try:
            if is_plain or not self._packing:
                return np.frombuffer(bytearray(data), dtype=np.uint8)
            if self._packing == "lzo":
                if self._room is None:
                    self._room = np.zeros(MOST_BLOCK, dtype=np.uint8)
                size = unpack_lzo(np.frombuffer(bytearray(data), dtype=np.uint8), self._room)
                return None if size < 0 else self._room[:size]
            if self._packing == "bz2":
                found = bz2.BZ2Decompressor().decompress(data, MOST_BLOCK)
            elif self._packing == "zstd":
                found = zstandard.ZstdDecompressor().decompress(data, max_output_size=MOST_BLOCK)
            else:
                found = pa.Codec("lz4_raw").decompress(data, MOST_BLOCK, asbytes=True)
        except (OSError, ValueError, EOFError, pa.ArrowException, zstandard.ZstdError):
            return None
        return np.frombuffer(bytearray(found), dtype=np.uint8)

    def _take(self, size: int) -> bytes:
        """So many octets, fewer at the end."""
        room = memoryview(bytearray(size))
        filled = 0
        while filled < size and (count := self.source.readinto(room[filled:])):
            filled += count
        return bytes(room[:filled])
