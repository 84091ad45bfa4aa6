"""UDP flows beyond the bound: those silent longest make room, and it is said."""

from __future__ import annotations

import numpy as np
import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.events import ORIG, RESP, SERVICES, UDP_DATA
from netcordon.settings import DecodeLimits
from tests.unit.ingest.capture import datagrams
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.talk import Row, Segment

SYS_DESCR = bytes.fromhex("2b06010201010100")


class _Talk:
    """A layer that hears several UDP flows of one service, a datagram a call."""

    def __init__(self, service: str, **limits: int) -> None:
        self.layer = ApplicationLayer(DecodeLimits(**limits))
        self._service = SERVICES.index(service)
        self._sink = talk.Sink()
        self._frame = 0

    def say(self, flow: int, data: bytes, direction: int = ORIG) -> list[int]:
        """Returns the flows that are turned round."""
        segments = [Segment(direction, data, flow=flow)]
        buffer, events = talk._events(segments, UDP_DATA, (40000, 4000), self._frame)
        events["service"] = self._service
        self._frame += 1
        answers = self.layer.on_block(np.concatenate([buffer, np.zeros(1, np.uint8)]), events)
        return [int(a["flow"]) for a in answers if a["flip"]]

    def rows(self) -> list[Row]:
        self.layer.finish(self._sink)
        return self._sink.rows["application_activity"]


def _warnings(layer: ApplicationLayer) -> list[tuple[str, int]]:
    return [(warning.code, warning.count) for warning in layer.warnings]


def _snmp_answer() -> bytes:
    ber = datagrams.ber
    bindings = ber(0x30, ber(0x30, ber(6, SYS_DESCR), b"\5\0"))
    fields = (ber(2, b"\7"), ber(2, b"\0"), ber(2, b"\0"))
    return ber(0x30, ber(2, b"\1"), ber(4, b"public"), ber(0xA2, *fields, bindings))


def _ntp_rows(heard: _Talk) -> int:
    return sum(row["service"] == "ntp" for row in heard.rows())


def test_a_flow_that_goes_on_outlives_one_that_began_later() -> None:
    """The first exchange of a flow is a row: one that was forgotten has another first exchange."""
    heard = _Talk("ntp", max_conversations=2)
    for flow in (1, 2, 1, 3, 1):
        heard.say(flow, datagrams.ntp())
    assert _warnings(heard.layer) == [("NC-252", 1)]
    assert _ntp_rows(heard) == 3


def test_a_flow_that_was_silent_longest_is_forgotten() -> None:
    heard = _Talk("ntp", max_conversations=2)
    for flow in (1, 2, 1, 3, 2):
        heard.say(flow, datagrams.ntp())
    assert _warnings(heard.layer) == [("NC-252", 2)]
    assert _ntp_rows(heard) == 4


@pytest.mark.parametrize(("order", "count"), [((1, 2, 1, 3, 1), 1), ((1, 2, 1, 3, 2), 2)])
def test_flows_read_by_the_column_are_bounded_alike(order: tuple[int, ...], count: int) -> None:
    heard = _Talk("snmp", max_conversations=2)
    turned = [heard.say(flow, _snmp_answer(), RESP) for flow in order]
    # Who is a flow's client is told by its first message alone; RESP answers, so nothing turns.
    assert turned == [[]] * len(order)
    assert _warnings(heard.layer) == [("NC-252", count)]


def test_within_the_bound_nothing_is_said() -> None:
    heard = _Talk("ntp", max_conversations=3)
    for flow in (1, 2, 3, 1, 2, 3):
        heard.say(flow, datagrams.ntp())
    assert _warnings(heard.layer) == []
