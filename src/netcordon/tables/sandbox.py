"""SQL that a person types: parsed, one SELECT alone, over our views alone, on a locked engine.

Three walls: the statement must serialise as one SELECT (by the engine's own parser), its syntax
tree may name only our views and harmless functions, and the engine it runs on has lost every right
but reading the lake and can no longer be configured.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from netcordon.errors import QueryError
from netcordon.tables.engine import Engine
from netcordon.tables.schema import TABLES

_TABLE_FUNCTIONS = frozenset({"unnest", "generate_series", "range"})
_EXTRA_TABLES = frozenset({"name"})
_REFUSED_FUNCTIONS = frozenset(
    {"getenv", "current_setting", "set_config", "nextval", "currval", "query", "query_table",
     "read_text", "read_blob", "glob", "getvariable", "write_log", "parse_duckdb_log_message"}
)  # fmt: skip


def run(
    engine: Engine,
    sql: str,
    *,
    readable: Sequence[Path],
    timeout_s: float,
    max_rows: int,
    params: Mapping[str, object] | None = None,
) -> pa.Table:
    """Rows of a query typed by a person; the engine is locked and of no other use afterwards.

    Args:
        engine: with the views.
        sql: as typed.
        readable: the only folders the engine may read from then on.
        timeout_s: seconds after which the query is stopped.
        max_rows: rows beyond this are refused.
        params: values of ``$name`` in it, bound and never spliced.

    Raises:
        QueryError: NC-301 when it fails, NC-302 when it is refused, NC-303 when it takes too long,
            NC-304 when it yields too many rows.
    """
    check(engine, sql)
    engine.lock(readable)
    timer = threading.Timer(timeout_s, engine.interrupt)
    timer.start()
    try:
        text = sql.strip().rstrip(";")
        rows = engine.arrow(f"SELECT * FROM (\n{text}\n) LIMIT {int(max_rows) + 1}", params)
    except QueryError as error:
        if "INTERRUPT" in error.why.upper():
            raise QueryError(
                "NC-303", f"The query took longer than {timeout_s:g} s and was stopped.",
                "", "Narrow it with WHERE, or raise --timeout.",
            ) from error  # fmt: skip
        raise
    finally:
        timer.cancel()
    if rows.num_rows > max_rows:
        raise QueryError(
            "NC-304", f"The query yields more than {max_rows} rows.", "",
            "Aggregate, add LIMIT, or raise --max-rows.",
        )  # fmt: skip
    return rows


def check(engine: Engine, sql: str) -> None:
    """Refuse anything but one SELECT over our views.

    Raises:
        QueryError: NC-302 with the reason.
    """
    if "\x00" in sql:
        raise _refused("it holds a NUL character")
    tree = json.loads(engine.serialise(sql))
    if tree.get("error"):
        said = str(tree.get("error_message", ""))
        raise _refused("only SELECT is allowed" if "Only SELECT" in said else said)
    statements = tree.get("statements", [])
    if len(statements) != 1:
        raise _refused(f"it holds {len(statements)} statements, not one")
    known = {*TABLES, *_EXTRA_TABLES} | {name.lower() for name in _ctes(tree)}
    for node in _nodes(tree):
        kind = node.get("type")
        if kind == "BASE_TABLE":
            path = _path(node)
            if len(path) != 1 or path[0].lower() not in known:
                raise _refused(f"there is no table {'.'.join(path)!r}")
        elif kind == "TABLE_FUNCTION":
            function = node.get("function")
            name = _path(function if isinstance(function, dict) else {})[-1].lower()
            if name not in _TABLE_FUNCTIONS:
                raise _refused(f"the table function {name!r} is not allowed")
        elif kind == "SHOW_REF":
            raise _refused("SHOW and DESCRIBE are not SELECT; use: netcordon sql --tables")
        elif node.get("class") == "FUNCTION":
            name = _path(node)[-1].lower()
            if name in _REFUSED_FUNCTIONS or name.startswith(("read_", "duckdb_", "pragma_")):
                raise _refused(f"the function {name!r} is not allowed")


def _path(node: dict[str, object]) -> list[str]:
    qualified = node.get("qualified_name")
    if isinstance(qualified, dict) and qualified.get("path"):
        return [str(part) for part in qualified["path"]]
    return [str(node.get("table_name") or node.get("function_name") or "")]


def _nodes(tree: object) -> Iterator[dict[str, object]]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _ctes(tree: object) -> Iterator[str]:
    for node in _nodes(tree):
        table = node.get("cte_map")
        if isinstance(table, dict):
            for entry in table.get("map", []):
                yield str(entry["key"])


def _refused(why: str) -> QueryError:
    return QueryError(
        "NC-302",
        "The query is refused.",
        why,
        "Write one SELECT over the tables: netcordon sql --tables",
    )
