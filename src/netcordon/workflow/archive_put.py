"""Put evidence of a workspace into the archive, and let its tables leave the workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path, PurePath

from netcordon.archive.catalogue import Catalogue
from netcordon.archive.describing import describer
from netcordon.archive.moving import move, record
from netcordon.archive.opening import open_catalogue
from netcordon.archive.putting import Progress, Put, put
from netcordon.casefile.compartments import compartments
from netcordon.casefile.custody import Registration
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.model.archive import ArchivePlace

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class PutRequest:
    """What is to be put.

    Attributes:
        evidence: ids; empty means all that is old enough.
        older_than_days: only evidence whose last row is older; ``None`` means any age, or
            ``hot_days`` of ``[retention]`` when tables are to be moved.
        sensor: what recorded it; empty asks ``netcordon.toml``, else it is the kind of evidence.
        moves: let the tables leave the workspace.
        with_originals: also the files that were handed in.
        place: of the archive, when not the declared one.
    """

    evidence: Sequence[str] = ()
    older_than_days: int | None = None
    sensor: str = ""
    moves: bool = False
    with_originals: bool = True
    place: str = ""


@dataclass(frozen=True)
class PutOutcome:
    """What came of it.

    Attributes:
        url: of the archive.
        put: what it holds now, in the order of the register.
        moved: evidence whose tables left the workspace.
        younger: evidence that is not old enough.
        restricted: evidence of restricted cases; it goes to an archive only when it is named.
    """

    url: str
    put: tuple[Put, ...]
    moved: tuple[str, ...]
    younger: int
    restricted: int


def put_evidence(
    workspace: Path, request: PutRequest, *, clock: Clock, progress: Progress | None = None
) -> PutOutcome:
    """Put evidence; each piece is there whole, or as before, whenever this ends.

    Raises:
        WorkspaceError: when there is no workspace, or another run holds it.
        UsageError: NC-560 no archive, NC-562 nothing to put.
        ArchiveError: NC-561 no room or no right, NC-563 a copy is not like its source.
    """
    with open_workspace(workspace, create=False, clock=clock) as opened:
        place = declared_place(opened, request.place)
        catalogue = open_catalogue(place)
        chosen, younger, restricted = _chosen(opened, request, clock())
        done: list[Put] = []
        moved: list[str] = []
        with describer() as reader:
            for registration in chosen:
                one = put(
                    catalogue, opened, registration, reader,
                    sensor=request.sensor or sensor_of(place, registration), now=clock(),
                    with_original=request.with_originals, progress=progress,
                )  # fmt: skip
                done.append(one)
                if request.moves:
                    move(opened, catalogue, one.segment)
                    moved.append(registration.evidence.id)
                elif not one.was_there or not _is_recorded(registration, catalogue):
                    record(opened, catalogue, one.segment, moved=False)
        return PutOutcome(place.url, tuple(done), tuple(moved), younger, restricted)


def declared_place(workspace: Workspace, named: str) -> ArchivePlace:
    """The archive that was named, else the declared one."""
    declared = workspace.config.archive
    if not named or named == declared.url:
        return declared
    return place_named(named, declared)


def place_named(named: str, declared: ArchivePlace | None = None) -> ArchivePlace:
    """An archive by its name; endpoint and region are those of the declared one."""
    is_bucket = named.startswith("s3://")
    return ArchivePlace(
        url=named if is_bucket else str(Path(named).absolute()),
        endpoint=declared.endpoint if declared and is_bucket else "",
        region=declared.region if declared and is_bucket else "",
        sensors=declared.sensors if declared else {},
        fetch_bytes=(declared or ArchivePlace()).fetch_bytes,
    )


def _chosen(
    workspace: Workspace, request: PutRequest, now: datetime
) -> tuple[list[Registration], int, int]:
    known = {r.evidence.id: r for r in workspace.readable() if r.has_tables}
    unknown = [each for each in request.evidence if each not in known]
    if unknown or not known:
        raise UsageError(
            "NC-562",
            f"There is no evidence {unknown[0]!r} here." if unknown
            else "There is no evidence to put into the archive.",
            "its tables are not in this workspace" if unknown else "no run took any in",
            "netcordon investigate CAPTURE; netcordon verify names what there is",
        )  # fmt: skip
    if request.evidence:
        return [known[each] for each in dict.fromkeys(request.evidence) if known[each].is_hot], 0, 0
    days = request.older_than_days
    if days is None:
        days = workspace.config.retention.hot_days if request.moves else 0
    hot = [r for r in known.values() if r.is_hot]
    limited = _restricted(workspace)
    free = [r for r in hot if r.evidence.id not in limited]
    before = now - timedelta(days=days)
    old = [r for r in free if not days or _last(r) < before]
    return old, len(free) - len(old), len(hot) - len(free)


def _restricted(workspace: Workspace) -> frozenset[str]:
    """Evidence that only restricted cases looked at, whoever asks."""
    closed = compartments(workspace.journal).keys()
    used: dict[bool, set[str]] = {True: set(), False: set()}
    for case in workspace.cases.cases():
        used[case.id in closed].update(i for run in case.runs for i in run.evidence_ids)
    return frozenset(used[True] - used[False])


def _last(registration: Registration) -> datetime:
    last = registration.evidence.last_time or registration.registered_time
    return last.replace(tzinfo=UTC) if last.tzinfo is None else last


def sensor_of(place: ArchivePlace, registration: Registration) -> str:
    """The first pattern that fits the name of the file, else the kind of evidence."""
    path = PurePath(registration.evidence.path)
    for pattern, sensor in place.sensors.items():
        if fnmatch(path.name, pattern) or fnmatch(str(path), pattern):
            return sensor
    return registration.evidence.kind


def _is_recorded(registration: Registration, catalogue: Catalogue) -> bool:
    archived = registration.archived
    return archived is not None and archived.url == catalogue.store.url
