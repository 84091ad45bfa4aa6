"""Syslog frames from any pieces, within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.collector.frames import MOST_MESSAGE, Frames
from netcordon.collector.watching import Watch

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=6), st.integers(1, 40))
@settings(max_examples=60)
def test_counted_messages_come_back_whatever_the_pieces(messages, step) -> None:
    stream = b"".join(b"%d %s" % (len(m), m) for m in messages)
    frames = Frames()
    got = [m for at in range(0, len(stream), step) for m in frames.feed(stream[at : at + step])]
    assert [m.data for m in got] == messages
    assert frames.is_whole


def test_lines_and_counted_messages_may_follow_each_other() -> None:
    frames = Frames()
    got = frames.feed(b"<34>1 - a\r\n9 <34>1 - b<13>old style\n")
    assert [m.data for m in got] == [b"<34>1 - a", b"<34>1 - b", b"<13>old style"]


def test_what_is_too_long_is_cut_and_never_held() -> None:
    for head, tail in ((b"5000000 ", b""), (b"<", b"\n")):
        frames, got = Frames(), []
        got += frames.feed(head)
        length = 5_000_000 - (1 if tail else 0)
        for _ in range(length // 1000):
            got += frames.feed(b"a" * 1000)
            assert len(frames._held) <= MOST_MESSAGE + 2000
        got += frames.feed(b"a" * (length % 1000) + tail + b"2 ok")
        assert [len(m.data) for m in got] == [MOST_MESSAGE, 2]
        assert got[0].left_out == 5_000_000 - MOST_MESSAGE


@pytest.mark.parametrize("stream", [b"0 ", b"12a", b"99999999999 ", b"1" * 50])
def test_what_is_no_syslog_is_refused(stream: bytes) -> None:
    frames = Frames()
    assert [m.data for m in frames.feed(b"5 whole" + stream)] == [b"whole"]
    assert frames.fault
    assert frames.feed(b"5 whole") == []


def test_gaps_restarts_and_clocks_are_noticed_once() -> None:
    watch = Watch()

    def hear(number: int, off: float = 0.0, more: str = "") -> list[str]:
        stamp = (NOW + timedelta(seconds=off)).isoformat()
        data = f'<34>1 {stamp} fw app - - [meta sequenceId="{number}"]{more} text'
        return watch.oddities("cert", data, NOW)

    assert hear(1) == []
    assert hear(2) == []
    assert hear(6) == ["gap: fw left out 3 messages before number 6"]
    assert hear(1) == ["restart: fw counts from 1 again after 6"]
    assert hear(2, 3600) == ["clock: fw is 3600 s ahead, or not set"]
    assert hear(3, 3600) == []
    assert hear(4) == ["clock: fw is right again"]
    assert hear(5, 0, '[timeQuality isSynced="0"]')[0].startswith("clock: fw is 0 s")
    assert watch.oddities("cert", "<34>Mar  1 12:00:00 fw app: x", NOW) == []
