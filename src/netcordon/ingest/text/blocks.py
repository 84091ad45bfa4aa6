"""A log in blocks of whole lines: read once, numbered from 1, no Python object a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.text.tally import Tally
from netcordon.model.parser import ByteSource

BLOCK_BYTES = 8 << 20
MOST_LINE_BYTES = 1 << 20
"""A longer line is refused; no honest log writes one."""

_BOM = b"\xef\xbb\xbf"
_NEWLINE = 10

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """Whole lines, valid UTF-8, each with one line feed at its end.

    Attributes:
        data: their bytes.
        starts: where each line begins, int64, one a line.
        ends: where each ends, its line feed not counted.
        numbers: of the lines in the log, from 1.
    """

    data: bytes
    starts: Places
    ends: Places
    numbers: Places

    def __len__(self) -> int:
        return len(self.numbers)

    def text(self, index: int) -> bytes:
        """One line, without its end."""
        return self.data[self.starts[index] : self.ends[index]]

    def texts(self) -> pa.StringArray:
        """The lines with their ends, as a column that shares the bytes."""
        offsets = np.append(self.starts, len(self.data)).astype(np.int32)
        return pa.StringArray.from_buffers(
            len(self), pa.py_buffer(offsets), pa.py_buffer(self.data)
        )

    def first_octets(self) -> NDArray[np.uint8]:
        """The first octet of each line; a line feed where the line is empty."""
        return np.frombuffer(self.data, dtype=np.uint8)[self.starts]

    def last_octets(self) -> NDArray[np.uint8]:
        """The last octet of each line; whatever stands before it where the line is empty."""
        return np.frombuffer(self.data, dtype=np.uint8)[np.maximum(self.ends - 1, 0)]

    def count(self, octet: int) -> Places:
        """How often an octet stands in each line."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        places = np.flatnonzero(np.frombuffer(self.data, dtype=np.uint8) == octet)
        return np.searchsorted(places, self.ends) - np.searchsorted(places, self.starts)

    def select(self, chosen: NDArray[np.bool_]) -> Block:
        """The lines where ``chosen`` (one a line) is true."""
        if chosen.all():
            return self
        _, _, data = self.texts().filter(pa.array(chosen)).buffers()
        lengths = (self.ends - self.starts)[chosen]
        ends = np.cumsum(lengths + 1) - 1
        size = int(ends[-1]) + 1 if len(ends) else 0
        kept = data[:size].to_pybytes() if size else b""
        return Block(kept, ends - lengths, ends, self.numbers[chosen])


def blocks(source: ByteSource, tally: Tally, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """Whole lines of a log, in order; what is read, too long or blank is counted.

    A line may end in CR LF. Octets that are no UTF-8 become U+FFFD. A last line without an end is a
    line like others.

    Args:
        source: of the bytes.
        tally: counts lines, and refuses those that are too long.
        block_bytes: how much is read at a time.
    """
    buffer = memoryview(bytearray(max(block_bytes, MOST_LINE_BYTES + 1)))
    kept, number, beginning = 0, 1, True
    overlong: bytes | None = None  # the beginning of a line that goes on
    while True:
        got = source.readinto(buffer[kept:])
        filled = kept + got
        is_last = got < len(buffer) - kept
        piece = bytes(buffer[:filled])
        if beginning and filled:
            piece, beginning = piece.removeprefix(_BOM), False
        if overlong is not None:
            end = piece.find(b"\n")
            if end < 0 and not is_last:
                kept = 0
                continue
            tally.refuse_text("line too long", number, overlong)
            number, overlong = number + 1, None
            piece = piece[end + 1 :] if end >= 0 else b""
        whole = len(piece) if is_last else piece.rfind(b"\n") + 1
        rest = piece[whole:]
        if whole:
            block = _block(piece[:whole], number)
            number += len(block)
            yield _kept_lines(block, tally)
        if is_last:
            tally.lines = number - 1
            return
        if len(rest) > MOST_LINE_BYTES:
            overlong, rest = rest[: tally.SAMPLE_BYTES], b""
        buffer[: len(rest)] = rest
        kept = len(rest)


def _block(data: bytes, number: int) -> Block:
    if not data.endswith(b"\n"):
        data += b"\n"
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if not data.isascii():
        data = data.decode(errors="replace").encode()
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE)
    starts = np.concatenate(([0], ends[:-1] + 1))
    return Block(data, starts, ends, np.arange(number, number + len(ends), dtype=np.int64))


def _kept_lines(block: Block, tally: Tally) -> Block:
    """The lines that hold something; blank ones count as comments."""
    lengths = block.ends - block.starts
    blank = lengths == 0
    overlong = lengths > MOST_LINE_BYTES
    tally.comments += int(blank.sum())
    for index in np.flatnonzero(overlong).tolist():
        tally.refuse_text("line too long", int(block.numbers[index]), block.text(index))
    return block.select(~(blank | overlong))
