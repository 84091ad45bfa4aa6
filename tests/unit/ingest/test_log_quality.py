"""The verdict on a log names what the sensor lost and what flows without packets cannot show."""

from __future__ import annotations

from netcordon.ingest.log_quality import judge_log
from netcordon.ingest.quality import judge_quality
from netcordon.model.evidence import Grade


def names(refused: dict[str, int], facts: dict[str, object]) -> tuple[Grade, list[str]]:
    verdict = judge_log("ev-1", 1000, refused, facts)
    return verdict.grade, [defect.name for defect in verdict.defects]


def test_a_log_that_was_read_whole_is_good() -> None:
    assert names({}, {"complete": True}) == (Grade.GOOD, [])


def test_flows_without_packets_limit_what_can_be_said() -> None:
    assert names({}, {"zeek_conn_lines": 9}) == (Grade.LIMITED, ["log_only"])
    assert "lower bound" in judge_log("ev-1", 9, {}, {"eve_flow_events": 9}).defects[0].what


def test_what_the_sensor_lost_is_said() -> None:
    assert names({}, {"largest_capture_loss_percent": 0.05}) == (Grade.GOOD, [])
    assert names({}, {"largest_capture_loss_percent": 1.5}) == (Grade.LIMITED, ["drops"])
    assert names({}, {"largest_capture_loss_percent": 20.0}) == (Grade.POOR, ["drops"])
    lost = {"largest_sensor_dropped": 20, "largest_sensor_packets": 980}
    assert names({}, {**lost}) == (Grade.LIMITED, ["drops"])


def test_lines_that_were_not_read_weigh_by_their_share() -> None:
    few = judge_log("ev-1", 1000, {"no time": 5}, {})
    assert (few.grade, few.summary) == (Grade.GOOD, "1,000 lines of a log, with 5 lines not read.")
    assert few.defects[0].what == "5 lines were not read (no time: 5)."
    assert names({"no time": 50}, {}) == (Grade.LIMITED, ["not_decoded"])
    assert names({"no time": 600}, {}) == (Grade.POOR, ["not_decoded"])
    assert judge_log("ev-1", 0, {}, {}).grade is Grade.POOR


def test_reported_flows_say_what_their_exporters_lost_left_out_and_cut() -> None:
    plain: dict[str, object] = {"nfcapd_records": 1000}
    assert names({}, plain) == (Grade.LIMITED, ["reported"])
    told: dict[str, object] = {
        "netflow_records": 900, "netflow_lost_records": 100, "largest_netflow_sampling": 64,
        "netflow_lost_datagrams": 3, "netflow_one_sided_exporters": 1, "netflow_clock_off": 2,
        "sequence_failures": 4, "largest_netflow_active_timeout_s": 60,
    }  # fmt: skip
    grade, found = names({}, told)
    assert grade is Grade.POOR
    assert found == ["reported", "sampled", *["lost_exports"] * 3, "one_sided_exports",
                     "export_clock"]  # fmt: skip
    first, second = judge_log("ev-1", 9, {}, told).defects[:2]
    assert "cut after 60 s" in first.what
    assert "one packet in 64" in second.what
    assert names({}, {"ipfix_lost_records": 9}) == (Grade.GOOD, [])
    assert judge_quality("ev-1", 5, {}, {"ipfix_records": 7}).grade is Grade.LIMITED
