"""A column of cells: places in the bytes of a block, read as what is wanted of them.

Nothing is copied before it is asked for. What the kernels do not read in their one plain way is
left to ``values``, ``times`` and ``addresses``, which know every form; both give the same values.
"""

from __future__ import annotations

import re
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

    def but(self, chosen: NDArray[np.bool_]) -> Cells:
        """The same cells, NULL where ``chosen`` is true."""
        return Cells(self._data, self._starts, np.where(chosen, np.int32(-1), self._ends))

    def matching(self, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
        """Whether the whole text is like ``pattern``, asked once a text; NULL is like nothing."""
        found = [pattern.fullmatch(text) is not None for text in self.words.dictionary.to_pylist()]
        indices: NDArray[np.int32] = self.words.indices.fill_null(len(found)).to_numpy()
        return np.array([*found, False], dtype=np.bool_)[indices]

    def equal(self, text: bytes) -> NDArray[np.bool_]:
        """Whether the text is this one, of a few octets."""
        like: NDArray[np.bool_] = self._ends - self._starts == len(text)
        places = np.where(like, self._starts, 0)
        for step, octet in enumerate(text):
            like &= self._data[places + step] == octet
        return like

    @property
    def places(self) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.int32]]:
        """The bytes, and where cells begin and end in them."""
        return self._data, self._starts, self._ends

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

    def plain_wholes(self) -> tuple[NDArray[np.int64], NDArray[np.bool_], int]:
        """Whole numbers in plain digits, which cells are such, and how many others are not NULL."""
        out = np.empty(len(self), dtype=np.int64)
        valid = np.empty(len(self), dtype=np.bool_)
        odd = cell_kernels.whole(self._data, self._starts, self._ends, out, valid)
        return out, valid, odd

    def counts(self) -> pa.Array:
        """Whole numbers of up to 18 digits and no sign, int64; NULL where there are none."""
        out, valid, _ = self.plain_wholes()
        is_signed = self._data[np.where(valid, self._starts, 0)] == ord("-")
        return _array(pa.int64(), out, valid & ~is_signed)

    def plain_epochs(self) -> tuple[NDArray[np.int64], NDArray[np.bool_], int]:
        """Seconds since 1970 with up to six decimals, as microseconds; like ``plain_wholes``."""
        out = np.empty(len(self), dtype=np.int64)
        valid = np.empty(len(self), dtype=np.bool_)
        odd = cell_kernels.epoch(self._data, self._starts, self._ends, out, valid)
        return out, valid, odd

    def dotted(self) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
        """IPv4 addresses in their canonical text as 32-bit numbers, and which cells are such."""
        out = np.empty(len(self), dtype=np.uint64)
        valid = np.empty(len(self), dtype=np.bool_)
        cell_kernels.dotted(self._data, self._starts, self._ends, out, valid)
        return out, valid

    def whole(self) -> pa.Array:
        """Whole numbers, int64; see ``values.whole``."""
        out, valid, odd = self.plain_wholes()
        return values.whole(self.text) if odd else _array(pa.int64(), out, valid)

    def number(self) -> pa.Array:
        """Finite numbers, float64; see ``values.number``."""
        out = np.empty(len(self), dtype=np.float64)
        valid = np.empty(len(self), dtype=np.bool_)
        if cell_kernels.decimal(self._data, self._starts, self._ends, out, valid, _POWERS):
            return values.number(self.text)
        return _array(pa.float64(), out, valid)

    def time(self) -> pa.Array:
        """Times, int64 microseconds since 1970 UTC; see ``times.microseconds``."""
        out, valid, odd = self.plain_epochs()
        return times.microseconds(self.text) if odd else _array(pa.int64(), out, valid)

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


def cells_of(texts: pa.Array) -> Cells:
    """The cells of a column of strings, none of them NULL."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    octets = np.frombuffer(data or b"", dtype=np.uint8)
    return Cells(octets, places[:-1].copy(), places[1:].copy())


def _array(type_: pa.DataType, data: NDArray[np.generic], valid: NDArray[np.bool_]) -> pa.Array:
    bits = None if valid.all() else _bits(valid)
    return pa.Array.from_buffers(type_, len(data), [bits, pa.py_buffer(data)])


def _bits(valid: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(valid, bitorder="little"))
