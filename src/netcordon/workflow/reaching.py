"""The evidence that a job looks at, in the workspace and in the archive it was moved to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from netcordon.archive.catalogue import Catalogue, Choice, Span, everything
from netcordon.archive.opening import open_existing
from netcordon.archive.pruning import choose
from netcordon.archive.reach import SpanningLake, paths_of
from netcordon.archive.store import missing
from netcordon.casefile.custody import Registration
from netcordon.casefile.workspace import Workspace
from netcordon.model.archive import ArchiveLook, ArchivePlace, HeldFile, Segment
from netcordon.model.hunt import HuntResult, Searched, Wanted
from netcordon.tables.lake import Lake


@dataclass(frozen=True)
class Reached:
    """Evidence that can be read now.

    Attributes:
        lake: its files.
        evidence_ids: what the views are made of.
        all_ids: the same with evidence that was left out because it cannot show what is asked for.
        look: what was needed of the archive; ``None`` when it holds nothing of this.
        excluded: files that cannot show it.
    """

    lake: Lake
    evidence_ids: tuple[str, ...]
    all_ids: tuple[str, ...]
    look: ArchiveLook | None = None
    excluded: tuple[HeldFile, ...] = ()

    @property
    def unread(self) -> Counter[str]:
        """What ``visibility.counted`` would say of the files that are not read."""
        counts: Counter[str] = Counter()
        for file in self.excluded:
            counts.update(file.facts)
        return counts


def reach(
    workspace: Workspace,
    registrations: Sequence[Registration],
    *,
    span: Span | None = None,
    wanted: Sequence[Wanted] | None = None,
) -> Reached:
    """Find the tables of evidence, wherever they are.

    Args:
        workspace: open.
        registrations: the evidence.
        span: which part of what is archived is needed.
        wanted: indicators; archived files that cannot show one of them are left out.

    Raises:
        ArchiveError: NC-561 the archive cannot be reached, NC-564 something in it is missing,
            NC-567 too much would have to be fetched.
    """
    known = [r for r in registrations if r.has_tables]
    ids = tuple(r.evidence.id for r in known)
    moved = {r.evidence.id: r.archived for r in known if not r.is_hot}
    if not any(moved.values()):
        return Reached(Lake(workspace.lake_dir), ids, ids)
    span = span or Span()
    away: dict[str, Mapping[str, Sequence[Path]]] = {}
    folders: list[Path] = []
    looks: list[ArchiveLook] = []
    excluded: list[HeldFile] = []
    for url in sorted({one.url for one in moved.values() if one is not None}):
        place = place_of(workspace, url)
        catalogue = open_existing(place)
        here = [i for i, one in moved.items() if one is not None and one.url == url]
        segments = _named(catalogue, here)
        choice = chosen(catalogue, segments, span, wanted)
        paths, folder = paths_of(catalogue, choice, place.fetch_bytes)
        away.update(paths)
        folders.append(folder)
        looks.append(look_of(catalogue, segments, choice))
        excluded += choice.excluded
    needed = tuple(i for i in ids if i not in moved or i in away)
    lake = SpanningLake(workspace.lake_dir, away, folders)
    return Reached(lake, needed, ids, _sum(looks), tuple(excluded))


def place_of(workspace: Workspace, url: str) -> ArchivePlace:
    """An archive by its name, with what ``netcordon.toml`` says of it."""
    declared = workspace.config.archive
    return declared if declared.url == url else replace(declared, url=url, endpoint="", region="")


def chosen(
    catalogue: Catalogue, segments: Sequence[Segment], span: Span, wanted: Sequence[Wanted] | None
) -> Choice:
    """The files that a question needs."""
    if wanted is None:
        return everything(segments, span)
    return choose(catalogue, segments, span, wanted)


def look_of(catalogue: Catalogue, segments: Sequence[Segment], choice: Choice) -> ArchiveLook:
    """What a question needed, beside all there is."""
    held = [file for segment in segments for file in segment.held]
    taken = list(choice.taken())
    reading = catalogue.reading
    return ArchiveLook(
        segments=len(segments),
        files=len(held),
        bytes=sum(file.bytes for file in held),
        rows=sum(file.rows for file in held if file.log_class),
        files_read=len(taken),
        bytes_read=sum(file.bytes for file in taken),
        files_excluded=len(choice.excluded),
        catalogue_bytes=reading.entries_bytes + reading.filters_bytes,
    )


def with_archive(result: HuntResult, reached: Reached) -> HuntResult:
    """A hunt's result that also tells of the archived files it need not read."""
    if reached.look is None:
        return result
    told = {one.table: one for one in rows_of(reached.excluded)}
    searched = tuple(
        _both(one, told[one.table]) if one.table in told else one for one in result.searched
    )
    said = result.not_visible
    if any(file.table == "ingest_warning" for file in reached.excluded):
        said += ("Warnings about archived evidence that was not read are not repeated here.",)
    return replace(
        result, searched=searched, evidence_ids=reached.all_ids, not_visible=said,
        archive=reached.look,
    )  # fmt: skip


def rows_of(files: Sequence[HeldFile]) -> tuple[Searched, ...]:
    """Rows and times of files, by table."""
    found: dict[str, Searched] = {}
    for file in files:
        first = file.first_time.replace(tzinfo=None) if file.first_time else None
        last = file.last_time.replace(tzinfo=None) if file.last_time else None
        one = Searched(table=file.table, rows=file.rows, first_time=first, last_time=last)
        found[file.table] = _both(found[file.table], one) if file.table in found else one
    return tuple(found[table] for table in sorted(found))


def _named(catalogue: Catalogue, ids: Sequence[str]) -> list[Segment]:
    held = {segment.evidence_id: segment for segment in catalogue.segments()}
    for evidence_id in ids:
        if evidence_id not in held:
            raise missing(catalogue.store.url, evidence_id, "its entry in the catalogue is missing")
    return [held[evidence_id] for evidence_id in ids]


def _both(one: Searched, other: Searched) -> Searched:
    firsts = [each.first_time for each in (one, other) if each.first_time is not None]
    lasts = [each.last_time for each in (one, other) if each.last_time is not None]
    return Searched(
        table=one.table, rows=one.rows + other.rows, first_time=min(firsts, default=None),
        last_time=max(lasts, default=None),
    )  # fmt: skip


def _sum(looks: Sequence[ArchiveLook]) -> ArchiveLook:
    return ArchiveLook(**{
        field.name: sum(getattr(look, field.name) for look in looks)
        for field in fields(ArchiveLook)
    })  # fmt: skip
