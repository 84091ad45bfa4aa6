"""How long logs are kept, by sensor and class: the oldest day, the gaps, what the time would need.

Days are UTC days of rows. Today is not over and is not judged. A class that its sensor writes on
fewer than half of its days (alerts, say) is sparse: a day without one is no gap, and the days of
the sensor count instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from netcordon.model.archive import CLASS_OF, LogClass, Retention, Segment
from netcordon.model.archive_report import Coverage, Gap

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """Rows of one class of one sensor on one day."""

    sensor: str
    log_class: LogClass
    day: date
    bytes: int
    rows: int


@dataclass
class _Days:
    days: set[date] = field(default_factory=set)
    bytes: int = 0
    rows: int = 0


def kept_by(segment: Segment) -> Iterator[Kept]:
    """What a segment holds; an original counts for every day of its tables, its size once."""
    for file in segment.held:
        if (log_class := file.log_class) is not None:
            yield Kept(segment.sensor, log_class, file.day, file.bytes, file.rows)
    if segment.original is not None and segment.original.expired_time is None:
        days = {file.day for file in segment.files if file.table in CLASS_OF}
        for number, day in enumerate(sorted(days)):
            size = 0 if number else segment.original.bytes
            yield Kept(segment.sensor, LogClass.ORIGINALS, day, size, 0)


def coverage(kept: Iterable[Kept], retention: Retention, today: date) -> tuple[Coverage, ...]:
    """The verdict on each class of each sensor.

    Args:
        kept: everything that is kept, in the archive and in the workspace.
        retention: as declared.
        today: the day that is not over.
    """
    found: dict[tuple[str, LogClass], _Days] = defaultdict(_Days)
    sensors: dict[str, set[date]] = defaultdict(set)
    for one in kept:
        held = found[one.sensor, one.log_class]
        held.days.add(one.day)
        held.bytes += one.bytes
        held.rows += one.rows
        sensors[one.sensor].add(one.day)
    return tuple(
        _judged(sensor, log_class, found[sensor, log_class], sensors[sensor], retention, today)
        for sensor, log_class in sorted(found)
    )


def _judged(
    sensor: str, log_class: LogClass, held: _Days, alive: set[date], retention: Retention,
    today: date,
) -> Coverage:  # fmt: skip
    required = retention.of(log_class)
    first = today - timedelta(days=required)
    is_sparse = 2 * len(held.days) < len(alive)
    days = alive if is_sparse else held.days
    inside = sorted(day for day in days if first <= day < today)
    oldest = min(days)
    # What was there before the window began shows that the window is not short.
    begin = first if oldest <= first else (inside[0] if inside else today)
    a_day = -(-held.bytes // max(len(held.days), 1))
    return Coverage(
        sensor=sensor,
        log_class=log_class,
        required_days=required,
        oldest_day=oldest,
        newest_day=max(days),
        days=len(inside),
        short_days=max(0, (begin - first).days),
        gaps=tuple(_gaps(inside, begin, today)),
        is_sparse=is_sparse,
        bytes=held.bytes,
        rows=held.rows,
        bytes_a_day=a_day,
        projected_bytes=a_day * required,
    )


def _gaps(days: list[date], begin: date, today: date) -> Iterator[Gap]:
    """Stretches without data from the first day that is kept to yesterday."""
    expected = begin
    for day in (*days, today):
        if day > expected:
            yield Gap(first_day=expected, last_day=day - _A_DAY)
        expected = day + _A_DAY
