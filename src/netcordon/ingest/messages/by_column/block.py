"""A block of messages: what is read by the column, and which lines are left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.messages.by_column.netfilter import netfilter
from netcordon.ingest.messages.by_column.taken import Taken, lines_of, names_packet, plain
from netcordon.ingest.messages.by_column.web import combined, common, squid
from netcordon.ingest.messages.envelope import opened
from netcordon.ingest.messages.events import uid
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.template import Lines

_REQUESTS, _PACKETS = (combined, squid, common), (netfilter,)
_FEW = 64
"""Lines that are not worth another way."""


Places = NDArray[np.int64]


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
    found = Found([], np.full(len(block), "", dtype=object))
    is_plain, is_packet = plain(block), names_packet(block)
    for ways, chosen in ((_REQUESTS, is_plain & ~is_packet), (_PACKETS, is_plain & is_packet)):
        left = np.flatnonzero(chosen)
        for way in ways:
            if len(left) < _FEW:
                break
            left = _take(way, left, block, clock, found)
    return found


def _host(line: bytes) -> str:
    """The device that wrote a line, as its envelope names it."""
    head, sign, _ = line[:256].partition(b" kernel: [")
    if sign and not head.endswith(b":"):
        return head.rpartition(b" ")[2].decode(errors="replace")
    return opened(line.decode(errors="replace")).host


def _take(
    way: Callable[[Lines, Clock], Taken], left: Places, block: Block, clock: Clock, found: Found
) -> Places:
    """Read lines one way; returns those that are left."""
    lines = lines_of(block).at(left)
    taken = way(lines, clock)
    numbers, columns = lines.numbers[taken.lines], dict(taken.columns)
    if not len(numbers):
        return left
    chosen = left[taken.lines]
    if taken.table == "network_activity":
        pairs = zip(chosen.tolist(), numbers.tolist(), strict=True)
        told = [(block.text(index), number) for index, number in pairs]
        columns["uid"] = [uid(line, number, _host(line)) for line, number in told]
    found.rows.append(rows(taken.table, numbers, columns))
    found.readers[chosen] = taken.reader
    return left[~taken.lines]
