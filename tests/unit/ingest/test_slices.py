"""Which stretches of a capture a choice needs, told from its flows batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from netcordon.ingest.capture.selection.choice import Choice, Filtered, Listed
from netcordon.ingest.capture.selection.filter import parse_filter
from netcordon.ingest.slices import Index, every_flow, flows_of, flows_touching
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from tests.unit.tables.rows import batch

FRAMES = 100
FLOWS = (  # uid, source, destination, first and last frame, the flow around it
    ("C1", "192.0.2.1", "198.51.100.1", 1, 10, None),
    ("C2", "192.0.2.2", "198.51.100.1", 250, 450, None),
    ("C3", "192.0.2.3", "198.51.100.2", 900, 900, "C2"),
    ("C4", "192.0.2.3", "198.51.100.3", 150, 150, None),
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    lake = Lake(tmp_path)
    staging = lake.stage()
    rows = [
        {
            "uid": uid, "src_ip": src, "dst_ip": dst, "src_port": 40000, "dst_port": 443,
            "protocol": "tcp", "start_time": first, "end_time": last, "first_frame": first,
            "last_frame": last, "tunnel_parent": parent,
        }
        for uid, src, dst, first, last, parent in FLOWS
    ]  # fmt: skip
    staging.append("network_activity", batch("network_activity", rows))
    stretches = [
        {
            "kind": "frames", "place": n * 1000, "length": 1000, "section": 0, "interfaces": 0,
            "first_frame": n * FRAMES + 1, "frames": FRAMES, "first_ns": 0, "last_ns": 1,
            "checksum": 0,
        }
        for n in range(10)
    ]  # fmt: skip
    staging.append("frame_index", batch("frame_index", stretches))
    lake.commit(staging, "ev-1")
    with Engine(lake, ["ev-1"]) as opened:
        yield opened


def _places(engine: Engine, choice: Choice) -> list[int]:
    held = Index(engine, "ev-1").holding(choice, every_flow(engine, "ev-1"))
    return [stretch.place // 1000 for stretch in held]


@pytest.mark.parametrize("rows", [1, 2, 1000])
@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("host 198.51.100.1", [0, 2, 3, 4]),
        ("src host 192.0.2.3 and tcp", [1, 8]),
        ("net 203.0.113.0/24", []),
        ("frame 150-301", [1, 2, 3, 4]),
    ],
)
def test_a_filter_needs_the_stretches_of_its_flows_however_they_come(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, rows: int, text: str, places: list[int]
) -> None:
    monkeypatch.setattr("netcordon.tables.engine._BATCH_ROWS", rows)
    assert _places(engine, Filtered(parse_filter(text))) == places


def test_listed_flows_and_frames_need_their_own_stretches(engine: Engine) -> None:
    flows = flows_of(engine, "ev-1", ("C1", "C4"))
    assert _places(engine, Listed(np.array([777]), flows)) == [0, 1, 7]


def test_flows_of_a_host_stand_for_those_around_them_and_are_bounded(engine: Engine) -> None:
    around = flows_touching(engine, "ev-1", {"192.0.2.3"}, 2)
    assert around is not None
    assert around.first_frame.tolist() == [150, 250]
    assert flows_touching(engine, "ev-1", {"192.0.2.3"}, 1) is None
