"""Blocks of a log turned into rows by several threads, handed on in the order of the lines.

Cutting, casting and sorting of columns release the interpreter lock. At most one block more than
there are threads is under way, so memory does not grow with the log.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow.compute as pc

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES


@dataclass(frozen=True)
class Batch:
    """Rows of one table as they are stored.

    Attributes:
        table: its name.
        columns: every stored column, of the stored type.
        first: earliest time among them, microseconds; ``None`` where none has one.
        last: latest time.
    """

    table: str
    columns: Mapping[str, object]
    first: int | None
    last: int | None


Done = tuple[list[Batch], Tally]


def made(rows: Rows) -> Batch:
    """Rows in the types of their table."""
    ends = pc.min_max(rows.time).as_py()
    stored = to_arrow(TABLES[rows.table], rows.columns)
    columns = dict(zip(stored.column_names, stored.columns, strict=True))
    return Batch(rows.table, columns, ends["min"], ends["max"])


def in_turn(
    format_: Callable[[Block, Tally], Iterable[Rows]], found: Iterable[Block], threads: int
) -> Iterator[Done]:
    """What becomes of each block, in order.

    Args:
        format_: see ``text.reading.Format``.
        found: the blocks.
        threads: how many blocks are worked on at a time; with one, no thread is started.
    """
    if threads < 2:
        for block in found:
            tally = Tally()
            yield _run(format_(block, tally), tally)
        return
    waiting: deque[Future[Done]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="log") as pool:
        for block in found:
            tally = Tally()
            waiting.append(pool.submit(_run, format_(block, tally), tally))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _run(rows: Iterable[Rows], tally: Tally) -> Done:
    return [made(each) for each in rows], tally


class Turns:
    """Lets what rests on the blocks before be done in their order.

    Blocks draw a number in order; each of them comes to its turn and lets the next one go on, also
    where it fails.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._drawn = 0
        self._now = 0

    def draw(self) -> int:
        """A number."""
        self._drawn += 1
        return self._drawn - 1

    @contextmanager
    def after(self, number: int) -> Iterator[Callable[[], None]]:
        """Hands out what waits for the turn; on leaving, the turn goes to the next."""

        def wait() -> None:
            with self._changed:
                self._changed.wait_for(lambda: self._now == number)

        try:
            yield wait
        finally:
            wait()
            with self._changed:
                self._now += 1
                self._changed.notify_all()
