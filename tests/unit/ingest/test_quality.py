from __future__ import annotations

import pytest

from netcordon.ingest.quality import judge_quality
from netcordon.model.evidence import Grade

CLEAN: dict[str, object] = {
    "frames": 1000, "wire_bytes": 800_000, "ipv4_frames": 990, "tcp_frames": 900, "tcp_flows": 50,
    "snaplen": 65535, "is_complete": True,
}  # fmt: skip


def test_a_clean_capture_is_good() -> None:
    verdict = judge_quality("ev-1", 1000, {"llc": 10}, CLEAN)
    assert verdict.grade is Grade.GOOD
    assert verdict.defects == ()
    assert "1,000 frames" in verdict.summary


def test_no_packets_prove_nothing() -> None:
    assert judge_quality("ev-1", 0, {}, {}).grade is Grade.POOR


@pytest.mark.parametrize(
    ("facts", "name", "grade", "share"),
    [
        ({"is_complete": False}, "truncated_file", Grade.LIMITED, None),
        ({"truncated_frames": 100, "snaplen": 96}, "short_snaplen", Grade.LIMITED, 0.1),
        ({"truncated_frames": 900, "snaplen": 96}, "short_snaplen", Grade.POOR, 0.9),
        ({"dropped_packets": 10}, "drops", Grade.LIMITED, 10 / 1010),
        ({"dropped_packets": 1000}, "drops", Grade.POOR, 0.5),
        ({"tcp_one_sided": 20}, "one_sided", Grade.LIMITED, 0.4),
        ({"tcp_one_sided": 50}, "one_sided", Grade.POOR, 1.0),
        ({"tcp_midstream": 40}, "midstream", Grade.LIMITED, 0.8),
        ({"missed_bytes": 8_000, "tcp_gap_flows": 3}, "gaps", Grade.LIMITED, 8 / 808),
        ({"duplicates": 490}, "duplicates", Grade.POOR, 0.49),
        ({"tcp_over_mtu": 90}, "offload", Grade.LIMITED, 0.1),
        ({"ip_checksum_zero": 495}, "checksums", Grade.LIMITED, 0.5),
        ({"clock_back": 2, "largest_back_ns": 5 * 10**9}, "clock_jump", Grade.LIMITED, None),
        ({"clock_ahead": 1, "largest_ahead_ns": 72 * 10**11}, "silence", Grade.LIMITED, None),
    ],
)
def test_a_defect_is_named_with_its_share(
    facts: dict[str, object], name: str, grade: Grade, share: float | None
) -> None:
    verdict = judge_quality("ev-1", 1000, {}, CLEAN | facts)
    assert [d.name for d in verdict.defects] == [name]
    assert verdict.grade is grade
    assert verdict.defects[0].share == (None if share is None else round(share, 6))
    assert verdict.defects[0].what
    assert verdict.defects[0].consequence


def test_the_numbers_stand_in_the_sentence() -> None:
    verdict = judge_quality("ev-1", 1000, {}, CLEAN | {"truncated_frames": 900, "snaplen": 96})
    assert "90.0 %" in verdict.defects[0].what
    assert "96" in verdict.defects[0].what


def test_frames_that_were_not_decoded_are_a_defect() -> None:
    verdict = judge_quality("ev-1", 1000, {"linktype_105": 990}, CLEAN)
    assert verdict.grade is Grade.POOR
    assert "linktype_105 990" in verdict.defects[0].what


def test_the_worst_comes_first_and_few_flows_say_nothing_of_sides() -> None:
    facts = CLEAN | {"truncated_frames": 20, "duplicates": 800, "tcp_flows": 3, "tcp_one_sided": 3}
    names = [d.name for d in judge_quality("ev-1", 1000, {}, facts).defects]
    assert names == ["duplicates", "short_snaplen"]
