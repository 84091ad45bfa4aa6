"""Segments joined into runs say what they would have said one by one."""

from __future__ import annotations

import gc
from itertools import pairwise
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.application.http.parser import HttpParser
from netcordon.ingest.capture.application.stream.runs import Runs
from netcordon.ingest.capture.events import EVENT, FLOW_END, ORIG, RESP, TCP_DATA
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.test_invariance import STREAMS

_PIPELINED = b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n"
_TALKS = {
    **STREAMS,
    "ftp": (b"USER anna\r\nPASS x\r\nQUIT\r\n", b"220 FTP\r\n331 go on\r\n230 in\r\n221 bye\r\n"),
    "pipelined": (
        b"".join(_PIPELINED % i for i in range(9)),
        b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n" + b"x" * 70 +
        b"HTTP/1.1 304 Not Modified\r\n\r\n" * 8,
    ),
    "endless": (_PIPELINED % 1, b"HTTP/1.0 200 OK\r\n\r\n" + b"GIF89a" + bytes(5000)),
    "unknown": (b"\x01\x02\x03" * 40, b"nothing that is known" * 9),
}  # fmt: skip


def _segments(*parts: tuple[int, int, int, int]) -> np.ndarray:
    """Events of (flow, direction, position, length), bytes one after the other."""
    events = np.zeros(len(parts), dtype=EVENT)
    offset = 0
    for i, (event, (flow, direction, position, length)) in enumerate(
        zip(events, parts, strict=True)
    ):
        event["kind"], event["flow"], event["direction"] = TCP_DATA, flow, direction
        event["position"], event["length"], event["wire_length"] = position, length, length
        event["offset"], event["frame"], event["time_ns"] = offset, i + 1, i * 10
        offset += length
    return events


def _found(runs: Runs) -> dict[int, list[list[tuple[int, int]]]]:
    """Flow -> its runs as (direction, position) of each segment."""
    return {
        flow: [
            [(runs.directions[at], runs.positions[at]) for at in range(begin, stop)]
            for begin, stop in pairwise(starts)
        ]
        for flow, _, _, starts in runs.flows()
    }


def test_segments_that_follow_on_are_one_run_whatever_lies_between_in_other_flows() -> None:
    runs = Runs(
        np.arange(60, dtype=np.uint8),
        _segments((7, ORIG, 0, 10), (3, ORIG, 0, 5), (7, ORIG, 10, 10), (7, RESP, 0, 4),
                  (7, ORIG, 20, 5), (7, ORIG, 26, 5), (3, ORIG, 5, 5)),
    )  # fmt: skip
    assert _found(runs) == {
        3: [[(ORIG, 0), (ORIG, 5)]],
        7: [[(ORIG, 0), (ORIG, 10)], [(RESP, 0)], [(ORIG, 20)], [(ORIG, 26)]],
    }
    (_, _, _, starts), _ = runs.flows()
    assert runs.joined(starts[0], starts[1]) == bytes([*range(10, 15), *range(39, 44)])


def test_a_segment_that_was_cut_off_ends_its_run() -> None:
    events = _segments((1, ORIG, 0, 10), (1, ORIG, 10, 10))
    events["wire_length"][0] = 30
    assert _found(Runs(np.zeros(20, np.uint8), events)) == {1: [[(ORIG, 0)], [(ORIG, 10)]]}


def test_events_that_point_outside_of_the_block_are_passed_over() -> None:
    events = _segments((1, ORIG, 0, 10), (1, ORIG, 10, 10), (1, ORIG, 20, 10))
    events["offset"][0], events["length"][2] = -1, 1 << 30
    assert _found(Runs(np.zeros(30, np.uint8), events)) == {1: [[(ORIG, 10)]]}


def _cut_up(parts: tuple[bytes, bytes], chance: Random) -> list[talk.Segment]:
    """Both directions in pieces, in turns of several; perhaps one again, perhaps one lost."""
    segments, at, left = [], [0, 0], list(parts)
    while left[ORIG] or left[RESP]:
        direction = chance.choice([d for d in (ORIG, RESP) if left[d]])
        for _ in range(chance.randint(1, 12)):
            size = chance.randint(1, 120)
            part, left[direction] = left[direction][:size], left[direction][size:]
            if part:
                segments.append(talk.Segment(direction, part, at[direction]))
                at[direction] += len(part)
    if chance.random() < 0.3:
        segments.insert(chance.randint(0, len(segments)), chance.choice(segments))
    if chance.random() < 0.3 and len(segments) > 1:
        segments.pop(chance.randrange(len(segments)))
    return segments


@settings(max_examples=80)
@given(st.sampled_from(sorted(_TALKS)), st.integers(0, 1 << 30))
def test_rows_are_the_same_as_if_each_segment_came_alone(name: str, seed: int) -> None:
    segments = _cut_up(_TALKS[name], Random(seed))
    ends = [
        max((s.position + len(s.data) for s in segments if s.direction == d), default=0)
        for d in (ORIG, RESP)
    ]
    whole, one_by_one = (
        talk.tcp(segments, 4711, blocks=blocks, ends=(ends[0], ends[1]))
        for blocks in (1, len(segments))
    )
    assert whole.rows == one_by_one.rows
    assert whole.layer.warnings == one_by_one.layer.warnings
    assert whole.layer.facts == one_by_one.layer.facts
    assert "parser failed" not in whole.layer.refused


def _http_parsers() -> int:
    return sum(isinstance(thing, HttpParser) for thing in gc.get_objects())


def test_a_connection_that_is_over_is_freed_without_the_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        layer = ApplicationLayer()
        request = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        events = _segments((1, ORIG, 0, len(request)))
        layer.on_block(np.frombuffer(request, dtype=np.uint8), events)
        assert _http_parsers() == 1
        events["kind"] = FLOW_END
        layer.on_block(np.empty(0, dtype=np.uint8), events)
        assert _http_parsers() == 0
    finally:
        gc.enable()
