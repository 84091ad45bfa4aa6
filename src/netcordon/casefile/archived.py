"""What a workspace knows of its archive: what went there and came back, and the drills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from netcordon.casefile.canonical import instant
from netcordon.casefile.custody import ARCHIVED, RESTORED
from netcordon.casefile.journal import Draft, Journal

DRILLED = "archive.drilled"
HELD = "archive.held"
RELEASED = "archive.released"
EXPIRED = "archive.expired"


@dataclass(frozen=True, kw_only=True)
class DrillRecord:
    """A restore that was tried.

    Attributes:
        time: when.
        day: the UTC day whose evidence was restored.
        ok: everything held.
        name: of the proof in the archive.
        sha256: of the proof.
    """

    time: datetime
    day: date
    ok: bool
    name: str
    sha256: str


def record_put(journal: Journal, evidence_id: str, url: str, name: str, *, moved: bool) -> None:
    """Record that the archive holds a piece of evidence, and whether it alone holds the tables.

    Raises:
        WorkspaceError: when it cannot be written; then nothing was moved.
    """
    journal.append([Draft(ARCHIVED, evidence_id, {"url": url, "name": name, "moved": moved})])


def record_restored(journal: Journal, evidence_id: str) -> None:
    """Record that the tables stand in the workspace again; raises like ``record_put``."""
    journal.append([Draft(RESTORED, evidence_id, {})])


def record_drill(journal: Journal, url: str, record: DrillRecord) -> None:
    """Record a drill; raises like ``record_put``."""
    journal.append([Draft(DRILLED, url, record)])


def drills(journal: Journal, url: str) -> tuple[DrillRecord, ...]:
    """The drills of an archive, in their order."""
    return tuple(
        DrillRecord(
            time=instant(entry.payload["time"]),
            day=date.fromisoformat(entry.payload["day"]),
            ok=bool(entry.payload["ok"]),
            name=str(entry.payload["name"]),
            sha256=str(entry.payload["sha256"]),
        )
        for entry in journal.entries((DRILLED,), url)
    )


def record_hold(journal: Journal, hold_id: str, facts: Mapping[str, object]) -> None:
    """Record that deletion was forbidden; raises like ``record_put``."""
    journal.append([Draft(HELD, hold_id, facts)])


def record_release(journal: Journal, hold_id: str, why: str) -> None:
    """Record that it is allowed again; raises like ``record_put``."""
    journal.append([Draft(RELEASED, hold_id, {"why": why})])


def record_expiry(journal: Journal, url: str, names: Sequence[str]) -> None:
    """Record what was deleted because its time was over; raises like ``record_put``."""
    journal.append([Draft(EXPIRED, url, {"names": list(names)})])
