from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.events import FLOW_END, ORIG, TCP_DATA
from netcordon.settings import DecodeLimits
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.talk import Segment

_PORTS = (40000, 80)
_BEGUN = b"GET /%d HTTP/1.1\r\nHost: h\r\n"


class _Talk:
    """A layer that hears several connections, a chunk a call."""

    def __init__(self, **limits: int) -> None:
        self.layer = ApplicationLayer(DecodeLimits(**limits))
        self.sink = talk.Sink()
        self._sent: dict[int, int] = {}
        self._frame = 0

    def say(self, *said: tuple[int, bytes]) -> dict[int, int]:
        """Each flow says something more; returns what is wanted of the flows answered about."""
        segments = []
        for flow, data in said:
            at = self._sent.get(flow, 0)
            segments.append(Segment(ORIG, data, at, flow))
            self._sent[flow] = at + len(data)
        return self._hear(segments, TCP_DATA)

    def end(self, flow: int) -> dict[int, int]:
        return self._hear([Segment(ORIG, b"", flow=flow)], FLOW_END)

    def finish(self) -> list[str]:
        """Targets of all requests that became rows."""
        self.layer.finish(self.sink)
        return sorted(str(row["uri"]) for row in self.sink.rows["http_activity"])

    def _hear(self, segments: Sequence[Segment], kind: int) -> dict[int, int]:
        buffer, events = talk._events(segments, kind, _PORTS, self._frame)
        self._frame += len(segments)
        answers = self.layer.on_block(np.concatenate([buffer, np.zeros(1, np.uint8)]), events)
        self.layer.flush(self.sink)
        return dict(zip(answers["flow"].tolist(), answers["want"].tolist(), strict=True))


def _warnings(layer: ApplicationLayer) -> list[tuple[str, int]]:
    return [(warning.code, warning.count) for warning in layer.warnings]


def test_beyond_the_bound_those_silent_longest_are_read_no_further() -> None:
    heard = _Talk(max_conversations=2)
    heard.say((1, _BEGUN % 1), (2, _BEGUN % 2))
    heard.say((1, b"A: b\r\n"))
    answers = heard.say((3, _BEGUN % 3))
    assert (answers[2], answers[3]) == (0, 3)
    assert heard.say((2, b"\r\nGET /late HTTP/1.1\r\n\r\n")) == {}
    heard.say((1, b"\r\n"), (3, b"\r\n"))
    assert heard.end(2) == {}
    # Of the second what it had begun is told, and nothing of what came later.
    assert heard.finish() == ["/1", "/2", "/3"]
    assert _warnings(heard.layer) == [("NC-252", 1)]


def test_connections_that_ended_make_room() -> None:
    heard = _Talk(max_conversations=2)
    for flow in range(1, 9):
        heard.say((flow, _BEGUN % flow + b"\r\n"))
        heard.end(flow)
    assert len(heard.finish()) == 8
    assert _warnings(heard.layer) == []


def test_of_bytes_that_wait_those_of_the_longest_silence_go_first() -> None:
    heard = _Talk(stream_total_bytes=5200)
    heard.say((1, _BEGUN % 1 + b"\r\n"))  # holds nothing
    heard.say((2, _BEGUN % 2), (3, _BEGUN % 3))
    answers = heard.say((3, b"X: " + b"x" * 4000))
    assert answers.get(2, 3) == 3
    answers = heard.say((3, b"x" * 500))
    assert answers[2] == 0
    assert 1 not in answers
    answers = heard.say((4, _BEGUN % 4), (1, _BEGUN % 5 + b"\r\n"), (4, b"X: " + b"x" * 600))
    assert answers[3] == 0
    assert heard.finish() == ["/1", "/2", "/3", "/4", "/5"]
    assert _warnings(heard.layer) == [("NC-252", 2)]


def test_a_flood_of_unfinished_requests_is_counted_to_the_last() -> None:
    heard = _Talk(max_conversations=16)
    for begin in range(0, 200, 50):
        heard.say(*((flow, _BEGUN % flow) for flow in range(begin, begin + 50)))
    assert len(heard.finish()) == 200
    assert _warnings(heard.layer) == [("NC-252", 184)]
