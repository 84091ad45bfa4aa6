"""What the catalogue says of a file of tables: times, bounds, a row to ask for, its filter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from netcordon.archive.bloom import BLOCK_BYTES, build
from netcordon.archive.catalogue import DATA
from netcordon.archive.tokens import tokens_of
from netcordon.casefile.custody import RecordedFile
from netcordon.hunting.visibility import counted
from netcordon.model.archive import HeldFile, KnownRow
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.schema import TABLES, Table

_ASKED_FOR = ("network_activity", "dns_activity")
"""Tables of which a row is remembered, so that a drill can ask for it."""


class Facts(NamedTuple):
    """Number of rows, their times, and the bounds of what they are sorted by."""

    rows: int
    first_time: datetime | None
    last_time: datetime | None
    low: str
    high: str


@dataclass(frozen=True)
class Described:
    """A file's facts, and its filter."""

    file: HeldFile
    filter: bytes


class Describer:
    """Reads the files of a piece of evidence, one after the other, through the engine.

    The engine is started when the first file is read: what is archived already needs none.
    """

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened

    @cached_property
    def _engine(self) -> Engine:
        return self._opened.enter_context(Engine(Lake(Path("/")), []))

    def describe(
        self, evidence_id: str, recorded: RecordedFile, path: Path, filter_at: int
    ) -> Described:
        """Facts and filter of one file.

        Args:
            evidence_id: whose rows these are.
            recorded: what the register says of the file.
            path: where it is now.
            filter_at: octet at which its filter will stand among those of its evidence.

        Raises:
            QueryError: when its rows cannot be read.
        """
        parts = PurePosixPath(recorded.path)
        table, folder, name = TABLES[parts.parts[0]], parts.parts[1], parts.stem
        self._engine.show(table.name, [path])
        try:
            made = build(tokens_of(self._engine, table.name))
            found, told = facts(self._engine, table.name), counted(self._engine)
            known = self._known(table) if table.name in _ASKED_FOR else None
        finally:
            self._engine.show(table.name, [])
        file = HeldFile(
            table=table.name,
            day=date.fromisoformat(folder.removeprefix("day=")),
            path=recorded.path,
            name=f"{DATA}/evidence_id={evidence_id}/{table.name}/{folder}/"
            f"{name}-{recorded.sha256[:12]}.parquet",
            bytes=path.stat().st_size,
            rows=recorded.rows,
            sha256=recorded.sha256,
            first_time=found.first_time,
            last_time=found.last_time,
            low=found.low,
            high=found.high,
            filter_at=filter_at,
            filter_blocks=len(made) // BLOCK_BYTES,
            facts={name: count for name, count in sorted(told.items()) if count},
            known=known,
        )
        return Described(file, made)

    def _known(self, table: Table) -> KnownRow | None:
        """The row in the middle of those that name two hosts."""
        frame = "first_frame" if table.name == "network_activity" else "frame"
        named = "src_ip IS NOT NULL AND dst_ip IS NOT NULL"
        rows = self._engine.query(
            f"SELECT {table.time} AS time, src_ip, dst_ip, {frame} AS frame FROM {table.name} "
            f"WHERE {named} ORDER BY {frame}, {table.time}, src_ip, dst_ip LIMIT 1 "
            f"OFFSET (SELECT count(*) // 2 FROM {table.name} WHERE {named})"
        )
        if not rows:
            return None
        row = rows[0]
        time = _moment(row["time"])
        assert time is not None
        return KnownRow(
            time=time, src_ip=str(row["src_ip"]), dst_ip=str(row["dst_ip"]),
            frame=int(str(row["frame"])),
        )  # fmt: skip


def facts(engine: Engine, name: str) -> Facts:
    """What the view of a table shows."""
    table = TABLES[name]
    # The file is sorted by the halves of an address; people read its text.
    key = table.sort[0]
    shown = key.removesuffix("_hi")
    order = f"({key}, {shown}_lo)" if key != shown else key
    end = "end_time" if name == "network_activity" else table.time
    row = engine.query(
        f"SELECT count(*) AS n, min({table.time}) AS first, "
        f"max(greatest({table.time}, {end})) AS last, "
        f"arg_min({shown}, {order}) AS low, arg_max({shown}, {order}) AS high FROM {name}"
    )[0]
    return Facts(
        rows=int(str(row["n"])), first_time=_moment(row["first"]), last_time=_moment(row["last"]),
        low=_text(row["low"]), high=_text(row["high"]),
    )  # fmt: skip


@contextmanager
def describer() -> Iterator[Describer]:
    """A describer whose engine is closed afterwards."""
    with ExitStack() as opened:
        yield Describer(opened)


def _moment(value: object) -> datetime | None:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None


def _text(value: object) -> str:
    return "" if value is None else str(value)[:200]
