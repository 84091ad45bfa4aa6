"""What `netcordon archive check` and `drill` say of an archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from netcordon.model.archive import Hold, LogClass


class Kept(StrEnum):
    """Whether logs of a class are kept as long as they must be."""

    MET = "met"
    SHORT = "short"
    GAPS = "gaps"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Days without data, the first and the last included."""

    first_day: date
    last_day: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How long logs of one class of one sensor are kept.

    Attributes:
        required_days: as declared.
        oldest_day: of the days that are kept; ``None`` without any.
        newest_day: likewise.
        days: with data, within the required time.
        short_days: by which the oldest day is too young; 0 when old enough.
        gaps: within the required time, after the oldest day.
        is_sparse: the class is written on fewer than half of the sensor's days, so a day without is
            no gap; then the days of the sensor are judged.
        bytes_a_day: of tables or originals, on days with data.
        projected_bytes: that the required time needs at this rate.
    """

    sensor: str
    log_class: LogClass
    required_days: int
    oldest_day: date | None
    newest_day: date | None
    days: int
    short_days: int
    gaps: tuple[Gap, ...]
    is_sparse: bool
    bytes: int
    rows: int
    bytes_a_day: int
    projected_bytes: int

    @property
    def kept(self) -> Kept:
        """The verdict."""
        if self.short_days:
            return Kept.SHORT
        return Kept.GAPS if self.gaps else Kept.MET


@dataclass(frozen=True, kw_only=True)
class Damage:
    """An object that is not as the catalogue says.

    Attributes:
        state: ``missing``, ``changed`` or ``unreadable``.
    """

    name: str
    evidence_id: str
    state: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ArchiveCheck:
    """What a check found.

    Attributes:
        url: of the archive.
        today: the day that was judged from; it is not over, so it is not judged.
        coverage: by sensor and class.
        segments: pieces of evidence in the archive; ``files``, ``rows`` and ``bytes`` are theirs.
        hot: pieces of evidence that stand in this workspace alone.
        damaged: objects that are missing or changed.
        hashed: objects whose SHA-256 was computed anew; 0 when only sizes were compared.
        orphans: objects that no entry names: what a killed ``put`` left.
        holds: those in force.
        last_drill: when a restore was tried last, with ``drill_ok`` and ``drill_due``.
    """

    url: str
    today: date
    coverage: tuple[Coverage, ...]
    segments: int
    files: int
    rows: int
    bytes: int
    hot: int
    damaged: tuple[Damage, ...]
    hashed: int
    hashed_bytes: int
    orphans: tuple[str, ...]
    holds: tuple[Hold, ...]
    last_drill: datetime | None
    drill_ok: bool
    drill_due: bool

    @property
    def ok(self) -> bool:
        """Whether retention is met, nothing is damaged, and restoring was tried and worked."""
        met = all(each.kept is Kept.MET for each in self.coverage) and bool(self.coverage)
        return met and not self.damaged and self.drill_ok and not self.drill_due


@dataclass(frozen=True, kw_only=True)
class Drilled:
    """One piece of evidence that was restored for a try.

    Attributes:
        files: of tables that were restored, each with the right hash.
        rows: counted in them; ``expected_rows`` as the catalogue says.
        known: rows asked for; ``found`` how many came back, alone.
        original: ``proved``, ``not held``, or what was wrong.
        problems: everything that did not hold.
    """

    evidence_id: str
    sensor: str
    label: str
    files: int
    bytes: int
    rows: int
    expected_rows: int
    known: int
    found: int
    original: str
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Drill:
    """A restore that was tried, and what it proved.

    Attributes:
        day: UTC day that chance chose.
        of_days: among how many days.
        seed: what chance was drawn with, so that others can check the choice.
        seconds: it took.
    """

    url: str
    time: datetime
    day: date
    of_days: int
    seed: str
    segments: tuple[Drilled, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether everything held."""
        return bool(self.segments) and not any(each.problems for each in self.segments)
