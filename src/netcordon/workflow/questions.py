"""Saved queries: those that came with the program, and those a workspace keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from netcordon.casefile.questions import save_query, saved_queries
from netcordon.casefile.workspace import is_workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.reporting.rows import Rows
from netcordon.tables import sandbox
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.names import add_names
from netcordon.tables.saved import LONGEST, NAME, Question, question, shipped, values
from netcordon.workflow.query import run_query

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def save(workspace: Path, name: str, sql: str, *, clock: Callable[[], datetime]) -> Question:
    """Keep a query; one of the same name is replaced, and stays in the journal.

    Raises:
        UsageError: NC-306 when the name cannot be used.
        QueryError: NC-302 when it is not one SELECT over the tables.
        WorkspaceError: when there is no workspace, or it cannot be written.
    """
    if not NAME.match(name) or name in shipped() or len(sql) > LONGEST:
        why = f"{name!r} came with the program" if name in shipped() else (
            f"it has more than {LONGEST:,} characters" if len(sql) > LONGEST
            else "a name has at most 60 lower-case letters, digits and hyphens"
        )  # fmt: skip
        raise UsageError(
            "NC-306", "The query cannot be saved under that name.", why, "choose another name"
        )
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        with Engine(Lake(opened.lake_dir), []) as engine:
            add_names(engine)
            sandbox.check(engine, sql)
        save_query(opened.journal, name, sql)
    return question(name, sql)


def ask(
    workspace: Path,
    name: str,
    given: Sequence[str],
    *,
    timeout_s: float,
    max_rows: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Rows:
    """Run a saved query with ``name=value`` pairs.

    Raises:
        UsageError: NC-305 a parameter is wrong, NC-306 there is no such query.
        QueryError: as ``run_query``.
        WorkspaceError: when there is no workspace.
    """
    known = {one.name: one for one in questions(workspace)}
    if name not in known:
        raise UsageError(
            "NC-306",
            f"There is no saved query {name!r}.",
            f"saved: {', '.join(known)}",
            "netcordon sql --list",
        )
    asked = known[name]
    return run_query(
        workspace,
        asked.sql,
        timeout_s=timeout_s,
        max_rows=max_rows,
        params=asked.bound(values(given)),
        since=since,
        until=until,
    )


def run_typed(
    workspace: Path,
    sql: str,
    given: Sequence[str],
    *,
    timeout_s: float,
    max_rows: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Rows:
    """Run a query as typed with ``name=value`` pairs; raises like ``ask``."""
    return run_query(
        workspace, sql, timeout_s=timeout_s, max_rows=max_rows, since=since, until=until,
        params=question("typed", sql).bound(values(given)),
    )  # fmt: skip


def questions(workspace: Path) -> tuple[Question, ...]:
    """All saved queries, those of the program first.

    Raises:
        WorkspaceError: when the workspace cannot be read.
    """
    own: dict[str, str] = {}
    if is_workspace(workspace):
        with open_workspace(workspace, create=False, clock=lambda: _NEVER, readonly=True) as opened:
            own = saved_queries(opened.journal)
    return (*shipped().values(), *(question(name, sql) for name, sql in own.items()))
