"""What a person may ask of the tables, and what nobody may."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcordon.errors import QueryError
from netcordon.tables import sandbox
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.names import add_names

ALLOWED = [
    "SELECT count(*) AS n FROM network_activity",
    "SELECT 1 AS a -- a remark",
    "WITH t AS (SELECT uid FROM tls_activity) SELECT * FROM t JOIN network_activity USING (uid)",
    "SELECT * FROM name;",
    "SELECT x FROM generate_series(3) AS t(x)",
    "SELECT [x * 2 FOR x IN [1, 2]] AS doubled",
]

REFUSED = [
    "",
    ";",
    "SELECT 1; SELECT 2",
    "SELECT 1) t; DROP VIEW network_activity; SELECT (1",
    "DROP VIEW network_activity",
    "COPY (SELECT 1) TO 'out.csv'",
    "COPY network_activity FROM 'x'",
    "INSERT INTO name VALUES ('a', 'b')",
    "CREATE TABLE t AS SELECT 1",
    "ATTACH 'x.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 1",
    "PRAGMA version",
    "CALL pragma_version()",
    "DESCRIBE network_activity",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('network_activity')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM main.network_activity",
    "SELECT getenv('HOME')",
    "SELECT current_setting('home_directory')",
    "SELECT 1 WHERE 1 IN (SELECT size FROM read_blob('/etc/passwd'))",
    "SELECT 1\x00",
    "FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM parquet_metadata('x')",
]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = Engine(Lake(tmp_path), [], threads=1)
    add_names(made)
    return made


def _run(engine: Engine, sql: str, folder: Path, **more: float):
    options = {"timeout_s": 5.0, "max_rows": 100, **more}
    return sandbox.run(engine, sql, readable=(folder,), **options)


@pytest.mark.parametrize("sql", ALLOWED)
def test_reading_is_allowed(engine: Engine, tmp_path: Path, sql: str) -> None:
    assert _run(engine, sql, tmp_path).num_columns >= 1


@pytest.mark.parametrize("sql", REFUSED)
def test_everything_else_is_refused(engine: Engine, tmp_path: Path, sql: str) -> None:
    with pytest.raises(QueryError) as caught:
        _run(engine, sql, tmp_path)
    assert caught.value.code == "NC-302"


@pytest.mark.parametrize("sql", [q for q in REFUSED if "/etc/passwd" in q or "COPY" in q])
def test_the_locked_engine_refuses_even_without_the_parser(
    engine: Engine, tmp_path: Path, sql: str
) -> None:
    engine.lock((tmp_path,))
    with pytest.raises(QueryError):
        engine.query(sql)


def test_a_query_without_end_is_stopped(engine: Engine, tmp_path: Path) -> None:
    sql = "SELECT count(*) FROM range(10000000000) a, range(10000000000) b"
    with pytest.raises(QueryError) as caught:
        _run(engine, sql, tmp_path, timeout_s=0.3)
    assert caught.value.code == "NC-303"


def test_too_many_rows_are_refused_not_cut(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(QueryError) as caught:
        _run(engine, "SELECT * FROM range(101)", tmp_path)
    assert caught.value.code == "NC-304"
