"""From a row and a judgement to a finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from netcordon.detection.assemble import (
    FRAMES_SHOWN,
    bound_parameters,
    evidence_rows,
    finding,
    finding_id,
    parameters,
    thinned,
)
from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.score import term
from netcordon.model.severity import Severity

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Params:
    bound: int = 1
    only_judged: int = 2


def judge(row: Row) -> Judgement:
    return Judgement(title="t", severity=Severity.LOW, terms={"x": term(1.0, 5)})


DETECTOR = Detector(
    title="T", summary="s", blind_spots="b", benign="harmless", look_next="there",
    reads=("network_activity",), techniques=("T1046",), partition_by="src_ip", params=Params(),
    minimum_sample="1", prior=-1.0, sql=" SELECT $bound ", judge=judge,
)  # fmt: skip

ROW: Row = {
    "src_ips": ["10.0.0.2", "10.0.0.1"], "dst_ips": ["192.0.2.1"], "dst_names": None,
    "dst_ports": [443, 80, 443], "protocol": "tcp", "first_seen_time": NOON, "last_seen_time": NOON,
    "evidence": [{"evidence_id": "ev-1", "table": "network_activity", "frame": 7}],
}  # fmt: skip


def test_a_finding_carries_what_found_it() -> None:
    found = finding("recon_scan", DETECTOR, ROW, judge(ROW))
    assert found.src_ips == ("10.0.0.1", "10.0.0.2")
    assert (found.dst_names, found.dst_ports) == ((), (80, 443))
    assert found.sql == "SELECT $bound"
    assert found.parameters == {"bound": 1, "only_judged": 2}
    assert found.techniques == ("T1046",)
    assert found.confidence == 0.5
    assert found.evidence_rows[0].frames == (7,)
    assert (found.benign, found.look_next) == ("harmless", "there")


def test_only_named_parameters_are_bound() -> None:
    assert parameters(DETECTOR) == {"bound": 1, "only_judged": 2}
    assert bound_parameters(DETECTOR) == {"bound": 1}


def test_a_missing_column_is_an_error_not_an_empty_finding() -> None:
    with pytest.raises(KeyError):
        finding("x", DETECTOR, {k: v for k, v in ROW.items() if k != "evidence"}, judge(ROW))


def test_the_id_depends_on_detector_ends_and_time_alone() -> None:
    made = finding_id("d", ["b", "a"], NOON)
    assert made == finding_id("d", ["a", "b"], NOON)
    assert made.startswith("f-")
    assert len(made) == 14
    assert len({made, finding_id("e", ["a", "b"], NOON), finding_id("d", ["a"], NOON)}) == 3


def test_lone_surrogates_from_traffic_do_not_break_the_id() -> None:
    assert finding_id("d", ["\udcff"], NOON).startswith("f-")


def test_evidence_is_thinned_evenly_and_counted() -> None:
    rows = [{"evidence_id": "ev-1", "table": "t", "frame": n} for n in range(1, 1001)]
    (kept,) = evidence_rows([*reversed(rows), *rows])
    assert (kept.total, len(kept.frames)) == (1000, FRAMES_SHOWN)
    assert (kept.frames[0], kept.frames[-1]) == (1, 1000)
    gaps = {b - a for a, b in zip(kept.frames, kept.frames[1:], strict=False)}
    assert gaps <= {20, 21}


def test_rows_that_the_query_left_out_are_counted() -> None:
    rows = [{"evidence_id": "ev-1", "table": "t", "frame": n} for n in (7, 8, -4000)]
    (kept,) = evidence_rows(rows)
    assert (kept.frames, kept.total) == ((7, 8), 4002)


def test_places_are_kept_apart_and_rows_without_a_frame_left_out() -> None:
    rows = [
        {"evidence_id": "ev-2", "table": "t", "frame": 1},
        {"evidence_id": "ev-1", "table": "t", "frame": 1},
        {"evidence_id": "ev-1", "table": "t", "frame": None},
    ]
    assert [(r.evidence_id, r.total) for r in evidence_rows(rows)] == [("ev-1", 1), ("ev-2", 1)]


def test_few_frames_stay_whole() -> None:
    assert thinned([3, 4]) == (3, 4)
