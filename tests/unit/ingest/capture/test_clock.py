"""Idle flows end by the clock of the capture, and forged or turned-back clocks do not fool it."""

from __future__ import annotations

from .packets import eth, ipv4, pcap, run, udp

_HOUR = 3600.0


def _frames(count: int) -> list[bytes]:
    return [eth(ipv4(udp(4000, 9, b"x"), 17)) for _ in range(count)]


def _flows(times: list[float]) -> list[int]:
    """Packets of each row when one flow has a packet at each of these times (seconds)."""
    capture = pcap(_frames(len(times)), times_us=[round(t * 1e6) for t in times])
    rows = sorted(run(capture).rows, key=lambda row: row["first_frame"])  # type: ignore[arg-type, return-value]
    return [row["packets_out"] for row in rows]  # type: ignore[misc]


def test_idle_flows_end() -> None:
    assert _flows([0, 59, 118, 200, 201]) == [3, 2]


def test_a_silence_of_hours_ends_a_flow() -> None:
    assert _flows([0, 1, 2 * _HOUR, 2 * _HOUR + 1, 2 * _HOUR + 2]) == [2, 3]


def test_one_stamp_from_the_far_future_ends_only_itself() -> None:
    assert _flows([0, 1, 900_000, 2, 3, 4]) == [2, 4]


def test_an_earlier_recording_behind_a_later_one_is_another_flow() -> None:
    times = [5 * _HOUR, 5 * _HOUR + 1, *(n * 0.001 for n in range(5000))]
    assert _flows(times) == [2 + 4095, 5000 - 4095]
