"""The rhythm inside a flow: bursts, who begins them, how far they are apart, what they carry."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.flow.bursts import MOST_OCTETS, SAMPLE

from .packets import ACK, MAC_A, MAC_B, SYN, A, B, eth, flow, ipv4, pcap, run, talk, udp

Step = tuple[str, int, int, int, bytes]
S = 1_000_000
"""A second, in microseconds."""
HELLO: list[Step] = [
    (">", SYN, 100, 0, b""), ("<", SYN | ACK, 500, 101, b""), (">", ACK, 101, 501, b"")
]  # fmt: skip


def row_of(steps: Sequence[Step], times_us: Sequence[int]) -> dict[str, object]:
    return flow(talk([*HELLO, *steps]), times_us=[0, 1000, 2000, *times_us])


def datagrams(pieces: Sequence[tuple[str, int]]) -> list[bytes]:
    """UDP frames of one flow; a piece is (``>`` or ``<``, octets)."""
    return [
        eth(ipv4(udp(40000, 9999, bytes(size)), 17))
        if way == ">"
        else eth(ipv4(udp(9999, 40000, bytes(size)), 17, B, A), src=MAC_B, dst=MAC_A)
        for way, size in pieces
    ]


def test_exchanges_apart_are_bursts_and_their_answers_belong_to_them() -> None:
    steps: list[Step] = []
    times: list[int] = []
    for n in range(4):
        steps += [
            (">", ACK, 101 + 4 * n, 501 + 6 * n, b"ping"),
            ("<", ACK, 501 + 6 * n, 105 + 4 * n, b"answer"),
        ]
        times += [5 * S * (n + 1), 5 * S * (n + 1) + 40_000]
    row = row_of(steps, times)
    assert (row["bursts"], row["bursts_begun_out"], row["bursts_begun_in"]) == (4, 4, 0)
    assert row["burst_span_s"] == 15.0
    assert row["burst_gaps_ms"] == [5000, 5000, 5000]
    assert (row["burst_bytes_out"], row["burst_bytes_in"]) == ([4, 4, 4], [6, 6, 6])


def test_less_than_a_second_of_silence_ends_no_burst() -> None:
    steps: list[Step] = [(">", ACK, 101 + n, 501, b"x") for n in range(5)]
    row = row_of(steps, [990_000 * (n + 1) for n in range(5)])
    assert (row["bursts"], row["bursts_begun_out"]) == (1, 1)
    assert (row["burst_span_s"], row["burst_gaps_ms"], row["burst_bytes_in"]) == (None, None, None)


def test_without_payload_there_are_no_bursts() -> None:
    row = row_of([(">", ACK, 101, 501, b"")], [9 * S])
    assert (row["bursts"], row["bursts_begun_out"], row["burst_gaps_ms"]) == (0, 0, None)


def test_segments_sent_again_and_keep_alive_probes_are_no_bursts() -> None:
    steps: list[Step] = [
        (">", ACK, 101, 501, b"question"),
        (">", ACK, 101, 501, b"question"),
        (">", ACK, 108, 501, b"n"),  # one octet below the next: a keep-alive probe
        (">", ACK, 108, 501, b""),
        ("<", ACK, 501, 109, b"answer"),
    ]
    row = row_of(steps, [S, 4 * S, 20 * S, 30 * S, 41 * S])
    assert (row["bursts"], row["bursts_begun_out"], row["bursts_begun_in"]) == (2, 1, 1)
    assert row["burst_gaps_ms"] == [40_000]


def test_who_begins_is_told_for_the_ends_as_they_turn_out() -> None:
    frames = datagrams([("<", 7), (">", 5), ("<", 7)])
    row = flow(frames, times_us=[0, 10_000, 3 * S])
    first, second = ("in", "out") if row["src_ip"] == A else ("out", "in")
    assert (row[f"bursts_begun_{first}"], row[f"bursts_begun_{second}"]) == (2, 0)
    assert (row[f"burst_bytes_{first}"], row[f"burst_bytes_{second}"]) == ([7], [5])


def test_the_sample_is_drawn_from_all_bursts_alike_and_keeps_their_order() -> None:
    bursts, seen = 640, np.zeros(639)
    for trial in range(30):
        # The gap tells which burst it is: 2 s and as many milliseconds as its number.
        times = np.concatenate(([0], np.cumsum(2 * S + 1000 * np.arange(bursts - 1)))) + trial * S
        row = flow(datagrams([(">", 9)] * bursts), times_us=times.tolist())
        gaps = row["burst_gaps_ms"]
        assert isinstance(gaps, list)
        assert (row["bursts"], len(gaps)) == (bursts, SAMPLE)
        assert all(a < b for a, b in pairwise(gaps))
        seen[np.array(gaps) - 2000] += 1
    # 30 trials of 32 out of 639: each quarter expects 240, with a standard deviation below 14.
    quarters = [part.sum() for part in np.array_split(seen, 4)]
    assert all(180 < count < 300 for count in quarters), quarters


def test_large_bursts_and_long_gaps_are_cut_at_their_bounds() -> None:
    frames = datagrams([(">", 1400)] * 50 + [(">", 1), (">", 1)])
    times = [n * 1000 for n in range(50)] + [50 * S, 70 * S]
    row = flow(frames, times_us=times)
    assert row["burst_bytes_out"] == [MOST_OCTETS, 1]


def test_rows_that_wait_for_the_next_batch_keep_their_bursts() -> None:
    """More flows end at once than a batch of rows takes; each has gaps of its own length."""
    frames, times = [], []
    flows = 17_000  # above the 16,384 rows of a batch
    for n in range(flows):
        for at in (0, 2 * S + 1000 * (n % 500)):
            frames.append(eth(ipv4(udp(1024 + n, 53, b"x"), 17)))
            times.append(n * 10 + at)
    order = np.argsort(times, kind="stable")
    capture = pcap([frames[i] for i in order], times_us=[times[i] for i in order])
    rows = run(capture, max_flows=1 << 15).rows
    assert len(rows) == flows
    for row in rows:
        port = row["src_port"]
        assert isinstance(port, int)
        assert row["burst_gaps_ms"] == [2000 + (port - 1024) % 500]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("<>"), st.integers(0, 40), st.integers(0, 5 * S)),
        min_size=1, max_size=120,
    )
)  # fmt: skip
def test_bursts_are_those_of_the_definition(pieces: list[tuple[str, int, int]]) -> None:
    times = np.cumsum([step for _, _, step in pieces]).tolist()
    row = flow(datagrams([(way, size) for way, size, _ in pieces]), times_us=times)
    begins: list[int] = []
    spoke = None
    for (_, size, _), time in zip(pieces, times, strict=True):
        if size:
            if spoke is None or time - spoke >= S:
                begins.append(time)
            spoke = time
    assert row["bursts"] == len(begins)
    assert row["bursts_begun_out"] + row["bursts_begun_in"] == len(begins)  # type: ignore[operator]
    gaps = [(b - a) // 1000 for a, b in pairwise(begins)]
    sample = row["burst_gaps_ms"] or []
    assert isinstance(sample, list)
    assert sample == gaps if len(gaps) <= SAMPLE else len(sample) == SAMPLE
    assert not set(sample) - set(gaps)


@pytest.mark.parametrize("step_us", [-5 * S, -3600 * S])
def test_a_clock_that_goes_back_makes_no_negative_gap(step_us: int) -> None:
    times = [4000 * S, 4000 * S + step_us, 4002 * S + step_us, 4004 * S + step_us]
    rows = run(pcap(datagrams([(">", 1)] * 4), times_us=times)).rows
    for row in rows:
        assert all(gap >= 0 for gap in row["burst_gaps_ms"] or [])  # type: ignore[attr-defined]
