"""What may be deleted: files whose class need not be kept so long, unless a hold pins them.

A new entry that calls the files expired comes first, the objects go afterwards. Killed in between,
the objects are still there, and the next ``expire`` removes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from netcordon.archive.catalogue import DATA, ORIGINALS, Catalogue
from netcordon.model.archive import (
    CLASS_OF,
    HeldFile,
    HeldObject,
    Hold,
    LogClass,
    Retention,
    Segment,
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """What of a segment may go.

    Attributes:
        files: of tables.
        original: the original may go too.
        holds: that pin it; with any, nothing goes.
    """

    segment: Segment
    files: tuple[HeldFile, ...]
    original: HeldObject | None
    holds: tuple[Hold, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The objects."""
        more = (self.original.name,) if self.original else ()
        return (*(file.name for file in self.files), *more)

    @property
    def bytes(self) -> int:
        """Their octets."""
        return sum(f.bytes for f in self.files) + (self.original.bytes if self.original else 0)


def due(
    segments: Sequence[Segment], holds: Sequence[Hold], retention: Retention, today: date
) -> tuple[Due, ...]:
    """Everything whose time is over, what is held among it."""
    found = []
    for segment in segments:
        counted = [(f, f.log_class) for f in segment.held if f.log_class is not None]
        old = [f for f, of in counted if _is_over(f.day, of, retention, today)]
        kept = len(counted) - len(old)
        last = max((f.day for f in segment.files if f.table in CLASS_OF), default=today)
        original = segment.original
        if original is not None and (
            original.expired_time is not None
            or not _is_over(last, LogClass.ORIGINALS, retention, today)
        ):
            original = None
        if not kept and old:  # nothing that counts is left: what is beside it goes too
            old = list(segment.held)
        if old or original:
            pins = tuple(hold for hold in holds if hold.pins(segment))
            found.append(Due(segment, tuple(old), original, pins))
    return tuple(found)


def expire(catalogue: Catalogue, one: Due, now: datetime) -> Segment:
    """Delete what is due of a segment; returns its new entry.

    Raises:
        ArchiveError: NC-561 the archive cannot be written.
        ValueError: for what is held.
    """
    if one.holds:
        raise ValueError("held")
    gone = set(one.names)
    segment = one.segment
    files = tuple(
        replace(file, expired_time=now) if file.name in gone else file for file in segment.files
    )
    original = segment.original
    if original is not None and original.name in gone:
        original = replace(original, expired_time=now)
    after = replace(segment, generation=segment.generation + 1, files=files, original=original)
    catalogue.add(after)
    for name in one.names:
        catalogue.store.remove(name)
    return after


def leftovers(catalogue: Catalogue, segments: Sequence[Segment]) -> tuple[str, ...]:
    """Objects that entries call expired and that are still there.

    Raises:
        ArchiveError: NC-561 the archive cannot be reached.
    """
    there = {one.name for folder in (DATA, ORIGINALS) for one in catalogue.store.names(folder)}
    expired = {
        one.name
        for segment in segments
        for one in (*segment.files, segment.original)
        if one is not None and one.expired_time is not None
    }
    return tuple(sorted(there & expired))


def _is_over(day: date, log_class: LogClass, retention: Retention, today: date) -> bool:
    return day < today - timedelta(days=retention.of(log_class))
