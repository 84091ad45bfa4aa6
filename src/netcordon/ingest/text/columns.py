"""Fields of a block of lines as typed columns, whatever type the log wrote them in.

Formats declare their fields by name; what a log lacks is NULL. A value that is not of the wanted
type is NULL as well, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.text import times, values
from netcordon.ingest.text.addresses import Addresses, addresses, nothing
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.tally import Tally

Mask = NDArray[np.bool_]


class Columns:
    r"""Fields of n lines.

    Args:
        fields: name -> Arrow array, all of n values: strings as TSV gives them, or whatever JSON
            held (numbers, booleans, strings, lists, structures).
        block: the lines, for what must be refused; one for each value.
        separator: between the items of a list that is written as a text.
        is_escaped: texts may hold ``\xNN`` for octets.
    """

    def __init__(
        self,
        fields: Mapping[str, pa.Array],
        block: Block,
        *,
        separator: str = ",",
        is_escaped: bool = False,
    ) -> None:
        self._fields = dict(fields)
        self.block = block
        self._separator = separator
        self._is_escaped = is_escaped

    def __len__(self) -> int:
        return len(self.block)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    @property
    def names(self) -> frozenset[str]:
        """Fields that the log has."""
        return frozenset(self._fields)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers of the lines in the log."""
        return self.block.numbers

    def raw(self, name: str) -> pa.Array:
        """A field as it was read; NULL where the log lacks it."""
        found = self._fields.get(name)
        return pa.nulls(len(self), pa.string()) if found is None else found

    def text(self, *names: str) -> pa.Array:
        """A string; of several names (older and newer ones) the first that says something."""
        found = self._text(names[0])
        for name in names[1:]:
            if name in self._fields:
                found = pc.coalesce(found, self._text(name))
        return found

    def _text(self, name: str) -> pa.Array:
        found = values.text(self.raw(name))
        return values.unescaped(found) if self._is_escaped else found

    def lower(self, *names: str) -> pa.Array:
        """A string in lower case."""
        return pc.utf8_lower(self.text(*names))

    def whole(self, *names: str) -> pa.Array:
        """A whole number, int64."""
        found = values.whole(self.raw(names[0]))
        for name in names[1:]:
            if name in self._fields:
                found = pc.coalesce(found, values.whole(self.raw(name)))
        return found

    def number(self, name: str) -> pa.Array:
        """A finite number, float64."""
        return values.number(self.raw(name))

    def flag(self, name: str) -> pa.Array:
        """Yes or no."""
        return values.flag(self.raw(name))

    def texts(self, name: str) -> pa.Array:
        """A list of strings; of a text, the parts between separators."""
        lists = values.texts(self.raw(name), self._separator)
        if not self._is_escaped:
            return lists
        items = values.unescaped(lists.values)
        return pa.ListArray.from_arrays(lists.offsets, items, mask=lists.is_null())

    def time(self, *names: str) -> pa.Array:
        """A time, int64 microseconds since 1970 UTC; from epoch seconds or ISO 8601."""
        found = times.microseconds(self.raw(names[0]))
        for name in names[1:]:
            if name in self._fields:
                found = pc.coalesce(found, times.microseconds(self.raw(name)))
        return found

    def address(self, *names: str) -> Addresses:
        """An address, canonical and as halves."""
        if not any(name in self._fields for name in names):
            return nothing(len(self))
        return addresses(self.text(*names))

    def required(self, tally: Tally, good: Mapping[str, pa.Array]) -> Columns:
        """Refuse the lines that lack something.

        Args:
            tally: takes the refused lines.
            good: reason -> boolean column; where it is not true, the line is refused for it.
        """
        left = np.ones(len(self), dtype=np.bool_)
        for reason, column in good.items():
            fine = _mask(column)
            refuse(self.block, left & ~fine, reason, tally)
            left &= fine
        return self.where(left)

    def where(self, where: Mask | pa.Array) -> Columns:
        """The lines where ``where`` (booleans, one a line) is true; NULL counts as false."""
        chosen = where if isinstance(where, np.ndarray) else _mask(where)
        if chosen.all():
            return self
        mask = pa.array(chosen)
        fields = {name: column.filter(mask) for name, column in self._fields.items()}
        block = self.block.select(chosen)
        return Columns(fields, block, separator=self._separator, is_escaped=self._is_escaped)


def _mask(column: pa.Array) -> Mask:
    found: Mask = pc.fill_null(column, False).to_numpy(zero_copy_only=False)
    return found


def refuse(block: Block, where: Mask, reason: str, tally: Tally) -> None:
    """Refuse the lines where ``where`` (one a line) is true."""
    places = np.flatnonzero(where).tolist()
    for done, index in enumerate(places):
        if not tally.wants_sample(reason):
            tally.refuse_more(reason, len(places) - done)
            return
        tally.refuse_text(reason, int(block.numbers[index]), block.text(index))
