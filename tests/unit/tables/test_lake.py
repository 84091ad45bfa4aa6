"""The lake takes evidence whole or not at all, and gives rows back as they were put in."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from netcordon.tables.arrow import to_arrow
from netcordon.tables.engine import Engine
from netcordon.tables.lake import STAGING, Lake
from netcordon.tables.parts import _MOST_PARTS, Parts
from netcordon.tables.schema import TABLES
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


def test_rows_that_cannot_be_written_are_heard_of_and_nothing_is_put_in_place(
    tmp_path: Path,
) -> None:
    lake = Lake(tmp_path)
    staging = lake.stage()
    staging.append("arp_activity", _arp([1]))
    (staging.folder / "arp_activity").write_text("in the way")
    with pytest.raises(OSError):
        lake.commit(staging, "ev-1")
    lake.discard(staging)
    assert lake.files("arp_activity", ("ev-1",)) == []
    assert list((tmp_path / STAGING).iterdir()) == []


def test_many_batches_over_many_days_make_sorted_files_and_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        lake = Lake(tmp_path / name)
        (tmp_path / name).mkdir()
        staging = lake.stage()
        for n in range(8):
            times = np.arange(50_000, dtype=np.int64) * 7919 % 50_000 * 10_000_000 + n
            staging.append("arp_activity", _arp_columns(times))
        files = lake.commit(staging, "ev-1")
        digests.append([(f.path, f.sha256) for f in files])
        assert sum(f.rows for f in files) == 400_000
    assert digests[0] == digests[1]
    for path, digest in digests[1]:
        stored = lake.folder("ev-1") / path
        assert digest == hashlib.sha256(stored.read_bytes()).hexdigest()
        times = pq.read_table(stored, partitioning=None).column("time").to_numpy()
        assert (np.diff(times.astype(np.int64)) >= 0).all()


def test_many_small_batches_are_kept_as_few(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    table = TABLES["arp_activity"]
    rows = [to_arrow(table, _arp([n])) for n in range(5 * _MOST_PARTS)]
    for one in rows:
        parts.take(table, one)
    (waiting,) = parts._pending[table].values()
    assert len(waiting.parts) < _MOST_PARTS
    assert (waiting.rows, waiting.bytes) == (len(rows), sum(one.nbytes for one in rows))
    parts.finish()
    (file,) = parts.files
    times = pq.read_table(tmp_path / file.path, partitioning=None).column("time")
    assert times.cast(pa.int64()).to_pylist() == list(range(len(rows)))


def _arp_columns(times: NDArray[np.int64]) -> dict[str, object]:
    nothing = pa.nulls(len(times))
    columns: dict[str, object] = {c.name: nothing for c in TABLES["arp_activity"].flat()}
    return columns | {"time": times, "frame": np.arange(len(times)), "operation": nothing}


def test_long_texts_make_a_file_full_before_its_rows_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netcordon.tables.parts.FILE_BYTES", 1 << 16)
    monkeypatch.setattr("netcordon.tables.lake._BATCH_BYTES", 1 << 14)
    lake = Lake(tmp_path)
    staging = lake.stage()
    for number in range(60):
        row = {"time": number, "frame": number + 1, "sender_mac": "x" * 8000}
        staging.append("arp_activity", batch("arp_activity", [row]))
    files = lake.commit(staging, "ev-1")
    assert sum(file.rows for file in files) == 60
    # About eight rows of 8 kB fill one; a batch more than that is in none.
    assert {file.rows for file in files[:-1]} <= set(range(8, 12))


@pytest.mark.parametrize("count", [3, 3000])
def test_numbers_come_back_whatever_their_size(tmp_path: Path, count: int) -> None:
    rng = np.random.default_rng(1)
    edges = [0, 1, -1, 2**63 - 1, -(2**63), None]
    rows: list[dict[str, object]] = [
        {
            "uid": f"C{n}",
            "start_time": int(rng.integers(0, DAY_US)) if n % 5 else 0,
            "end_time": None if n % 7 == 0 else DAY_US - 1,
            "duration_s": [0.0, -0.0, 1e300, 5e-324, None][n % 5],
            "src_ip": "2001:db8::1" if n % 2 else "192.0.2.1",
            "dst_ip": "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "src_port": [65535, 0, None][n % 3],
            "payload_bytes_out": edges[n % len(edges)],
            "first_frame": n + 1,
        }
        for n in range(count)
    ]
    lake = Lake(tmp_path)
    staging = lake.stage()
    staging.append("network_activity", batch("network_activity", rows))
    (file,) = lake.commit(staging, "ev-1")
    names = ["duration_s", "dst_ip_hi", "dst_ip_lo", "src_port", "payload_bytes_out"]
    wanted = [[row[name] for name in names] for row in _with_columns(rows, names)]
    with Engine(lake, ["ev-1"]) as engine:
        found = engine.query(
            f"SELECT {', '.join(names)}, epoch_us(start_time) AS s, epoch_us(end_time) AS e "
            "FROM network_activity ORDER BY first_frame"
        )
    assert [[row[name] for name in names] for row in found] == wanted
    assert [(row["s"], row["e"]) for row in found] == [
        (row["start_time"], row["end_time"]) for row in rows
    ]
    columns = pq.ParquetFile(lake.folder("ev-1") / file.path).metadata.row_group(0)
    encodings = {
        columns.column(at).path_in_schema: columns.column(at).encodings
        for at in range(columns.num_columns)
    }
    assert "DELTA_BINARY_PACKED" in encodings["start_time"]
    assert "BYTE_STREAM_SPLIT" in encodings["first_frame"]


def _with_columns(rows: list[dict[str, object]], names: list[str]) -> list[dict[str, object]]:
    columns = batch("network_activity", rows)
    return [{name: columns[name][at] for name in names} for at in range(len(rows))]
