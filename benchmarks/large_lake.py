"""A large lake made of real recordings: each again and again, for other hosts and other hours."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from netcordon.casefile.workspace import open_workspace
from netcordon.evidence.discover import discover
from netcordon.ingest.many import take_in_all
from netcordon.settings import DecodeLimits
from netcordon.tables.schema import ADDRESS, TABLES

_BEGIN = "2026-03-02 00:00:00"  # a Monday
_WEEK_S = 7 * 86_400
_LONGEST_S = 2 * 86_400
_COPIES_A_WEEK = 80


class _Deaf:
    def begins(self, *_: object) -> None: ...

    def advances(self, *_: object) -> None: ...

    def compiling(self, *_: object) -> None: ...


def base_lake(sources: Sequence[Path], folder: Path) -> Path:
    """Decode captures into one workspace; returns its lake. What cannot be read is left out."""
    place = folder / "base"
    with open_workspace(place, create=True, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as case:
        limits = DecodeLimits()
        found = discover([str(source) for source in sources], limits=limits).found
        for _ in take_in_all(found, case, limits, _Deaf()):
            pass
        return case.lake_dir


def repeated_lake(base: Path, target: Path, flows: int) -> tuple[int, int]:
    """Repeat a lake until it holds ``flows`` flows.

    Every recording is moved into one week (what it holds beyond two days is left out). Each copy
    has hosts of its own, for private IPv4 addresses move to other networks of 10.0.0.0/8, and its
    recordings begin at other hours; after 80 copies the next week begins. Addresses outside stay,
    so that their number of visitors grows with the lake.

    Returns:
        Flows and pieces of evidence written; the ids are ``copy-0`` and on.
    """
    shutil.rmtree(target, ignore_errors=True)
    with duckdb.connect() as engine:
        tables = [name for name in TABLES if list(base.glob(f"*/{name}/*/*.parquet"))]
        for name in tables:
            engine.execute(f"CREATE TABLE base_{name} AS {_base(base, name)}")
        row = engine.execute("SELECT count(*) FROM base_network_activity").fetchone()
        held = row[0] if row else 0
        copies = -(-flows // held)
        for copy in range(copies):
            for name in tables:
                place = target / f"evidence_id=copy-{copy}" / name
                place.parent.mkdir(parents=True, exist_ok=True)
                engine.execute(
                    f"COPY (SELECT *, {TABLES[name].time}::DATE AS day FROM"
                    f" ({_moved(name, copy)}) ORDER BY {', '.join(TABLES[name].sort)})"
                    f" TO '{place}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))"
                )
    return copies * held, copies


def _base(base: Path, name: str) -> str:
    time = TABLES[name].time
    return f"""
        SELECT * EXCLUDE (evidence_id, day, first), evidence_id AS piece,
               (hash(evidence_id) % {_WEEK_S - _LONGEST_S})::BIGINT AS hour_s, first
        FROM (SELECT *, min({time}) OVER (PARTITION BY evidence_id) AS first
              FROM read_parquet('{base}/*/{name}/*/*.parquet', hive_partitioning = true,
                                union_by_name = true))
        WHERE {time} <= first + INTERVAL {_LONGEST_S} SECOND
    """


def _moved(name: str, copy: int) -> str:
    """A copy of a table: times in its week, private addresses in its networks."""
    shift_s = copy // _COPIES_A_WEEK * _WEEK_S
    changed = []
    for column in TABLES[name].columns:
        if column.type == "TIMESTAMP":
            begin = f"TIMESTAMP '{_BEGIN}' + INTERVAL {shift_s} SECOND"
            start = f"to_seconds((hour_s + {copy * 977}) % {_WEEK_S - _LONGEST_S})"
            changed.append(f"{begin} + {start} + ({column.name} - first) AS {column.name}")
        elif column.type == ADDRESS:
            changed += _address(column.name, copy)
    return (
        f"SELECT * EXCLUDE (piece, hour_s, first) REPLACE ({', '.join(changed)}) FROM base_{name}"
    )


def _address(name: str, copy: int) -> list[str]:
    low = f"{name}_lo"
    four = f"({low} & 4294967295)::BIGINT"
    is_private = (
        f"{name}_hi = 0 AND {low} >> 32 = 65535 AND ({four} >> 24 = 10 OR {four} >> 16 = 49320"
        f" OR {four} >> 20 = 2753)"
    )
    second = f"((({four} >> 16) & 255) + {copy * 3}) & 255"
    moved = f"(167772160 + (({second}) << 16) + ({four} & 65535))"
    text = f"concat_ws('.', 10, {second}, ({four} >> 8) & 255, {four} & 255)"
    return [
        f"CASE WHEN {is_private} THEN {text} ELSE {name} END AS {name}",
        f"CASE WHEN {is_private} THEN (281470681743360 + {moved})::UBIGINT ELSE {low} END AS {low}",
    ]
