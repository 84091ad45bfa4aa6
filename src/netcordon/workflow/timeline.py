"""Timelines both ways: a case for Timesketch or Plaso, and theirs as evidence here."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from netcordon.casefile.cases import Case, latest_open
from netcordon.casefile.exports import Export, record_exports
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.model.evidence import Evidence
from netcordon.model.timeline import TimelineEntry, microseconds
from netcordon.model.timeline_file import ExportedTimeline, ImportedTimeline
from netcordon.reporting.exchange.timeline import FORMATS, head_of
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.workflow.collect import collect
from netcordon.workflow.new_file import NewFile
from netcordon.workflow.observer import Observer
from netcordon.workflow.timeline_entries import imported, of_channels, of_findings, of_journal

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What goes into a timeline.

    Attributes:
        case_id: ``None`` for the latest open case.
        since: events from then on; ``until``: before then; ``None`` for all.
        with_imported: also what came from other programs.
    """

    case_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_imported: bool = True


def export_timeline(
    workspace: Path, format_: str, choice: Choice, out: Path, *, clock: Clock
) -> ExportedTimeline:
    """Write a timeline, the oldest event first, and put it on record.

    Raises:
        UsageError: NC-556 there is nothing to tell, NC-701 the file exists.
        WorkspaceError: NC-509 no such case.
    """
    line = FORMATS[format_]
    counts: Counter[str] = Counter()
    with (
        open_workspace(workspace, create=False, clock=clock, beside=True) as opened,
        closing(NewFile(out)) as target,
    ):
        case = _case(opened, choice.case_id)
        target.write(head_of(format_).encode())
        first = last = None
        for entry in _entries(opened, case, choice):
            target.write(line(entry).encode("ascii", "backslashreplace"))
            counts[entry.data_type.partition(":")[0]] += 1
            first, last = first or entry.datetime_text, entry.datetime_text
        if not counts:
            raise UsageError(
                "NC-556", "There is nothing to tell.", "no event of the case is within these times",
                "netcordon case list; netcordon timeline import FILE",
            )  # fmt: skip
        target.finish()
        used = {r.evidence.id: r.seal.sha256 for r in opened.readable()}
        record_exports(
            opened.journal,
            [
                Export(
                    location=str(out.absolute()), sha256=target.sha256, bytes=target.bytes,
                    kind="timeline", parents=used, proof={},
                    chosen_by=f"{format_} of {case.id if case else 'no case'}",
                )
            ],
        )  # fmt: skip
        target.keep()
    return ExportedTimeline(
        path=str(out.absolute()), sha256=target.sha256, bytes=target.bytes, format=format_,
        case_id=case.id if case else "", events=counts.total(), first=first or "", last=last or "",
    )  # fmt: skip


def _case(opened: Workspace, case_id: str | None) -> Case | None:
    if case_id is not None:
        return opened.cases.case(case_id)
    return latest_open(opened.cases.cases())


def _entries(opened: Workspace, case: Case | None, choice: Choice) -> Iterator[TimelineEntry]:
    own: list[TimelineEntry] = []
    if case is not None:
        own += of_findings(opened, case)
        own += of_channels(opened, case)
        own += of_journal(opened, case)
    # A sort that keeps the order of equals: findings, channels, journal.
    own.sort(key=attrgetter("time"))
    since = microseconds(choice.since) if choice.since else None
    until = microseconds(choice.until) if choice.until else None
    ids = [r.evidence.id for r in opened.readable() if r.has_tables]
    with Engine(Lake(opened.lake_dir), ids) as engine:
        theirs = imported(engine) if ids and choice.with_imported else iter(())
        for entry in heapq.merge(own, theirs, key=attrgetter("time")):
            if (since is None or entry.time >= since) and (until is None or entry.time < until):
                yield entry


def import_timeline(
    workspace: Path, files: Sequence[str], *, log_zone: str, observer: Observer, clock: Clock
) -> ImportedTimeline:
    """Take timelines of other programs in as evidence; the workspace is made when it is missing.

    Raises:
        UsageError: NC-557 none of the files is a timeline.
        WorkspaceError: another run holds the workspace.
    """
    with open_workspace(workspace, create=True, clock=clock) as opened:
        taken = collect(files, opened, observer, log_zone)
        found = [item for item in taken.evidence if item.kind.startswith("timeline_")]
        if not found:
            raise UsageError(
                "NC-557", "No timeline is among the files.",
                "; ".join(f"{i.path} is {i.kind}" for i in taken.evidence + taken.unreadable)[:300],
                "give JSON lines or CSV with message, datetime and timestamp_desc; all else goes "
                "to netcordon investigate",
            )  # fmt: skip
        return ImportedTimeline(
            evidence=tuple(found), others=tuple(i.path for i in taken.evidence if i not in found),
            unreadable=tuple(i.path for i in taken.unreadable), refused=_refused(found),
        )  # fmt: skip


def _refused(found: Sequence[Evidence]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for item in found:
        total.update(item.refused)
    return dict(sorted(total.items()))
