"""Fields of a block of lines as typed columns, whatever type the log wrote them in.

Formats declare their fields by name; what a log lacks is NULL. A value that is not of the wanted
type is NULL as well, never a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.text import times, values
from netcordon.ingest.text.addresses import Addresses, addresses, nothing
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.tally import Tally

if TYPE_CHECKING:
    from netcordon.ingest.text.cells import Cells

_MOST_NAMES = 8
_NAME_LETTERS = 32

Mask = NDArray[np.bool_]


class Columns:
    r"""Fields of n lines.

    Args:
        fields: name -> Arrow array, all of n values: strings as TSV gives them, or whatever JSON
            held (numbers, booleans, strings, lists, structures); or cells, which are read when
            they are asked for.
        block: the lines, for what must be refused; one for each value.
        separator: between the items of a list that is written as a text.
        is_escaped: texts may hold ``\xNN`` for octets.
    """

    def __init__(
        self,
        fields: Mapping[str, pa.Array | Cells],
        block: Block,
        *,
        separator: str = ",",
        is_escaped: bool = False,
    ) -> None:
        self._fields = dict(fields)
        self._members: dict[str, pa.Array] = {}
        self._words: dict[tuple[str, ...], pa.DictionaryArray] = {}
        self._addresses: dict[tuple[str, ...], Addresses] = {}
        self._times: dict[tuple[str, ...], pa.Array] = {}
        self.block = block
        self._separator = separator
        self._is_escaped = is_escaped

    def spelled(self, *, separator: str, is_escaped: bool) -> Columns:
        """The same fields, for a log that writes lists and octets so."""
        return Columns(self._fields, self.block, separator=separator, is_escaped=is_escaped)

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
        """A field as it was read; NULL where the log lacks it.

        A name with dots leads into structures: ``dns.rrname`` is ``rrname`` within ``dns``.
        """
        cells = self._cells(name)
        found = self._fields.get(name, self._members.get(name)) if cells is None else cells.text
        if found is None:
            top, _, rest = name.partition(".")
            found = _within(self._fields.get(top), rest)
            found = pa.nulls(len(self), pa.string()) if found is None else found
            self._members[name] = found
        return found

    def _cells(self, name: str) -> Cells | None:
        """A field that was cut and not yet read."""
        found = self._fields.get(name)
        return None if found is None or isinstance(found, pa.Array) else found

    def text(self, *names: str) -> pa.Array:
        """A string; of several names (older and newer ones) the first that says something."""
        found = self._text(names[0])
        for name in names[1:]:
            if found.null_count:
                found = pc.coalesce(found, self._text(name))
        return found

    def _text(self, name: str) -> pa.Array:
        found = values.text(self.raw(name))
        return values.unescaped(found) if self._is_escaped else found

    def words(self, *names: str) -> pa.DictionaryArray:
        """A string that repeats, as a dictionary: what is done to it is done once a text."""
        if names not in self._words:
            cells = self._cells(names[0]) if len(names) == 1 and not self._is_escaped else None
            found = self.text(*names).dictionary_encode() if cells is None else cells.words
            self._words[names] = found
        return self._words[names]

    def lower(self, *names: str) -> pa.Array:
        """A string in lower case."""
        return pc.utf8_lower(self.text(*names))

    def whole(self, *names: str) -> pa.Array:
        """A whole number, int64."""
        found = self._whole(names[0])
        for name in names[1:]:
            if found.null_count:
                found = pc.coalesce(found, self._whole(name))
        return found

    def _whole(self, name: str) -> pa.Array:
        cells = self._cells(name)
        return values.whole(self.raw(name)) if cells is None else cells.whole()

    def number(self, name: str) -> pa.Array:
        """A finite number, float64."""
        cells = self._cells(name)
        return values.number(self.raw(name)) if cells is None else cells.number()

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
        if names not in self._times:
            found = self._time(names[0])
            for name in names[1:]:
                if found.null_count:
                    found = pc.coalesce(found, self._time(name))
            self._times[names] = found
        return self._times[names]

    def _time(self, name: str) -> pa.Array:
        cells = self._cells(name)
        return times.microseconds(self.raw(name)) if cells is None else cells.time()

    def address(self, *names: str) -> Addresses:
        """An address, canonical and as halves."""
        if names not in self._addresses:
            texts = self.words(*names)
            none = texts.null_count == len(texts)
            self._addresses[names] = nothing(len(self)) if none else addresses(texts)
        return self._addresses[names]

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
        fields = {
            name: column.filter(mask if isinstance(column, pa.Array) else chosen)
            for name, column in self._fields.items()
        }
        block = self.block.select(chosen)
        return Columns(fields, block, separator=self._separator, is_escaped=self._is_escaped)


def _within(array: pa.Array | None, path: str) -> pa.Array | None:
    """A member of structures, NULL where they are; ``None`` where there is none."""
    for name in path.split(".") if path else ():
        if array is None or not pa.types.is_struct(array.type):
            return None
        place = array.type.get_field_index(name)
        if place < 0:
            return None
        array = pc.struct_field(array, [place])
    return array if path else None


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


def refuse_by_name(
    block: Block, where: Mask, names: NDArray[np.object_], reason: str, tally: Tally
) -> None:
    """Refuse lines for a reason that ends in a name which the line itself gives.

    The most frequent names are told, the rest together, for there may be as many as lines.
    """
    told = Counter(names[where].tolist()).most_common(_MOST_NAMES)
    left = where.copy()
    for name, _ in sorted(told):
        chosen = where & (names == name)
        refuse(block, chosen, f"{reason} {name[:_NAME_LETTERS] or '(none)'}", tally)
        left &= ~chosen
    refuse(block, left, f"{reason} (others)", tally)
