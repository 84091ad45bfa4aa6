"""A large lake made of real recordings: each again and again, for other hosts and other hours."""

from __future__ import annotations

import json
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
_COPIES_A_PIECE = 10
"""Copies that make one piece of evidence: files of the size that a large capture gives."""
_FRAMES = 1 << 20
"""Numbers set aside for the frames of one recording."""


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
        engine.execute("SET threads = 2")
        engine.execute("SET partitioned_write_max_open_files = 8")
        tables = [name for name in TABLES if list(base.glob(f"*/{name}/*/*.parquet"))]
        for name in tables:
            engine.execute(f"CREATE TABLE base_{name} AS {_base(base, name)}")
        row = engine.execute("SELECT count(*) FROM base_network_activity").fetchone()
        held = row[0] if row else 0
        copies = -(-flows // held)
        pieces = -(-copies // _COPIES_A_PIECE)
        for piece in range(pieces):
            begin = piece * _COPIES_A_PIECE
            end = min(begin + _COPIES_A_PIECE, copies)
            for name in tables:
                place = target / f"evidence_id=copy-{piece}" / name
                place.parent.mkdir(parents=True, exist_ok=True)
                engine.execute(
                    f"COPY (SELECT *, {TABLES[name].time}::DATE AS day FROM"
                    f" ({_moved(name, begin, end)}) ORDER BY day, {', '.join(TABLES[name].sort)})"
                    f" TO '{place}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))"
                )
    return copies * held, pieces


def kept_lake(base: Path, lake: Path, wanted: int) -> tuple[int, int]:
    """The repeated lake of this place, made when it is not there; its flows and evidence."""
    note = lake / "made.json"
    if not note.exists():
        note.parent.mkdir(parents=True, exist_ok=True)
        made = repeated_lake(base, lake, wanted)
        note.write_text(json.dumps(made), encoding="utf-8")
    flows, evidence = json.loads(note.read_text(encoding="utf-8"))
    return flows, evidence


def _base(base: Path, name: str) -> str:
    time = TABLES[name].time
    return f"""
        SELECT * EXCLUDE (evidence_id, day, first, piece),
               (hash(piece) % {_WEEK_S - _LONGEST_S})::BIGINT AS hour_s, first,
               (hash(piece) % 4096)::BIGINT AS frames_before
        FROM (SELECT *, evidence_id AS piece, min({time}) OVER (PARTITION BY evidence_id) AS first
              FROM read_parquet('{base}/*/{name}/*/*.parquet', hive_partitioning = true,
                                union_by_name = true))
        WHERE {time} <= first + INTERVAL {_LONGEST_S} SECOND
    """


def _moved(name: str, begin: int, end: int) -> str:
    """Copies of a table: times in their week, private addresses in their networks."""
    at = f"TIMESTAMP '{_BEGIN}' + to_seconds((copy // {_COPIES_A_WEEK}) * {_WEEK_S})"
    start = f"to_seconds((hour_s + copy * 977) % {_WEEK_S - _LONGEST_S})"
    changed = []
    for column in TABLES[name].columns:
        if column.type == "TIMESTAMP":
            changed.append(f"{at} + {start} + ({column.name} - first) AS {column.name}")
        elif column.type == ADDRESS:
            changed += _address(column.name)
        elif column.name in ("uid", "tunnel_parent"):
            # As long as before: flows are joined by it.
            changed.append(f"chr((65 + copy - {begin})::INTEGER) || {column.name}[2:]"
                           f" AS {column.name}")  # fmt: skip
        elif column.name in ("frame", "first_frame", "last_frame", "response_frame",
                             "server_frame"):  # fmt: skip
            before = f"((copy - {begin}) * 4096 + frames_before) * {_FRAMES}"
            changed.append(f"{column.name} + {before} AS {column.name}")
    return (
        f"SELECT * EXCLUDE (hour_s, first, frames_before, copy) REPLACE ({', '.join(changed)})"
        f" FROM base_{name}, range({begin}, {end}) AS copies(copy)"
    )


def _address(name: str) -> list[str]:
    low = f"{name}_lo"
    four = f"({low} & 4294967295)::BIGINT"
    is_private = (
        f"{name}_hi = 0 AND {low} >> 32 = 65535 AND ({four} >> 24 = 10 OR {four} >> 16 = 49320"
        f" OR {four} >> 20 = 2753)"
    )
    second = f"((({four} >> 16) & 255) + copy * 3) & 255"
    moved = f"(167772160 + (({second}) << 16) + ({four} & 65535))"
    text = f"concat_ws('.', 10, {second}, ({four} >> 8) & 255, {four} & 255)"
    return [
        f"CASE WHEN {is_private} THEN {text} ELSE {name} END AS {name}",
        f"CASE WHEN {is_private} THEN (281470681743360 + {moved})::UBIGINT ELSE {low} END AS {low}",
    ]
