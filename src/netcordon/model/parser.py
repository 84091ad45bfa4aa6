"""What a parser of evidence declares, and what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from netcordon.model.evidence import IngestWarning


class ByteSource(Protocol):
    """Unpacked bytes of one piece of evidence, read once from front to back."""

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill ``buffer`` from the front; return the bytes written, 0 at the end."""


class RowSink(Protocol):
    """Where a parser puts rows."""

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Take a batch of rows, one array a column, all of one length.

        Args:
            table: name in ``tables.schema.TABLES``.
            columns: column name -> NumPy or Arrow array (or list) for *every* stored column;
                times as ``int64`` microseconds since 1970 UTC.
        """


Progress = Callable[[int], None]
"""Called now and then with the frames (or lines) read so far."""


@dataclass(frozen=True, kw_only=True)
class ParseResult:
    """What was read. A parser never raises on bytes: it stops, and says here why.

    Attributes:
        records: frames (or lines) read.
        refused: reason -> frames seen and not decoded further.
        warnings: what could not be read or must be doubted.
        facts: JSON-able statistics for the quality verdict.
        complete: ``False`` when the file ended in the middle of a record or broke off.
    """

    records: int
    refused: Mapping[str, int] = field(default_factory=dict)
    first_time: datetime | None = None
    last_time: datetime | None = None
    warnings: Sequence[IngestWarning] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class Share:
    """The part of a piece of evidence that one of several processes decodes.

    Every process reads all bytes; which records are whose depends on their content alone.

    Attributes:
        index: which part, from 0.
        count: how many parts there are.
        beside: processes that decode at the same time; bounds of memory are divided among them.
    """

    index: int = 0
    count: int = 1
    beside: int = 1


WHOLE = Share()
"""One process decodes all of it, and nothing else runs."""


@dataclass(frozen=True, kw_only=True)
class Parser:
    """A format of evidence.

    Attributes:
        title: name of the format.
        writes: tables it fills.
        recognise: says from the first unpacked bytes (up to 64 KiB) which kind it is, or ``None``.
        parse: reads the source to its end into the sink: all records, or those of one share. Share
            0 reports what is true of the whole (records, times, damage); of facts each share
            reports its own part, so that sums, ``first_…`` as minimum and ``largest_…`` as
            maximum, are those of the whole.
        must_compile: says whether the next parse compiles first (tens of seconds, once per
            machine); ``None`` for parsers that never do.
        compile: does that ahead of a parse, in parts that processes may run side by side.
        load: loads, and where needed compiles, all that a parse needs; it leaves no thread behind,
            for the process forks afterwards.
        has_threads: share 0 reads all of it, with as many threads as there are shares; the others
            find nothing to do, so that one process is enough.
    """

    title: str
    writes: tuple[str, ...]
    recognise: Callable[[bytes], str | None]
    parse: Callable[[ByteSource, RowSink, Progress, Share], ParseResult]
    must_compile: Callable[[], bool] | None = None
    compile: tuple[Callable[[], None], ...] = ()
    load: Callable[[], None] | None = None
    has_threads: bool = False
