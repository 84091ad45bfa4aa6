"""Views over files of this version and of earlier ones, which had fewer columns."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.schema import NETWORK_ACTIVITY
from tests.unit.tables.rows import batch

NEW = ("bursts", "burst_gaps_ms")


def lake_of(root: Path, **evidence: bool) -> Lake:
    """A lake with one flow a piece of evidence; those that are old lack the columns in ``NEW``."""
    lake = Lake(root)
    for number, (name, is_old) in enumerate(evidence.items()):
        staging = lake.stage()
        row = {"start_time": number, "end_time": number, "uid": name, "bursts": 5,
               "burst_gaps_ms": [1000, 2000]}  # fmt: skip
        staging.append("network_activity", batch("network_activity", [row]))
        lake.commit(staging, name)
        for file in lake.files("network_activity", (name,)) if is_old else []:
            pq.write_table(pq.read_table(file, partitioning=None).drop_columns(list(NEW)), file)
    return lake


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_columns_that_old_files_lack_are_null(tmp_path: Path, order: tuple[str, str]) -> None:
    lake = lake_of(tmp_path, **{name: name == "old" for name in order})
    with Engine(lake, order) as engine:
        rows = engine.query("SELECT uid, bursts, burst_gaps_ms FROM network_activity ORDER BY uid")
        names = engine.columns("network_activity")
    assert rows == [
        {"uid": "new", "bursts": 5, "burst_gaps_ms": [1000, 2000]},
        {"uid": "old", "bursts": None, "burst_gaps_ms": None},
    ]
    assert names == [*(c.name for c in NETWORK_ACTIVITY.flat()), "evidence_id", "day"]


def test_only_old_files_are_read_too_and_the_window_holds_for_all(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, old=True, older=True, new=False)
    with Engine(lake, ["old", "older"]) as engine:
        assert engine.query("SELECT sum(bursts) AS n FROM network_activity") == [{"n": None}]
    until = datetime(1970, 1, 1, microsecond=1)
    with Engine(lake, ["old", "older", "new"], until=until) as engine:
        rows = engine.query("SELECT uid FROM network_activity ORDER BY uid")
    assert [row["uid"] for row in rows] == ["old", "older"]
