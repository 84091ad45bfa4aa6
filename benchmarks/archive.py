"""One indicator over an archive of many days, beside the same question without filters.

    python -m benchmarks.archive [--flows 1000000000] [--folder DIR]

Two days are made of the flows of the demonstration, repeated for other hosts and hours, and put
into an archive the ordinary way. All further days are links to their files under entries of their
own, so a billion flows need little room. One address stands on three days only (of one day, on
that), another on all of them. What is read is what the kernel counted (``/proc/self/io``); the page
cache is warm, so seconds are those of the work and not of a disk.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from benchmarks.large_lake import base_lake
from netcordon.archive.catalogue import Catalogue, Span, everything
from netcordon.archive.folder_store import FolderStore
from netcordon.archive.reach import SpanningLake, paths_of
from netcordon.casefile.custody import Seal
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.model.archive import ArchiveLook, Segment
from netcordon.model.evidence import Evidence
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.schema import NETWORK_ACTIVITY
from netcordon.workflow.archive_find import FindRequest, find
from netcordon.workflow.archive_put import PutRequest, put_evidence

T = TypeVar("T")
DEMO = Path(__file__).parents[1] / "lab" / "demo" / "demo.pcapng.gz"
RARE, COMMON, ABSENT = "198.18.7.7", "10.9.9.9", "198.18.8.8"
_DAY = datetime(2026, 5, 1, tzinfo=UTC)
_HITS = 3
_PER_BATCH = 8
_MAPPED = 281470681743360


def now() -> datetime:
    """A fixed clock: the result does not depend on it."""
    return datetime(2026, 11, 1, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print seconds and octets by number of days, and what they are of a scan."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--flows", type=int, default=100_000_000, help="in all, on most days")
    parser.add_argument("--days", type=int, nargs="+", default=[1, 30, 180])
    parser.add_argument("--folder", type=Path, help="where there is room: 80 bytes a flow of a day")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="netcordon-archive-", dir=options.folder) as name:
        folder = Path(name)
        made = two_days(folder, options.flows // max(options.days))
        print("days  flows          files   archive   asked for  seen  seconds  read      of all"
              "   scan s  read")  # fmt: skip
        for days in options.days:
            archive = folder / f"archive-{days}"
            linked(made, archive, days)
            for what in (RARE, ABSENT, COMMON):
                _line(archive, days, what)
            shutil.rmtree(archive)
    return 0


def two_days(folder: Path, flows: int) -> Path:
    """An archive of a quiet day and one with the rare address; returns its folder."""
    base = base_lake([DEMO], folder)
    with open_workspace(folder / "ws", create=True, clock=now) as workspace:
        for number, rare in enumerate((False, True)):
            begun = time.perf_counter()
            _take_in(workspace, base, number, flows, rare)
            print(f"a day of {flows:,} flows written in {time.perf_counter() - begun:.0f} s")
    begun = time.perf_counter()
    place = folder / "archive"
    put_evidence(
        folder / "ws", PutRequest(place=str(place), with_originals=False, moves=True,
                                  older_than_days=0), clock=now
    )  # fmt: skip
    print(f"both put into the archive in {time.perf_counter() - begun:.0f} s")
    return place


def linked(made: Path, target: Path, days: int) -> None:
    """An archive of many days whose files are links to those of two."""
    store = FolderStore(target)
    quiet, loud = sorted(Catalogue(FolderStore(made)).segments(), key=lambda s: s.label)
    hits = {days * part // _HITS for part in range(_HITS)} if days > 1 else {0}
    for number in range(days):
        segment = loud if number in hits else quiet
        _link(made, target, store, segment, number)


def _link(made: Path, target: Path, store: FolderStore, segment: Segment, number: int) -> None:
    evidence_id = f"ev-{number:016x}"
    moved = timedelta(days=number)

    def later(moment: datetime | None) -> datetime | None:
        return moment + moved if moment else None

    files = []
    for file in segment.files:
        name = file.name.replace(segment.evidence_id, evidence_id)
        files.append(replace(
            file, name=name, day=file.day + moved, first_time=later(file.first_time),
            last_time=later(file.last_time),
        ))  # fmt: skip
        _hard_link(made / file.name, target / name)
    filters = replace(segment.filters, name=f"filters/{evidence_id}")
    _hard_link(made / segment.filters.name, target / filters.name)
    Catalogue(store).add(
        replace(
            segment, evidence_id=evidence_id, sha256=f"{number:064x}", files=tuple(files),
            filters=filters, first_time=later(segment.first_time),
            last_time=later(segment.last_time),
        )
    )  # fmt: skip


def _hard_link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.hardlink_to(source)


def _line(archive: Path, days: int, what: str) -> None:
    look, rows, seconds, read = _alone(_asked, archive, what)
    scanned, scan_s, scan_read = _alone(_scanned, archive, what)
    assert rows == scanned, (rows, scanned)
    print(f"{days:4}  {look.rows:13,}  {look.files:5,}  {look.bytes / 1e9:5.2f} GB  {what:10} "
          f"{rows:6,}  {seconds:7.2f}  {read / 1e6:7.1f} MB  {read / look.bytes:7.3%}  "
          f"{scan_s:7.2f}  {scan_read / 1e6:7.0f} MB")  # fmt: skip


def _alone(work: Callable[..., Any], *arguments: object) -> Any:
    """Run in a process of its own: nothing is kept from the question before."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *arguments).result()


def _asked(archive: Path, what: str) -> tuple[ArchiveLook, int, float, int]:
    request = FindRequest(values=(what,), place=str(archive))
    found, seconds, read = _measured(
        lambda: find(archive / "none", request, clock=now, standard_input=BytesIO())
    )
    look = found.result.archive
    assert look is not None
    return look, sum(trace.rows for trace in found.result.traces), seconds, read


def _scanned(archive: Path, what: str) -> tuple[int, float, int]:
    return _measured(lambda: _scan(archive, what))


def _scan(archive: Path, what: str) -> int:
    """The same question to the engine alone, over all files."""
    catalogue = Catalogue(FolderStore(archive))
    choice = everything(catalogue.segments(), Span(tables=frozenset({"network_activity"})))
    paths, folder = paths_of(catalogue, choice, 0)
    with Engine(SpanningLake(folder, paths, ()), tuple(paths)) as engine:
        low = _MAPPED + _four(what)
        rows = engine.query(
            "SELECT count(*) AS n FROM network_activity WHERE (src_ip_hi = 0 AND src_ip_lo = $low) "
            "OR (dst_ip_hi = 0 AND dst_ip_lo = $low)", {"low": low},
        )  # fmt: skip
    return int(str(rows[0]["n"]))


def _measured(work: Callable[[], T]) -> tuple[T, float, int]:
    before, begun = _octets_read(), time.perf_counter()
    done = work()
    return done, time.perf_counter() - begun, _octets_read() - before


def _octets_read() -> int:
    facts = Path("/proc/self/io").read_text(encoding="ascii")
    return int(facts.split("rchar: ")[1].split()[0])


def _take_in(workspace: Workspace, base: Path, number: int, flows: int, rare: bool) -> None:
    """Write a day of flows as if it had been read from a log."""
    lake = Lake(workspace.lake_dir)
    staging = lake.stage()
    with duckdb.connect() as engine:
        engine.execute("SET threads = 2")
        files = f"{base}/*/network_activity/*/*.parquet"
        engine.execute(f"CREATE TABLE base AS SELECT * FROM read_parquet('{files}')")
        ((held,),) = engine.execute("SELECT count(*) FROM base").fetchall()
        copies = -(-flows // held)
        for first in range(0, copies, _PER_BATCH):
            last = min(first + _PER_BATCH, copies)
            rows = engine.sql(_copied(number, first, last, rare and first == 0)).to_arrow_table()
            columns = {c.name: rows.column(c.name) for c in NETWORK_ACTIVITY.flat()}
            staging.append("network_activity", columns)
    sha256 = f"{number:064x}"
    evidence_id = f"ev-{sha256[:15]}{number}"
    written = lake.commit(staging, evidence_id)
    seal = Seal(sha256=sha256, bytes=1, ends_sha256="", step_bytes=1, prefixes=(), location=None)
    evidence = Evidence(
        id=evidence_id, path=f"day-{number}", sha256=sha256, kind="zeek", bytes=1,
        records=sum(file.rows for file in written), first_time=_DAY,
        last_time=_DAY + timedelta(days=1),
    )  # fmt: skip
    workspace.register.register(evidence, seal, written)


def _copied(number: int, first: int, last: int, rare: bool) -> str:
    """Copies of the base: other hosts of 10.0.0.0/8, other peers of 11.0.0.0/8, other hours.

    One flow in ten thousand goes to the common address; one of the first copy to the rare one.
    """
    peer = "184549376 + (hash(copy, dst_ip) % 60000)::BIGINT"
    dst = f"CASE WHEN hash(copy, first_frame) % 10000 = 0 THEN {_four(COMMON)} "
    if rare:
        dst += f"WHEN copy = 0 AND first_frame = (SELECT max(first_frame) FROM base) " \
               f"THEN {_four(RARE)} "  # fmt: skip
    dst += f"WHEN {_is_private('dst')} THEN {_moved('dst')} ELSE {peer} END"
    src = f"CASE WHEN {_is_private('src')} THEN {_moved('src')} ELSE {peer} END"
    begin = f"TIMESTAMP '{_DAY + timedelta(days=number):%Y-%m-%d}'"
    at = f"{begin} + to_microseconds((hash(copy, first_frame) % 86000000000)::BIGINT)"
    changed = [f"{at} AS start_time", f"{at} + (end_time - start_time) AS end_time",
               "uid || copy AS uid", f"first_frame + copy * {1 << 20} AS first_frame",
               f"last_frame + copy * {1 << 20} AS last_frame"]  # fmt: skip
    for end in ("src", "dst"):
        four = f"{end}_four"
        text = (
            f"concat_ws('.', {four} >> 24, ({four} >> 16) & 255, ({four} >> 8) & 255, {four} & 255)"
        )
        changed += [f"CASE WHEN {end}_ip_hi = 0 THEN {text} ELSE {end}_ip END AS {end}_ip",
                    f"CASE WHEN {end}_ip_hi = 0 THEN ({_MAPPED} + {four})::UBIGINT "
                    f"ELSE {end}_ip_lo END AS {end}_ip_lo"]  # fmt: skip
    return (
        f"SELECT * EXCLUDE (copy, src_four, dst_four) REPLACE ({', '.join(changed)}) FROM ("
        f"SELECT *, ({src})::BIGINT AS src_four, ({dst})::BIGINT AS dst_four "
        f"FROM base, range({first}, {last}) AS copies(copy))"
    )


def _four(text: str) -> int:
    return int.from_bytes(bytes(map(int, text.split("."))), "big")


def _is_private(end: str) -> str:
    return f"({end}_ip_lo & 4294967295) >> 24 = 10"


def _moved(end: str) -> str:
    """The host of the base in another network of 10.0.0.0/8."""
    host = f"({end}_ip_lo & 65535)::BIGINT"
    return f"167772160 + ((copy % 200 + 20) << 16) + (({host} + copy * 7) & 65535)"


if __name__ == "__main__":
    sys.exit(main())
