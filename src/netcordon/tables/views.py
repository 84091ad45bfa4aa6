"""The view of a table over its files, those of earlier versions among them.

Tables gain columns. Files of a version that did not have one yet are read as they are: the column
is NULL in their rows, which is what NULL means everywhere, "not known".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from netcordon.tables.log_sets import LogSets
from netcordon.tables.schema import Table

NO_SETS = LogSets({})


def view_sql(
    table: Table,
    files: Sequence[Path],
    since: datetime | None,
    until: datetime | None,
    sets: LogSets = NO_SETS,
    without: Mapping[str, str] | None = None,
    completed: Callable[[str], str] | None = None,
) -> str:
    """SQL that makes the view of a table.

    Args:
        table: which one.
        files: where its rows are, those of a piece of evidence together.
        since: rows that end before are left out.
        until: rows that begin after are left out.
        sets: logs that are seen as one.
        without: tables of ``evidence_id`` and a column that this table has too; their rows are
            left out.
        completed: makes SQL of the rows with what other tables say of them.
    """
    logs = [file for file in files if sets.holds(evidence_id_of(file))]
    if logs:
        plain = [file for file in files if file not in set(logs)]
        both = [body_sql(table, plain, since, until)] if plain else []
        both.append(f"SELECT {sets.columns(table)} FROM ({body_sql(table, logs, since, until)})")
        body = " UNION ALL ".join(both)
    else:
        body = body_sql(table, files, since, until)
    for told, column in (without or {}).items():
        body = f"SELECT * FROM ({body}) ANTI JOIN {told} USING (evidence_id, {column})"
    if completed is not None:
        body = completed(body)
    return f"CREATE OR REPLACE VIEW {table.name} AS {body}"


def evidence_id_of(file: Path) -> str:
    """Id of the piece of evidence whose rows a file of the lake holds."""
    return file.parent.parent.parent.name.partition("=")[2]


def body_sql(
    table: Table, files: Sequence[Path], since: datetime | None, until: datetime | None
) -> str:
    """The rows of files, those of earlier versions among them."""
    if files:
        parts = _by_lacking(table, files)
        body = " UNION ALL ".join(_select(table, lacking, of) for lacking, of in parts.items())
        body += _window(table, since, until) if len(parts) == 1 else ""
        if len(parts) > 1:
            body = f"SELECT * FROM ({body})" + _window(table, since, until)
    else:
        nulls = ", ".join(f"NULL::{c.type} AS {c.name}" for c in table.flat())
        body = f"SELECT {nulls}, NULL::VARCHAR AS evidence_id, NULL::DATE AS day WHERE false"
    return body


def quoted(path: Path) -> str:
    """A path as a string of SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def _by_lacking(table: Table, files: Sequence[Path]) -> dict[frozenset[str], list[Path]]:
    """Files by the columns they lack; those of a piece of evidence are of one version."""
    wanted = frozenset(column.name for column in table.flat())
    known: dict[Path, frozenset[str]] = {}
    found: dict[frozenset[str], list[Path]] = {}
    for file in files:
        evidence = file.parent.parent
        if evidence not in known:
            known[evidence] = wanted.difference(_stored(file) or wanted)
        found.setdefault(known[evidence], []).append(file)
    return found


def _stored(file: Path) -> list[str]:
    """Columns of a file; none when it cannot be read, which the engine says better."""
    try:
        return list(pq.read_schema(file).names)
    except (OSError, pa.ArrowException):
        return []


def _select(table: Table, lacking: frozenset[str], files: Iterable[Path]) -> str:
    names = ", ".join(
        f"NULL::{c.type} AS {c.name}" if c.name in lacking else c.name for c in table.flat()
    )
    paths = ", ".join(quoted(path) for path in files)
    return (
        f"SELECT {names}, evidence_id::VARCHAR AS evidence_id, {table.time}::DATE AS day "
        f"FROM read_parquet([{paths}], hive_partitioning = true, hive_types_autocast = false)"
    )


def _window(table: Table, since: datetime | None, until: datetime | None) -> str:
    end = "end_time" if table.name == "network_activity" else table.time
    tests = []
    if since is not None:
        tests.append(f"{end} >= TIMESTAMP '{since:%Y-%m-%d %H:%M:%S.%f}'")
    if until is not None:
        tests.append(f"{table.time} <= TIMESTAMP '{until:%Y-%m-%d %H:%M:%S.%f}'")
    return " WHERE " + " AND ".join(tests) if tests else ""
