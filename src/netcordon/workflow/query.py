"""Ask the tables of a workspace a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from netcordon.archive.catalogue import Span
from netcordon.casefile.workspace import open_workspace
from netcordon.reporting.rows import Rows
from netcordon.tables import sandbox
from netcordon.tables.engine import Engine
from netcordon.tables.names import add_names
from netcordon.tables.schema import TABLES
from netcordon.workflow.looking import home_nets
from netcordon.workflow.reaching import reach

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_ADDED = (
    ("evidence_id", "VARCHAR", "piece of evidence the row came from"),
    ("day", "DATE", "UTC day of the row"),
)


def run_query(
    workspace: Path,
    sql: str,
    *,
    timeout_s: float,
    max_rows: int,
    params: Mapping[str, object] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Rows:
    """Rows of one SELECT over everything the workspace holds, here and in its archive.

    Args:
        workspace: its directory.
        sql: the query.
        timeout_s: seconds after which it is stopped.
        max_rows: rows beyond this are refused.
        params: values of ``$name`` in it.
        since: rows that end before are left out.
        until: rows that begin after are left out.

    Raises:
        WorkspaceError: when there is no workspace.
        ArchiveError: when evidence is in an archive that cannot be read.
        QueryError: when the query is refused, fails, takes too long or yields too much.
    """
    with open_workspace(workspace, create=False, clock=lambda: _NEVER, readonly=True) as opened:
        reached = reach(opened, opened.readable(), span=Span(since=since, until=until))
        with Engine(reached.lake, reached.evidence_ids, since=since, until=until) as engine:
            engine.set_home_nets(home_nets(opened))
            add_names(engine)
            found = sandbox.run(
                engine,
                sql,
                readable=reached.lake.folders,
                timeout_s=timeout_s,
                max_rows=max_rows,
                params=params,
            )
    columns = [column.to_pylist() for column in found.columns]
    return Rows(tuple(found.column_names), tuple(zip(*columns, strict=True)))


def describe_tables() -> Mapping[str, Sequence[tuple[str, str, str]]]:
    """Every table: column, type, meaning."""
    return {
        name: [(c.name, c.type, c.doc) for c in table.flat()] + list(_ADDED)
        for name, table in TABLES.items()
    } | {
        "name": [
            ("name", "VARCHAR", "host name seen in DNS, HTTP or TLS, in lower case"),
            ("registered_domain", "VARCHAR", "its registrable part by the Public Suffix List"),
        ]
    }
