"""Views over all evidence of a workspace, and a note in its journal afterwards.

Looking works beside a run, and so does the note; when it cannot be written, what was found is told
all the same, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from netcordon.archive.catalogue import Span
from netcordon.casefile.journal import Journal
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError, WorkspaceError
from netcordon.model.hunt import Wanted
from netcordon.tables.engine import Engine
from netcordon.workflow.reaching import Reached, reach

Clock = Callable[[], datetime]


class Looking(NamedTuple):
    """An open workspace with an engine over its evidence."""

    workspace: Workspace
    engine: Engine
    evidence_ids: tuple[str, ...]
    reached: Reached


@contextmanager
def looking(
    workspace: Path,
    clock: Clock,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    wanted: Sequence[Wanted] | None = None,
) -> Iterator[Looking]:
    """Open all evidence for reading, that in the archive too.

    Args:
        workspace: its directory.
        clock: stamps what is noted.
        since: rows that end before are left out.
        until: rows that begin after are left out.
        wanted: indicators; archived files that cannot show one of them are left out.

    Raises:
        WorkspaceError: when there is no workspace.
        ArchiveError: when evidence is in an archive that cannot be read.
        UsageError: NC-405 when it holds no evidence.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        known = [r for r in opened.readable() if r.has_tables]
        if not known:
            raise UsageError(
                "NC-405",
                "There is no evidence to look through.",
                "no run of this workspace took any in",
                "netcordon investigate CAPTURE",
            )
        reached = reach(opened, known, span=Span(since=since, until=until), wanted=wanted)
        with Engine(
            reached.lake, reached.evidence_ids, since=since, until=until, logs_as_one=True
        ) as engine:
            engine.set_home_nets(home_nets(opened))
            yield Looking(opened, engine, reached.evidence_ids, reached)


def noted(workspace: Path, clock: Clock, note: Callable[[Journal], None]) -> str | None:
    """Write into the journal; the reason when that was not possible, else ``None``."""
    try:
        with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
            note(opened.journal)
    except WorkspaceError as error:
        return f"{error.code} {error.what}"
    except OSError as error:
        return error.strerror or str(error)
    return None


def versions() -> dict[str, str]:
    """What a result depends on."""
    return {name: version(name) for name in ("netcordon", "duckdb", "publicsuffixlist")}


def home_nets(workspace: Workspace) -> tuple[str, ...]:
    """As the workspace is told, else those that the latest run was told or inferred."""
    runs = [run for case in workspace.cases.cases() for run in case.runs]
    latest = max(runs, key=lambda run: run.time, default=None)
    known = latest.outcome.get("home_nets", ()) if latest else ()
    return workspace.config.home_nets or tuple(str(network) for network in known)
