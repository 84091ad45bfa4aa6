"""The analytical engine: DuckDB over the lake, out of core, with the views that detectors read.

Nobody else imports DuckDB. Values are always bound; the only text spliced into SQL is made here
from the schema, from validated networks, and from paths quoted by ``quoted``.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa

from netcordon.errors import QueryError
from netcordon.model.log_set import as_seen
from netcordon.tables.completed import ALL
from netcordon.tables.lake import Lake
from netcordon.tables.log_sets import SENSORS, LogSets, has_flows, log_sets, seen_twice_sql
from netcordon.tables.logged_again import beside_sql, logged_again_sql, number_of
from netcordon.tables.schema import TABLES, Table
from netcordon.tables.views import body_sql, evidence_id_of, quoted, view_sql

_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
            "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128")  # fmt: skip
_MULTICAST = ("224.0.0.0/4", "255.255.255.255/32", "ff00::/8")
_MEMORY_SHARE = 0.5
_MOST_EVIDENCE = 1000
# Sorting the finished list costs half of an ordered aggregate, and leaves the same rows.
# What is left out is told by a last row with a negative frame: how many follow the last one shown.
_EVIDENCE_OF = f"""
CREATE OR REPLACE MACRO with_left_out(rows, number) AS CASE
    WHEN number > len(rows) THEN list_append(rows, {{'evidence_id': rows[-1].evidence_id,
        'table': rows[-1]."table", 'frame': len(rows) - number}}) ELSE rows END;
CREATE OR REPLACE MACRO evidence_of(id, tbl, number) AS coalesce(with_left_out(
    list_sort(list(row_at(id, tbl, number))
              FILTER (number IS NOT NULL))[1:{_MOST_EVIDENCE}], count(number)), [])
"""
_LONGEST_REASON = 500
"""Characters of the engine's own words that are passed on: some name every word of a type."""
_BATCH_ROWS = 1 << 17
"""Rows of an answer that is handed on piece by piece."""


class Engine:
    """Views over chosen evidence, and queries on them.

    The views are named like the tables and add ``evidence_id`` and ``day``. Beside them stand the
    macros ``is_internal(hi, lo)``, ``is_private(hi, lo)``, ``is_multicast(hi, lo)``, and the
    aggregate ``evidence_of(evidence_id, table, frame)``: the first rows of a group, in order, and
    with a negative frame how many were left out.

    With ``logs_as_one`` the logs of a family are one piece of evidence in the views (``LogSet``),
    flows that two sensors saw count once, and so do lines that two logs hold; ``evidence_of``
    names the files all the same.
    """

    def __init__(
        self,
        lake: Lake,
        evidence_ids: Sequence[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        spill: Path | None = None,
        threads: int | None = None,
        memory_bytes: int | None = None,
        logs_as_one: bool = False,
    ) -> None:
        self._connection = duckdb.connect(":memory:")
        self._execute("SET TimeZone = 'UTC'")
        self._execute(f"SET memory_limit = '{(memory_bytes or _memory_limit_bytes()) >> 20}MiB'")
        # Where it takes the program for an interactive one, it would draw on standard output.
        self._execute("SET enable_progress_bar = false")
        self._execute("SET autoinstall_known_extensions = false")
        self._execute("SET autoload_known_extensions = false")
        if spill is not None:
            self._execute(f"SET temp_directory = {quoted(spill)}")
        if threads is not None:
            self._execute(f"SET threads = {int(threads)}")
        self.log_sets = log_sets(lake, evidence_ids) if logs_as_one else LogSets({})
        files = {table: lake.files(table.name, tuple(evidence_ids)) for table in TABLES.values()}
        for table in files:
            self._execute(view_sql(table, files[table], since, until, self.log_sets))
        without = {t: self._logged_again(t, map(evidence_id_of, of)) for t, of in files.items()}
        for table in filter(without.get, files):
            left = without[table]
            self._execute(view_sql(table, files[table], since, until, self.log_sets, left))
        seen_twice = {"seen_twice": "uid"} if logs_as_one and self._seen_twice() else {}
        for table in filter(has_flows, files) if seen_twice else ():
            without[table] |= seen_twice
            left = without[table]
            self._execute(view_sql(table, files[table], since, until, self.log_sets, left))
        logs = {evidence_id_of(file) for file in files[TABLES["log_source"]]}
        for each in ALL:
            table, source = TABLES[each.table], TABLES[each.source]
            of = [file for file in files[source] if evidence_id_of(file) in logs]
            if of and files[table]:
                self._execute(f"CREATE VIEW listed AS {body_sql(source, of, None, None)}")
                self._execute(f"CREATE TABLE known_{each.source} AS {each.known}")
                self._execute("DROP VIEW listed")
                left = without[table]
                sql = view_sql(table, files[table], since, until, self.log_sets, left, each.body)
                self._execute(sql)
        self._macro("is_private", _PRIVATE)
        self._macro("is_multicast", _MULTICAST)
        id_, number = self.log_sets.evidence_sql("id", "number")
        place = f"{{'evidence_id': {id_}, 'table': tbl, 'frame': {number}}}"
        self._execute(f"CREATE OR REPLACE MACRO row_at(id, tbl, number) AS {place}")
        self._execute(_EVIDENCE_OF)
        self.home_nets: tuple[str, ...] = ()
        self.set_home_nets(())

    def show(self, table: str, files: Sequence[Path]) -> None:
        """Put other files behind the view of a table; none leave it empty."""
        self._execute(view_sql(TABLES[table], files, None, None))

    def set_home_nets(self, networks: Sequence[str]) -> None:
        """Define ``is_internal``; without networks the private ranges count as internal.

        Raises:
            ValueError: when a network is not in CIDR notation.
        """
        self.home_nets = tuple(networks)
        self._macro("is_internal", self.home_nets or _PRIVATE)

    def add_table(self, name: str, rows: pa.Table) -> None:
        """Put a small table beside the views, under a name of ours."""
        if not name.isidentifier():
            raise ValueError(name)
        self._connection.register(f"_{name}", rows)
        self._execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM _{name}")
        self._connection.unregister(f"_{name}")

    def add_view(self, name: str, sql: str) -> None:
        """Put a query of ours beside the views, under a name of ours; it costs when it is used."""
        if not name.isidentifier():
            raise ValueError(name)
        self._execute(f"CREATE OR REPLACE VIEW {name} AS {sql}")

    def keep(self, name: str, sql: str, params: Mapping[str, object] | None = None) -> None:
        """Put the rows of a query beside the views, as a table under a name of ours.

        Raises:
            QueryError: when the engine refuses the query.
        """
        if not name.isidentifier():
            raise ValueError(name)
        self._run(f"CREATE OR REPLACE TABLE {name} AS {sql}", params)

    def add_words(self, name: str, sql: str, most: int) -> None:
        """Make a type of the texts that a query yields, sorted as they are.

        They stay in the table ``<name>_words(word)``: what is not there is no word, and to try
        whether it casts is slow, for every failure makes a message that names all words. From
        then on plans are not copied: each copy would write and read all words for every column.

        Args:
            name: of the type, one of ours.
            sql: yields the column ``word``.
            most: with more words than this the type is text, under the same name.

        Raises:
            QueryError: when the engine refuses the query.
        """
        if not name.isidentifier():
            raise ValueError(name)
        found = f"SELECT DISTINCT word FROM ({sql}) WHERE word IS NOT NULL"
        self._run(f"CREATE OR REPLACE TABLE {name}_words AS {found}", None)
        (row,) = self.query(f"SELECT count(*) AS n FROM {name}_words")
        words = f"ENUM (SELECT word FROM {name}_words ORDER BY word)"
        few = cast(int, row["n"]) <= most
        self._run(f"CREATE OR REPLACE TYPE {name} AS {words if few else 'VARCHAR'}", None)
        self._execute("SET disabled_optimizers = 'cte_inlining,common_subplan'")

    def drop(self, names: Iterable[str]) -> None:
        """Take tables and views of ours away again; plans are copied as before."""
        for name in names:
            if not name.isidentifier():
                raise ValueError(name)
            found = self.query(
                "SELECT table_type AS kind FROM information_schema.tables WHERE table_name = $name",
                {"name": name},
            )
            for row in found:
                self._execute(f"DROP {'VIEW' if row['kind'] == 'VIEW' else 'TABLE'} {name}")
        self._execute("RESET disabled_optimizers")

    def query(
        self, sql: str, params: Mapping[str, object] | None = None
    ) -> list[dict[str, object]]:
        """Rows as dictionaries, in the order of the query.

        Raises:
            QueryError: when the engine refuses the query.
        """
        cursor = self._run(sql, params)
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if self.log_sets.families and "evidence_id" in names:
            for row in rows:
                row["evidence_id"] = self.log_sets.named(row["evidence_id"])
        return rows

    def as_seen(self, evidence_id: str, lines: Iterable[int]) -> tuple[str, list[int]]:
        """What the views call a piece of evidence, and frames or lines of it."""
        name, number = self.log_sets.place_of(evidence_id)
        return name, as_seen(number, lines)

    def arrow(self, sql: str, params: Mapping[str, object] | None = None) -> pa.Table:
        """The same as an Arrow table."""
        with _refusals():
            relation = self._connection.sql(sql, params=dict(params) if params else None)
            return relation.to_arrow_table()

    def arrow_batches(
        self, sql: str, params: Mapping[str, object] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The same piece by piece, for what may be too much at once.

        The engine answers nothing else until the last one was taken.
        """
        with _refusals():
            relation = self._connection.sql(sql, params=dict(params) if params else None)
            yield from relation.to_arrow_reader(_BATCH_ROWS)

    def columns(self, view: str) -> list[str]:
        """Column names of a view."""
        cursor = self._run(f"SELECT * FROM {TABLES[view].name} LIMIT 0", None)
        return [column[0] for column in cursor.description or ()]

    def interrupt(self) -> None:
        """Stop the query that is running in another thread."""
        self._connection.interrupt()

    def close(self) -> None:
        """Free the engine's memory and temporary files."""
        self._connection.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def lock(self, readable: Sequence[Path]) -> None:
        """Give up every right but reading these folders; cannot be undone on this engine."""
        folders = ", ".join(quoted(folder) for folder in readable)
        self._execute(f"SET allowed_directories = [{folders}]")
        self._execute("SET enable_external_access = false")
        self._execute("SET lock_configuration = true")

    def serialise(self, sql: str) -> str:
        """The parsed statement as JSON, or JSON with ``error: true``."""
        row = self._connection.execute("SELECT json_serialize_sql($sql)", {"sql": sql}).fetchone()
        return str(row[0]) if row else ""

    def _logged_again(self, table: Table, ids: Iterable[str]) -> dict[str, str]:
        """Put the lines that two logs hold beside the view, where there are any."""
        number = number_of(table)
        if not number or len({id_ for id_ in ids if self.log_sets.holds(id_)}) < 2:
            return {}
        name, beside = f"logged_again_{table.name}", f"beside_{table.name}"
        self._execute(f"CREATE TABLE {beside} AS {beside_sql(table, self.log_sets)}")
        if not self.query(f"FROM {beside} LIMIT 1"):
            return {}
        self._execute(f"CREATE TABLE {name} AS {logged_again_sql(table, beside)}")
        return {name: number} if self.query(f"FROM {name} LIMIT 1") else {}

    def _seen_twice(self) -> bool:
        """Put the flows that two sensors saw beside the views, where there can be any."""
        (row,) = self.query(SENSORS)
        # Captures of several places tell of their doubles by themselves.
        if cast(int, row["n"]) < 2 or not (self.log_sets.families or row["exporters"]):
            return False
        self._execute(f"CREATE TABLE seen_twice AS {seen_twice_sql(self.log_sets)}")
        (row,) = self.query("SELECT count(*) AS n FROM seen_twice")
        return bool(row["n"])

    def _run(self, sql: str, params: Mapping[str, object] | None) -> duckdb.DuckDBPyConnection:
        with _refusals():
            return self._connection.execute(sql, dict(params) if params else None)

    def _execute(self, sql: str) -> None:
        self._connection.execute(sql)

    def _macro(self, name: str, networks: Iterable[str]) -> None:
        self._execute(f"CREATE OR REPLACE MACRO {name}(hi, lo) AS ({prefix_test(networks)})")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # how the engine passes Ctrl-C on
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        raise QueryError(
            "NC-301",
            "The query could not be run.",
            str(error).split("\n")[0][:_LONGEST_REASON],
            "Check the names with: netcordon sql --tables",
        ) from error


def prefix_test(networks: Iterable[str]) -> str:
    """SQL over ``hi`` and ``lo`` that says whether an address is in one of the networks.

    Raises:
        ValueError: when a network is not in CIDR notation.
    """
    tests: list[str] = []
    for text in networks:
        network = ipaddress.ip_network(text, strict=False)
        offset = 0xFFFF_0000_0000 if network.version == 4 else 0
        first = int(network.network_address) + offset
        last = int(network.broadcast_address) + offset
        mask = (1 << 64) - 1
        if first >> 64 == last >> 64:
            tests.append(f"(hi = {first >> 64} AND lo BETWEEN {first & mask} AND {last & mask})")
        else:
            tests.append(f"hi BETWEEN {first >> 64} AND {last >> 64}")
    return " OR ".join(tests) or "false"


def _memory_limit_bytes() -> int:
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(512 << 20, int(physical * _MEMORY_SHARE))
