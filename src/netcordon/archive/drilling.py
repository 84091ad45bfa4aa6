"""Try a restore: a day that chance chose, its evidence copied out, proved, counted, and asked.

An archive that nobody restored from is a hope. The day is drawn from a seed that is written down,
so that the choice can be checked; the copies are read by the same engine as everything else, and a
row that was remembered when the evidence was put must be found among them.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from netcordon.archive.catalogue import Catalogue
from netcordon.archive.describing import facts
from netcordon.archive.moving import copy_tables
from netcordon.archive.store import ArchiveError, digest
from netcordon.casefile.canonical import timestamp
from netcordon.errors import NetcordonError, UsageError
from netcordon.model.archive import HeldFile, KnownRow, Segment
from netcordon.model.archive_report import Drill, Drilled
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake

_MOST_PROBLEMS = 20


def drill(
    catalogue: Catalogue,
    segments: Sequence[Segment],
    scratch: Path,
    *,
    seed: str,
    day: date | None,
    now: datetime,
    elapsed: Callable[[], float],
) -> Drill:
    """Restore the evidence of a day into an empty place and prove it.

    Args:
        catalogue: of the archive.
        segments: all of it.
        scratch: an empty folder; what is restored is removed piece by piece.
        seed: for the choice.
        day: instead of chance.
        now: when it is.
        elapsed: seconds since it began.

    Raises:
        UsageError: NC-568 there is no day to restore.
        ArchiveError: NC-561 the archive cannot be reached.
    """
    days = sorted({each for segment in segments for each in segment.days})
    if not days or (day is not None and day not in days):
        raise UsageError(
            "NC-568",
            "There is nothing to restore.",
            f"the archive holds no rows of {day}" if days else "the archive holds no rows",
            "netcordon archive check shows its days; netcordon archive put fills it",
        )
    chosen = day or random.Random(seed).choice(days)  # noqa: S311 - to be checked, not to be secret
    restored = tuple(
        _restored(catalogue, segment, scratch / segment.evidence_id)
        for segment in segments
        if chosen in segment.days
    )
    return Drill(
        url=catalogue.store.url, time=now, day=chosen, of_days=len(days), seed=seed,
        segments=restored, seconds=round(elapsed(), 3),
    )  # fmt: skip


def proof_name(time: datetime, content: bytes) -> str:
    """Name of the object that keeps a drill's proof."""
    return f"{timestamp(time)[:10]}-{hashlib.sha256(content).hexdigest()[:12]}.json"


def _restored(catalogue: Catalogue, segment: Segment, folder: Path) -> Drilled:
    problems: list[str] = []
    size = rows = found = 0
    known = [file for file in segment.held if file.known is not None]
    try:
        size = copy_tables(catalogue, segment, folder / f"evidence_id={segment.evidence_id}")
        with Engine(Lake(folder), [segment.evidence_id]) as engine:
            found = sum(_answers(engine, file.table, file.known, problems) for file in known)
            for file in segment.held:
                rows += _counted(engine, file, folder, segment.evidence_id, problems)
    except ArchiveError as error:
        if error.code == "NC-561":
            raise
        problems.append(f"{error.what} {error.why}")
    except NetcordonError as error:
        problems.append(f"the restored tables cannot be read: {error.why}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    original, size_of_original = _original(catalogue, segment, problems)
    return Drilled(
        evidence_id=segment.evidence_id,
        sensor=segment.sensor,
        label=segment.label,
        files=len(segment.held),
        bytes=size + size_of_original,
        rows=rows,
        expected_rows=sum(file.rows for file in segment.held),
        known=len(known),
        found=found,
        original=original,
        problems=tuple(problems[:_MOST_PROBLEMS]),
    )


def _counted(
    engine: Engine, file: HeldFile, folder: Path, evidence_id: str, problems: list[str]
) -> int:
    """Rows of a restored file; their number and times must be those of the catalogue."""
    engine.show(file.table, [folder / f"evidence_id={evidence_id}" / file.path])
    now = facts(engine, file.table)
    if now.rows != file.rows:
        problems.append(f"{file.name}: {now.rows:,} rows, not {file.rows:,}")
    if (now.first_time, now.last_time) != (file.first_time, file.last_time):
        problems.append(f"{file.name}: its times are {now.first_time} to {now.last_time}")
    return now.rows


def _answers(engine: Engine, table: str, row: KnownRow | None, problems: list[str]) -> int:
    assert row is not None
    is_flow = table == "network_activity"
    time, frame = ("start_time", "first_frame") if is_flow else ("time", "frame")
    rows = engine.query(
        f"SELECT count(*) AS n FROM {table} WHERE src_ip = $src AND dst_ip = $dst "
        f"AND {frame} = $frame AND {time} = $time",
        {"src": row.src_ip, "dst": row.dst_ip, "frame": row.frame,
         "time": row.time.replace(tzinfo=None)},
    )  # fmt: skip
    if rows[0]["n"]:
        return 1
    problems.append(f"{table}: frame {row.frame} from {row.src_ip} to {row.dst_ip} is not found")
    return 0


def _original(catalogue: Catalogue, segment: Segment, problems: list[str]) -> tuple[str, int]:
    held = segment.original
    if held is None or held.expired_time is not None:
        return "not held", 0
    try:
        sha256, size = digest(catalogue.store, held.name)
    except ArchiveError as error:
        if error.code == "NC-561":
            raise
        problems.append(f"{error.what} {error.why}")
        return "missing", 0
    if sha256 != held.sha256:
        problems.append(f"{held.name}: expected SHA-256 {held.sha256}, is {sha256}")
        return "changed", size
    return "proved", size
