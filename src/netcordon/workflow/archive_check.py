"""Check an archive: is everything kept as long as it must be, whole, and was a restore tried?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path, PurePath

from netcordon.archive.checking import Progress, check_objects
from netcordon.archive.coverage import Kept, coverage, kept_by
from netcordon.archive.opening import open_existing
from netcordon.casefile.archived import DrillRecord, drills
from netcordon.casefile.custody import Registration
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.model.archive import CLASS_OF, ArchivePlace, LogClass
from netcordon.model.archive_report import ArchiveCheck
from netcordon.tables.lake import Lake
from netcordon.workflow.archive_put import declared_place, sensor_of


def check(
    workspace: Path,
    *,
    clock: Callable[[], datetime],
    place: str = "",
    hashes: bool = False,
    progress: Progress | None = None,
) -> ArchiveCheck:
    """Judge the archive, with what stands in this workspace alone.

    Args:
        workspace: whose ``netcordon.toml`` says how long logs are kept.
        clock: says what day it is.
        place: of the archive, when not the declared one.
        hashes: compute the SHA-256 of every object anew.
        progress: told how that goes on.

    Raises:
        WorkspaceError: when there is no workspace.
        UsageError: NC-560 no archive is declared.
        ArchiveError: when the archive cannot be read.
    """
    now = clock()
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        declared = declared_place(opened, place)
        catalogue = open_existing(declared)
        segments = catalogue.segments()
        held = {segment.evidence_id for segment in segments}
        hot = [r for r in opened.readable() if r.is_hot and r.evidence.id not in held]
        kept = [each for segment in segments for each in kept_by(segment)]
        kept += [each for r in hot for each in _kept_here(opened, declared, r)]
        retention = opened.config.retention
        found = check_objects(catalogue, segments, hashes=hashes, progress=progress)
        last = max(drills(opened.journal, declared.url), key=_time, default=None)
        return ArchiveCheck(
            url=declared.url,
            today=now.date(),
            coverage=coverage(kept, retention, now.date()),
            segments=len(segments),
            files=sum(len(segment.held) for segment in segments),
            rows=sum(f.rows for segment in segments for f in segment.held if f.log_class),
            bytes=_size(each for segment in segments for each in kept_by(segment)),
            hot=len(hot),
            damaged=found.damaged,
            hashed=found.hashed,
            hashed_bytes=found.hashed_bytes,
            orphans=found.orphans,
            holds=tuple(h for h in catalogue.holds() if h.released_time is None),
            last_drill=last.time if last else None,
            drill_ok=last is not None and last.ok,
            drill_due=last is None or last.time < now - timedelta(days=retention.drill_days),
        )


def _time(record: DrillRecord) -> datetime:
    return record.time


def _size(kept: Iterator[Kept]) -> int:
    return sum(each.bytes for each in kept)


def _kept_here(
    workspace: Workspace, place: ArchivePlace, registration: Registration
) -> Iterator[Kept]:
    """What only the workspace holds; its original only where a sealed copy stands here."""
    sensor = sensor_of(place, registration)
    folder = Lake(workspace.lake_dir).folder(registration.evidence.id)
    days: set[date] = set()
    for file in registration.tables:
        path = PurePath(file.path)
        if (log_class := CLASS_OF.get(path.parts[0])) is None:
            continue
        day = date.fromisoformat(path.parts[1].removeprefix("day="))
        here = folder / file.path
        yield Kept(sensor, log_class, day, here.stat().st_size if here.is_file() else 0, file.rows)
        days.add(day)
    if registration.seal.kept is not None:
        for number, day in enumerate(sorted(days)):
            size = 0 if number else registration.evidence.bytes
            yield Kept(sensor, LogClass.ORIGINALS, day, size, 0)
