"""The lake takes evidence whole or not at all, and gives rows back as they were put in."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from netcordon.tables.engine import Engine
from netcordon.tables.lake import STAGING, Lake
from tests.unit.tables.rows import batch

DAY_US = 86_400_000_000


def _arp(times: list[int]) -> dict[str, list[object]]:
    rows = [{"time": t, "frame": n + 1, "operation": "request"} for n, t in enumerate(times)]
    return batch("arp_activity", rows)


def test_rows_come_back_by_day_and_in_order(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    staging = lake.stage()
    staging.append("arp_activity", _arp([DAY_US + 5, 7, 3]))
    files = lake.commit(staging, "ev-1")
    assert [(f.path.split("/")[1], f.rows) for f in files] == [
        ("day=1970-01-01", 2),
        ("day=1970-01-02", 1),
    ]
    with Engine(lake, ["ev-1"]) as engine:
        rows = engine.query("SELECT time, evidence_id, day FROM arp_activity ORDER BY time")
    assert [row["time"] for row in rows] == [
        datetime(1970, 1, 1, 0, 0, 0, 3),
        datetime(1970, 1, 1, 0, 0, 0, 7),
        datetime(1970, 1, 2, 0, 0, 0, 5),
    ]
    assert {row["evidence_id"] for row in rows} == {"ev-1"}


def test_manifest_hashes_are_those_of_the_files(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    staging = lake.stage()
    staging.append("arp_activity", _arp([1]))
    (file,) = lake.commit(staging, "ev-1")
    stored = lake.folder("ev-1") / file.path
    assert file.sha256 == hashlib.sha256(stored.read_bytes()).hexdigest()


def test_nothing_is_visible_before_commit_and_nothing_stays_after_discard(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    staging = lake.stage()
    staging.append("arp_activity", _arp(list(range(10))))
    staging.finish()
    assert lake.files("arp_activity", ("ev-1",)) == []
    lake.discard(staging)
    assert list((tmp_path / STAGING).iterdir()) == []


def test_the_same_rows_make_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        lake = Lake(tmp_path / name)
        (tmp_path / name).mkdir()
        staging = lake.stage()
        staging.append("arp_activity", _arp([3, 1, 2]))
        digests.append([f.sha256 for f in lake.commit(staging, "ev-1")])
    assert digests[0] == digests[1]


def test_forged_clocks_make_a_bounded_number_of_folders(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    staging = lake.stage()
    staging.append("arp_activity", _arp([n * DAY_US for n in range(3000)]))
    files = lake.commit(staging, "ev-1")
    assert len(files) <= 512
    assert sum(f.rows for f in files) == 3000


def test_rows_are_sorted_for_the_queries_that_matter(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    staging = lake.stage()
    rows = [{"ip": ip, "source": "arp", "first_seen_time": 1} for ip in ("10.0.0.3", "10.0.0.1")]
    staging.append("host_identity", batch("host_identity", rows))
    (file,) = lake.commit(staging, "ev-1")
    table = pq.read_table(lake.folder("ev-1") / file.path, partitioning=None)
    assert table.column("ip").to_pylist() == ["10.0.0.1", "10.0.0.3"]


def test_a_missing_column_is_refused(tmp_path: Path) -> None:
    staging = Lake(tmp_path).stage()
    with pytest.raises(KeyError):
        staging.append("arp_activity", {"time": [1]})
