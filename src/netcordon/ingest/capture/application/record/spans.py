"""Columns of text that stands somewhere in a block."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.layout import Octets


@kernel
def copy_spans(
    block: Octets, spans: NDArray[np.int32], offsets: NDArray[np.int32], out: Octets
) -> None:
    """Write text after text; one that leaves the block or finds no room is left out."""
    for row in range(len(spans)):
        begin, length, to = spans[row, 0], spans[row, 1], offsets[row]
        if begin >= 0 and begin + length <= len(block) and to + length <= len(out):
            for k in range(length):
                out[to + k] = block[begin + k]


def texts(block: Octets, spans: NDArray[np.int32]) -> pa.StringArray:
    """One text a row.

    Args:
        block: the bytes.
        spans: [N, 2], offset and length of each text, which is printable ASCII; a negative length
            is NULL.
    """
    spans = np.ascontiguousarray(spans)
    offsets = np.zeros(len(spans) + 1, dtype=np.int32)
    np.cumsum(np.maximum(spans[:, 1], 0), out=offsets[1:])
    out = np.zeros(offsets[-1], dtype=np.uint8)
    copy_spans(block, spans, offsets, out)
    valid = pa.py_buffer(np.packbits(spans[:, 1] >= 0, bitorder="little"))
    return pa.StringArray.from_buffers(len(spans), pa.py_buffer(offsets), pa.py_buffer(out), valid)
