"""Lines that were read by the column, and which lines may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.template import Lines

MOST_OCTETS = 8192
"""A longer line is read letter by letter."""

# What other readers look for anywhere in a line, escapes, and white space but the blank.
_STRANGE = r"[\x00-\x09\x0b-\x1f\\|{]|client |%[A-Z][A-Z0-9_]+-| PACKET |LEEF:|DHCP|r-l-e:"
_COMMAS = 7
"""Lines with more may be values between commas."""


@dataclass(frozen=True)
class Taken:
    """Lines that became rows.

    Attributes:
        reader: name of the reader that would have read them.
        table: their table.
        lines: which of the lines these are.
        columns: of the rows.
    """

    reader: str
    table: str
    lines: NDArray[np.bool_]
    columns: Mapping[str, object]


def plain(block: Block) -> NDArray[np.bool_]:
    """The lines that hold nothing which makes them another reader's, or needs a closer look."""
    texts = block.texts()
    found = pc.invert(pc.match_substring_regex(texts, _STRANGE))
    few = pc.less_equal(pc.count_substring(texts, ","), _COMMAS)
    plain: NDArray[np.bool_] = pc.and_(found, few).to_numpy(zero_copy_only=False)
    return plain & (block.ends - block.starts <= MOST_OCTETS)


def names_packet(block: Block) -> NDArray[np.bool_]:
    """The lines that Linux's packet log may have written, and nobody else."""
    found = pc.match_substring(block.texts(), " SRC=")
    names: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return names


def lines_of(block: Block) -> Lines:
    """The lines of a block, as templates cut them."""
    data = np.frombuffer(block.data, dtype=np.uint8)
    return Lines(data, block.starts, block.ends, block.numbers)


def said(texts: pa.Array, unset: str = "-") -> pa.Array:
    """Texts; NULL where they are empty or say that there is none."""
    none = pc.or_(pc.equal(texts, unset), pc.equal(texts, ""))
    return pc.if_else(none, pa.scalar(None, pa.string()), texts)
