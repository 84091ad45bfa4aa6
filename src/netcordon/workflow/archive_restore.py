"""Bring evidence back from the archive: into the workspace, or into a new folder for somebody."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from netcordon.archive.catalogue import Catalogue
from netcordon.archive.moving import bring_back, copy_tables
from netcordon.archive.opening import open_existing
from netcordon.archive.reach import fetch
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.model.archive import Segment
from netcordon.workflow.archive_put import declared_place
from netcordon.workflow.new_folder import NewFolder

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Restored:
    """One piece of evidence that is back; ``original`` is the file, when one was written."""

    segment: Segment
    bytes: int
    original: str = ""


def restore(
    workspace: Path,
    evidence: Sequence[str],
    *,
    clock: Clock,
    day: date | None = None,
    sensors: tuple[str, ...] = (),
    output: Path | None = None,
    place: str = "",
) -> tuple[Restored, ...]:
    """Bring evidence back.

    Args:
        workspace: its directory.
        evidence: ids; empty with ``day`` means all of that day.
        clock: stamps the journal.
        day: UTC day.
        sensors: of these only; empty means all.
        output: a new folder for tables and originals; without it the tables come back into the
            workspace.
        place: of the archive, when not the declared one.

    Raises:
        WorkspaceError: when there is no workspace, or another run holds it.
        UsageError: NC-560 no archive, NC-568 nothing fits.
        ArchiveError: NC-564 something is missing or changed; what came back before it stays.
    """
    with open_workspace(
        workspace, create=False, clock=clock, readonly=output is not None
    ) as opened:
        catalogue = open_existing(declared_place(opened, place))
        chosen = _chosen(opened, catalogue, evidence, day, sensors)
        if output is None:
            return tuple(_back(opened, catalogue, segment) for segment in chosen)
        with closing(NewFolder(output)) as folder:
            out = tuple(_handed_out(catalogue, segment, folder.path) for segment in chosen)
            folder.keep()
        return out


def _chosen(
    workspace: Workspace,
    catalogue: Catalogue,
    evidence: Sequence[str],
    day: date | None,
    sensors: tuple[str, ...],
) -> list[Segment]:
    hidden = workspace.cases.hidden_evidence()
    held = {s.evidence_id: s for s in catalogue.segments() if s.evidence_id not in hidden}
    unknown = [each for each in evidence if each not in held]
    named = [held[each] for each in dict.fromkeys(evidence) if each in held]
    found = [
        segment
        for segment in (named if evidence else held.values())
        if (day is None or day in segment.days) and (not sensors or segment.sensor in sensors)
    ]
    if unknown or not found or not (evidence or day):
        why = f"the archive holds no {unknown[0]!r}" if unknown else "nothing fits"
        raise UsageError(
            "NC-568",
            "There is nothing to restore.",
            why if evidence or day else "neither evidence nor a day was named",
            "netcordon archive check shows the days; netcordon archive find names evidence",
        )
    return found


def _back(workspace: Workspace, catalogue: Catalogue, segment: Segment) -> Restored:
    registration = workspace.register.find(segment.evidence_id)
    if registration is None:
        raise UsageError(
            "NC-568",
            "There is nothing to restore.",
            f"{segment.evidence_id} was never taken into this workspace",
            "name a new folder with -o; its original can be investigated from there",
        )
    if registration.is_hot:
        return Restored(segment, 0)
    return Restored(segment, bring_back(workspace, catalogue, segment))


def _handed_out(catalogue: Catalogue, segment: Segment, folder: Path) -> Restored:
    """Tables and original in a folder of its own; names in it are ours, not the evidence's."""
    place = folder / segment.evidence_id
    try:
        size = copy_tables(catalogue, segment, place / "tables")
        held = segment.original
        if held is None or held.expired_time is not None:
            return Restored(segment, size)
        target = place / "original"
        size += fetch(catalogue, held.name, held.sha256, target)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return Restored(segment, size, str(target))
