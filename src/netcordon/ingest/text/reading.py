"""From a source to the tables: blocks of lines go to a format, its rows to the sink."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from netcordon.ingest.text.abreast import Batch, in_turn, made
from netcordon.ingest.text.blocks import Block, blocks
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import ByteSource, ParseResult, Progress, RowSink, Share

Format = Callable[[Block, Tally], Iterable[Rows]]
"""Turns lines into rows. It must account for each line of the block: ``tally.read`` grows by those
that became rows, ``tally.comments`` by remarks, all others are refused.

It is called block by block, in order, so what one block tells of the next (a header) is kept by the
call; what the call returns may be gone through beside that of other blocks."""


@dataclass
class _Span:
    """First and last time, microseconds."""

    first: int | None = None
    last: int | None = None

    def take(self, batch: Batch) -> None:
        if batch.first is None or batch.last is None:
            return
        self.first = batch.first if self.first is None else min(self.first, batch.first)
        self.last = batch.last if self.last is None else max(self.last, batch.last)


@dataclass
class Facts:
    """What a format learns of the log beside its rows; it ends up in ``ParseResult.facts``."""

    found: dict[str, object] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def most(self, name: str, value: float) -> None:
        """Keep the largest of several values."""
        with self._lock:
            before = self.found.get(name)
            if not isinstance(before, int | float) or value > before:
                self.found[name] = value

    def add(self, name: str, value: float) -> None:
        """Sum values up."""
        with self._lock:
            before = self.found.get(name)
            self.found[name] = value + (before if isinstance(before, int | float) else 0)


def read_lines(
    source: ByteSource,
    sink: RowSink,
    progress: Progress,
    share: Share,
    format_: Format,
    family: str,
    facts: Mapping[str, object] | None = None,
    finish: Callable[[], Iterable[Rows]] = tuple,
    warnings: Callable[[], Sequence[IngestWarning]] = tuple,
    *,
    is_in_order: bool = False,
) -> ParseResult:
    """Read a log to its end.

    Share 0 reads all of it, with as many threads as there are shares; others find nothing to do.
    Rows do not depend on their number: what the threads make is taken in the order of the lines.

    Args:
        source: of the bytes.
        sink: takes the rows.
        progress: hears of the lines read.
        share: which part of the work this is.
        format_: turns lines into rows.
        family: what writes such logs; one word. Logs of a family share the ids of flows.
        facts: what the format measured, read when it is done.
        finish: called when all lines were read: rows that had waited for lines to come.
        warnings: called then: what was assumed.
        is_in_order: what the format makes of a block rests on the blocks before.
    """
    if share.index:
        return ParseResult(records=0)
    lines, tally, span = Tally(), Tally(), _Span()
    threads = 1 if is_in_order else share.count
    for batches, part in in_turn(format_, blocks(source, lines), threads):
        tally.take(part)
        for batch in batches:
            span.take(batch)
            sink.append(batch.table, batch.columns)
        progress(tally.read)
    tally.take(lines)
    for batch in map(made, finish()):
        span.take(batch)
        sink.append(batch.table, batch.columns)
    tally.keep_samples(sink)
    source_row = {
        "time": [span.first],
        "family": [family],
        "last_seen_time": [span.last],
        "lines": [tally.lines],
        "read_lines": [tally.read],
        "comment_lines": [tally.comments],
        "refused_lines": [sum(tally.refused.values())],
    }
    sink.append("log_source", source_row)
    return ParseResult(
        records=tally.read + tally.refused.total(),
        refused=dict(sorted(tally.refused.items())),
        first_time=_time(span.first),
        last_time=_time(span.last),
        warnings=(*tally.ingest_warnings(), *warnings()),
        facts={
            "is_log": True,
            "lines": tally.lines,
            "comment_lines": tally.comments,
            **(facts or {}),
        },
    )


def _time(microseconds: int | None) -> datetime | None:
    if microseconds is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
