"""Ask the archive alone, whatever workspace its evidence came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from netcordon.archive.catalogue import Span
from netcordon.archive.opening import open_existing
from netcordon.archive.reach import SpanningLake, paths_of
from netcordon.casefile.workspace import is_workspace, open_workspace
from netcordon.hunting.lists.reading import merged, read_list, typed
from netcordon.hunting.sweep import sweep, types_of
from netcordon.hunting.visibility import hidden_by
from netcordon.model.archive import CLASS_OF, ArchivePlace
from netcordon.model.hunt import HuntList, HuntResult, Wanted, WantedType
from netcordon.tables.engine import Engine
from netcordon.workflow.archive_put import declared_place, place_named
from netcordon.workflow.hunt import list_content, nothing_wanted
from netcordon.workflow.looking import home_nets
from netcordon.workflow.reaching import Reached, chosen, look_of, rows_of, with_archive


@dataclass(frozen=True, kw_only=True)
class FindRequest:
    """What is looked for, and where; see ``workflow.hunt.HuntRequest``.

    Attributes:
        sensors: only evidence of these; empty means all.
        place: of the archive, when not the declared one.
    """

    values: Sequence[str] = ()
    files: Sequence[str] = ()
    forced: WantedType | None = None
    since: datetime | None = None
    until: datetime | None = None
    sensors: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class FindOutcome:
    """What was found; ``origin`` says for each piece of evidence what file and sensor it is."""

    lists: tuple[HuntList, ...]
    repeated: int
    result: HuntResult
    origin: dict[str, tuple[str, str]]
    url: str


def find(
    workspace: Path,
    request: FindRequest,
    *,
    clock: Callable[[], datetime],
    standard_input: BinaryIO,
) -> FindOutcome:
    """Look for indicators in the archive.

    Raises:
        UsageError: NC-401 to NC-404: an indicator or a list that cannot be used; NC-560.
        ArchiveError: when the archive cannot be read.
    """
    lists = [typed(request.values, request.forced)] if request.values else []
    lists += [
        read_list(
            list_content(name, standard_input), name, forced=request.forced, with_context=False
        )
        for name in request.files
    ]
    if not lists:
        raise nothing_wanted()
    wanted, repeated = merged(lists)
    place, hidden, homes = _asked_of(workspace, request.place, clock)
    catalogue = open_existing(place)
    segments = [s for s in catalogue.segments() if s.evidence_id not in hidden]
    span = Span(since=request.since, until=request.until, sensors=request.sensors)
    choice = chosen(catalogue, segments, span, wanted)
    paths, folder = paths_of(catalogue, choice, place.fetch_bytes)
    look = look_of(catalogue, segments, choice)
    ids, lake = tuple(paths), SpanningLake(folder, paths, ())
    asked = tuple(s.evidence_id for s in segments if span.takes(s))
    reached = Reached(lake, ids, asked, look, tuple(choice.excluded))
    if ids:
        with Engine(
            lake, ids, since=request.since, until=request.until, logs_as_one=True
        ) as engine:  # fmt: skip
            engine.set_home_nets(homes)
            result = sweep(engine, wanted, ids, reached.unread)
    else:  # no file can hold any of it
        result = _silence(wanted, reached)
    return FindOutcome(
        lists=tuple(lists),
        repeated=repeated,
        result=with_archive(result, reached),
        origin={s.evidence_id: (s.label, s.sensor) for s in segments if s.evidence_id in paths},
        url=place.url,
    )


def _silence(wanted: Sequence[Wanted], reached: Reached) -> HuntResult:
    """The result when no file had to be read."""
    return HuntResult(
        traces=(),
        nothing=tuple(wanted),
        searched=tuple(
            replace(one, rows=0) for one in rows_of(reached.excluded) if one.table in CLASS_OF
        ),
        evidence_ids=(),
        not_visible=tuple(hidden_by(reached.unread, types_of(wanted))),
    )


def _asked_of(
    workspace: Path, named: str, clock: Callable[[], datetime]
) -> tuple[ArchivePlace, frozenset[str], tuple[str, ...]]:
    """The archive, evidence that the one who asks may not know of, and the networks of ours."""
    if named and not is_workspace(workspace):
        return place_named(named), frozenset(), ()
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        place = declared_place(opened, named)
        return place, opened.cases.hidden_evidence(), home_nets(opened)
