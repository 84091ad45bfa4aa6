"""Event log files of Windows (EVTX, [MS-EVEN6] appendix and Schuster 2007), chunk by chunk.

A chunk of 64 KiB holds everything that its records need, so each is handed to the library as a log
of its own: memory stays small, and a damaged chunk costs its own events only.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from netcordon.ingest.windows_events.flatten import flat_line
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import ByteSource
from netcordon.model.quantity import count_text

if TYPE_CHECKING:
    from evtx import PyEvtxParser

MAGIC = b"ElfFile\0"
_CHUNK_MAGIC = b"ElfChnk\0"
_HEADER_BYTES, _CHUNK_BYTES = 4096, 65536
_RECORD_MAGIC = b"\x2a\x2a\0\0"
_RECORD = struct.Struct("<4sIQQ")
_FIRST_RECORD = 512


class EvtxFile:
    """Reads a log; afterwards it knows what was damaged.

    Attributes:
        damaged_chunks: chunks whose checksum or magic is wrong, or that are cut off.
        lost_records: records that could not be read, as far as their beginnings are found.
    """

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.damaged_chunks = 0
        self.lost_records = 0

    def lines(self) -> Iterator[bytes]:
        """A line of JSON in the flat shape for each record."""
        from evtx import PyEvtxParser  # loaded where it is needed: most evidence is no EVTX

        header = bytes(self._read(_HEADER_BYTES))
        while chunk := bytes(self._read(_CHUNK_BYTES)):
            if not any(chunk):  # room that was set aside and never used
                continue
            told = _records_told(chunk)
            if not _is_sound(chunk):
                self.damaged_chunks += 1
            read = 0
            for record in _records(PyEvtxParser, header, chunk):
                read += 1
                yield flat_line(record).replace(b"\n", b" ") + b"\n"
            self.lost_records += max(told - read, 0)

    def warnings(self) -> tuple[IngestWarning, ...]:
        """NC-225 where something was damaged."""
        if not self.damaged_chunks and not self.lost_records:
            return ()
        what = (
            "The event log is damaged: "
            f"{count_text(self.damaged_chunks, 'chunk')} with a wrong checksum or cut off, "
            f"{count_text(self.lost_records, 'event')} that could not be read."
        )
        count = max(self.damaged_chunks, self.lost_records)
        return (IngestWarning(code="NC-225", what=what, count=count),)

    def _read(self, count: int) -> memoryview:
        room = memoryview(bytearray(count))
        filled = 0
        while filled < count and (got := self._source.readinto(room[filled:])):
            filled += got
        return room[:filled]


def _records(parser: Callable[..., PyEvtxParser], header: bytes, chunk: bytes) -> Iterator[bytes]:
    """Records of a chunk as JSON, until one cannot be read."""
    alone = io.BytesIO(_header_of_one(header) + chunk.ljust(_CHUNK_BYTES, b"\0"))
    try:
        for record in parser(alone, number_of_threads=1).records_json():
            if isinstance(record, dict):
                yield str(record["data"]).encode(errors="replace")
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001 - a panic of the library is no Exception
        return


def _header_of_one(header: bytes) -> bytes:
    """The header of a log that has one chunk, with its checksum."""
    whole = bytearray(header.ljust(_HEADER_BYTES, b"\0"))
    whole[:8] = MAGIC
    struct.pack_into("<QQ", whole, 8, 0, 0)
    struct.pack_into("<H", whole, 42, 1)
    struct.pack_into("<I", whole, 120, 0)
    struct.pack_into("<I", whole, 124, zlib.crc32(whole[:120]))
    return bytes(whole)


def _is_sound(chunk: bytes) -> bool:
    if len(chunk) < _CHUNK_BYTES or not chunk.startswith(_CHUNK_MAGIC):
        return False
    free, data = struct.unpack_from("<II", chunk, 48)
    (head,) = struct.unpack_from("<I", chunk, 124)
    whole = zlib.crc32(chunk[128:512], zlib.crc32(chunk[:120]))
    events = zlib.crc32(chunk[_FIRST_RECORD : min(free, _CHUNK_BYTES)])
    return bool(head == whole and data == events)


def _records_told(chunk: bytes) -> int:
    """Records that begin in a chunk, found by their magic and length."""
    found, place = 0, chunk.find(_RECORD_MAGIC, _FIRST_RECORD)
    while 0 <= place <= len(chunk) - _RECORD.size:
        _, size, _, _ = _RECORD.unpack_from(chunk, place)
        is_record = _RECORD.size < size <= len(chunk) - place
        found += is_record
        place = chunk.find(_RECORD_MAGIC, place + (size if is_record else 4))
    return found
