"""A column of cells: places in the bytes of a block, read as what is wanted of them.

Nothing is copied before it is asked for. What the kernels do not read in their one plain way is
left to ``values``, ``times`` and ``addresses``, which know every form; both give the same values.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.text import cell_kernels, times, values

_POWERS = np.power(10.0, np.arange(23), dtype=np.float64)
_MOST_WORDS = 1 << 16
"""Distinct texts of a block; a column with more has no words."""


class Cells:
    """n cells.

    Args:
        data: of the block, uint8.
        starts: where each begins, int32.
        ends: where each ends; before its beginning where the cell is NULL.
    """

    def __init__(
        self, data: NDArray[np.uint8], starts: NDArray[np.int32], ends: NDArray[np.int32]
    ) -> None:
        self._data, self._starts, self._ends = data, starts, ends

    def __len__(self) -> int:
        return len(self._starts)

    def filter(self, chosen: NDArray[np.bool_]) -> Cells:
        """The cells where ``chosen`` is true."""
        return Cells(self._data, self._starts[chosen], self._ends[chosen])

    @cached_property
    def is_null(self) -> bool:
        """Whether all of them are NULL."""
        return bool((self._ends < self._starts).all())

    @cached_property
    def text(self) -> pa.Array:
        """Strings."""
        offsets = np.empty(len(self) + 1, dtype=np.int32)
        valid = np.empty(len(self), dtype=np.bool_)
        nulls = cell_kernels.lengths(self._starts, self._ends, offsets, valid)
        data = np.empty(int(offsets[-1]), dtype=np.uint8)
        cell_kernels.copy(self._data, self._starts, offsets, data)
        held = [_bits(valid) if nulls else None, pa.py_buffer(offsets), pa.py_buffer(data)]
        return pa.Array.from_buffers(pa.string(), len(self), held, nulls)

    def whole(self) -> pa.Array:
        """Whole numbers, int64; see ``values.whole``."""
        out = np.empty(len(self), dtype=np.int64)
        valid = np.empty(len(self), dtype=np.bool_)
        if cell_kernels.whole(self._data, self._starts, self._ends, out, valid):
            return values.whole(self.text)
        return _array(pa.int64(), out, valid)

    def number(self) -> pa.Array:
        """Finite numbers, float64; see ``values.number``."""
        out = np.empty(len(self), dtype=np.float64)
        valid = np.empty(len(self), dtype=np.bool_)
        if cell_kernels.decimal(self._data, self._starts, self._ends, out, valid, _POWERS):
            return values.number(self.text)
        return _array(pa.float64(), out, valid)

    def time(self) -> pa.Array:
        """Times, int64 microseconds since 1970 UTC; see ``times.microseconds``."""
        out = np.empty(len(self), dtype=np.int64)
        valid = np.empty(len(self), dtype=np.bool_)
        if cell_kernels.epoch(self._data, self._starts, self._ends, out, valid):
            return times.microseconds(self.text)
        return _array(pa.int64(), out, valid)

    @cached_property
    def words(self) -> pa.DictionaryArray:
        """Strings as a dictionary, each text once, in the order they come."""
        size = 1 << max(2 * min(len(self), _MOST_WORDS), 4).bit_length()
        table = np.full(size, -1, dtype=np.int32)
        firsts = np.empty(min(len(self), _MOST_WORDS), dtype=np.int32)
        indices = np.empty(len(self), dtype=np.int32)
        valid = np.empty(len(self), dtype=np.bool_)
        count = cell_kernels.words(
            self._data, self._starts, self._ends, table, firsts, indices, valid
        )
        if count < 0:
            return self.text.dictionary_encode()
        known = firsts[:count]
        distinct = Cells(self._data, self._starts[known], self._ends[known])
        return pa.DictionaryArray.from_arrays(_array(pa.int32(), indices, valid), distinct.text)


def _array(type_: pa.DataType, data: NDArray[np.generic], valid: NDArray[np.bool_]) -> pa.Array:
    bits = None if valid.all() else _bits(valid)
    return pa.Array.from_buffers(type_, len(data), [bits, pa.py_buffer(data)])


def _bits(valid: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(valid, bitorder="little"))
