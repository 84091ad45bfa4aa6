"""A block of messages: what is read by the column, and which lines are left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.messages.by_column.taken import lines_of, plain
from netcordon.ingest.messages.by_column.web import combined, common, squid
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.rows import Rows, rows

_WAYS = (combined, squid, common)
_FEW = 64
"""Lines that are not worth another way."""


@dataclass(frozen=True)
class Found:
    """What was read by the column.

    Attributes:
        rows: of the lines read.
        readers: name of the reader that would have read each line; empty where it is left.
    """

    rows: list[Rows]
    readers: NDArray[np.object_]


def by_column(block: Block, clock: Clock) -> Found:
    """Read what is built plainly; see ``readers`` for what the lines mean."""
    readers = np.full(len(block), "", dtype=object)
    found = Found([], readers)
    left = np.flatnonzero(plain(block))
    lines = lines_of(block).at(left)
    for way in _WAYS:
        if len(lines) < _FEW:
            break
        taken = way(lines, clock)
        if not taken.lines.any():
            continue
        found.rows.append(rows(taken.table, lines.numbers[taken.lines], taken.columns))
        readers[left[taken.lines]] = taken.reader
        left = left[~taken.lines]
        lines = lines.at(~taken.lines)
    return found
