"""Lines of fields between separators, as columns of strings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns, refuse
from netcordon.ingest.text.tally import Tally

_CARRIAGE_RETURN = 13
_OTHER_FIELDS = "another number of fields"
MANY_BYTES = 1 << 20
"""Bytes of a block that are worth loading the compiled splitter for."""


def delimited(
    block: Block, names: Sequence[str], separator: str, tally: Tally, unset: Sequence[str] = ("-",)
) -> Columns:
    """Split lines that have no quoting, such as Zeek's.

    Args:
        block: lines with one field for each name; others are refused, as are those with a carriage
            return inside, which would read as two.
        names: of the fields; of equal names the last is kept.
        separator: one ASCII character.
        tally: takes what is refused.
        unset: texts that mean "no value".
    """
    is_cut = len(block.data) >= MANY_BYTES and all(len(text.encode()) <= 1 for text in unset)
    if is_cut and b"\r" not in block.data:
        return _cut(block, names, separator, tally, unset)
    wrong = block.count(ord(separator)) != len(names) - 1
    refuse(block, wrong, _OTHER_FIELDS, tally)
    split = block.count(_CARRIAGE_RETURN) > 0
    refuse(block, split & ~wrong, "a carriage return inside the line", tally)
    block = block.select(~(wrong | split))
    if not len(block):
        return Columns({name: pa.nulls(0, pa.string()) for name in names}, block)
    places = [str(i) for i in range(len(names))]
    table = pcsv.read_csv(
        pa.BufferReader(block.data),
        read_options=pcsv.ReadOptions(
            use_threads=False, block_size=len(block.data) + 1, column_names=places
        ),
        parse_options=pcsv.ParseOptions(
            delimiter=separator, quote_char=False, escape_char=False, ignore_empty_lines=False
        ),
        convert_options=pcsv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()),
            null_values=list(unset),
            strings_can_be_null=True,
        ),
    )
    return Columns(
        {
            name: pc.cast(table.column(place).combine_chunks(), pa.string())
            for name, place in zip(names, places, strict=True)
        },
        block,
    )


def _cut(
    block: Block, names: Sequence[str], separator: str, tally: Tally, unset: Sequence[str]
) -> Columns:
    """The same by the compiled splitter: cells, which are read when they are asked for."""
    from netcordon.ingest.text.cell_kernels import split
    from netcordon.ingest.text.cells import Cells

    data = np.frombuffer(block.data, dtype=np.uint8)
    starts = np.empty((len(names), len(block)), dtype=np.int32)
    ends = np.empty_like(starts)
    wrong = np.empty(len(block), dtype=np.bool_)
    marks = np.empty(int((block.ends - block.starts).max(initial=0)) + 1, dtype=np.int32)
    alone = next((ord(text) for text in unset if text), -1)
    cut = (ord(separator), alone, "" in unset, starts, ends, marks, wrong)
    if split(data, block.starts, block.ends, *cut):
        refuse(block, wrong, _OTHER_FIELDS, tally)
        return _cut(block.select(~wrong), names, separator, tally, unset)
    return Columns({name: Cells(data, starts[i], ends[i]) for i, name in enumerate(names)}, block)
