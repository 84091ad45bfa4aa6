"""Lines in a declared format as columns of strings: CSV with quotes, JSON, ``key=value``."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv

from netcordon.ingest.messages.pairs import pairs
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns, refuse
from netcordon.ingest.text.delimited import delimited
from netcordon.ingest.text.tally import Tally

UNSET = ("", "-")
"""Texts that mean "no value"."""
_OTHER_FIELDS = "another number of fields"


def separated(block: Block, names: Sequence[str], delimiter: str, tally: Tally) -> Columns:
    """CSV (RFC 4180), a record a line; what is quoted may hold the delimiter.

    Args:
        block: lines with one field for each name; others are refused.
        names: of the fields.
        delimiter: one ASCII character.
        tally: takes what is refused.
    """
    if b'"' not in block.data:
        return delimited(block, names, delimiter, tally, UNSET)
    split = block.count(13) > 0
    refuse(block, split, "a carriage return inside the line", tally)
    block = block.select(~split)
    found = _whole(block, len(names), delimiter)
    if found is None:
        block, found = _one_by_one(block, len(names), delimiter, tally)
    return Columns(dict(zip(names, found, strict=True)), block)


def _whole(block: Block, count: int, delimiter: str) -> list[pa.Array] | None:
    """All lines at once, or ``None`` where one of them needs a closer look."""
    places = [str(i) for i in range(count)]
    try:
        table = pcsv.read_csv(
            pa.BufferReader(block.data),
            read_options=pcsv.ReadOptions(
                use_threads=False, block_size=len(block.data) + 1, column_names=places
            ),
            parse_options=pcsv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            convert_options=pcsv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()),
                null_values=list(UNSET),
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowException, UnicodeDecodeError):
        return None
    if table.num_rows != len(block):
        return None
    return [table.column(place).combine_chunks().cast(pa.string()) for place in places]


def _one_by_one(
    block: Block, count: int, delimiter: str, tally: Tally
) -> tuple[Block, list[pa.Array]]:
    sound = np.ones(len(block), dtype=np.bool_)
    cells: list[list[str | None]] = [[] for _ in range(count)]
    for index in range(len(block)):
        line = block.text(index)
        try:
            row = next(csv.reader([line.decode(errors="replace")], delimiter=delimiter), [])
        except csv.Error:
            row = []
        if len(row) != count:
            sound[index] = False
            tally.refuse_text(_OTHER_FIELDS, int(block.numbers[index]), line)
            continue
        for column, cell in zip(cells, row, strict=True):
            column.append(None if cell in UNSET else cell)
    return block.select(sound), [pa.array(column, pa.string()) for column in cells]


def keyed(block: Block, names: Sequence[str], tally: Tally) -> Columns:
    """Lines of ``key=value key="a value"``; those without any wanted key are refused."""
    found: list[list[str | None]] = [[] for _ in names]
    sound = np.ones(len(block), dtype=np.bool_)
    for index in range(len(block)):
        line = block.text(index)
        said = pairs(line.decode(errors="replace"))
        row = [said.get(name) for name in names]
        if not any(value is not None for value in row):
            sound[index] = False
            tally.refuse_text("none of the fields is in it", int(block.numbers[index]), line)
            continue
        for column, value in zip(found, row, strict=True):
            column.append(None if value in UNSET else value)
    arrays = [pa.array(column, pa.string()) for column in found]
    return Columns(dict(zip(names, arrays, strict=True)), block.select(sound))
