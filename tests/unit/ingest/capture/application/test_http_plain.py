"""Exchanges that a kernel finds whole say what the parser says of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.application import layer
from netcordon.ingest.capture.application.files.tracker import Label
from netcordon.ingest.capture.application.http.parser import HttpParser
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.events import ORIG, RESP, SERVICES
from netcordon.settings import DecodeLimits
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.test_http import GET, ok

Turns = list[tuple[bytes, bytes]]
"""Requests with their responses."""
UNTIL_CLOSE = b"HTTP/1.0 200 OK\r\nServer: s\r\nContent-Type: text/html\r\n\r\n<html>" + b"x" * 90


def segments(turns: Turns, cuts: list[int], client: int) -> list[talk.Segment]:
    """Each message cut at the same places."""
    made, at = [], [0, 0]
    for turn in turns:
        for side, data in zip((client, 1 - client), turn, strict=True):
            edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
            for begin, stop in pairwise(edges):
                made.append(talk.Segment(side, data[begin:stop], at[side] + begin))
            at[side] += len(data)
    return made


def whole(turns: Turns, client: int) -> tuple[int, int]:
    """Ends of both streams."""
    ends = [0, 0]
    for request, response in turns:
        ends[client] += len(request)
        ends[1 - client] += len(response)
    return ends[0], ends[1]


def agree(turns: Turns, cuts: list[int], *, client: int = ORIG, ended: int = 3) -> talk.Heard:
    """What the layer hears, which is what it hears when the parser reads everything."""
    parts, ends = segments(turns, cuts, client), whole(turns, client)
    heard = talk.tcp_at_once(parts, ends, ended)
    compare(heard, talk.tcp_at_once(parts, ends, ended, copies=nobody))
    return heard


def nobody(_ends: Ends, _label: Label) -> None:
    """Asks for no copy; where somebody may, the parser reads everything."""


def compare(heard: talk.Heard, parsed: talk.Heard) -> None:
    for table in sorted(heard.rows.keys() | parsed.rows.keys()):
        found, expected = heard.rows.get(table, []), parsed.rows.get(table, [])
        assert sorted(map(repr, found)) == sorted(map(repr, expected))
    assert heard.layer.refused == parsed.layer.refused
    told = ["flow", "slot", "flip", "service"]
    assert heard.feedback[told][-1:].tolist() == parsed.feedback[told][-1:].tolist()


_NAMES = st.sampled_from(
    (b"Host", b"hOST", b"User-Agent", b"Referer", b"X-Forwarded-For", b"Content-Type", b"Server",
     b"Location", b"Content-Encoding", b"Accept", b"Authorization", b"WWW-Authenticate", b"Cookie",
     b"Content-Disposition", b"Transfer-Encoding", b"Content-Length", b"Host ", b" Host", b"X\rY",
     b"Server\r", b"", b"Content-Range")
)  # fmt: skip
_VALUES = st.one_of(
    st.sampled_from(
        (b"www.example.com", b"text/html; charset=utf-8", b"gzip", b"", b"  a  b ", b"\ta",
         b"caf\xc3\xa9", b"\xff", b"a\x00b", b"7", b"0", b"1,2", b"chunked", b"NTLM abc",
         b"Basic YTpi", b"attachment; filename=a.exe", b"a" * 1100, b"a\r\n folded", b"a\rb",
         b"http://192.0.2.7/x")
    ),
    st.binary(max_size=12),
)  # fmt: skip
_FIELDS = st.lists(st.tuples(_NAMES, _VALUES), max_size=6)
_URIS = st.sampled_from(
    (b"/", b"/a?b#c", b"*", b"http://h.example/x/y.exe", b"/a%20b", b"/d/", b"/u?q=/e/f",
     b"x" * 1100, b"/" + b"y" * 8000, b"/sp ace", b"/\xc3\xa9", b"/a;p=://q")
)  # fmt: skip
_LINES = st.sampled_from(
    (b"HTTP/1.1 200 OK", b"HTTP/1.0 404 Not Found", b"HTTP/1.1 204 No Content", b"HTTP/1.1 304",
     b"HTTP/1.1 206 Partial", b"HTTP/1.1 401 No", b"HTTP/1.1 100 Continue", b"HTTP/1.1 999 ",
     b"HTTP/2.0 200 OK", b"HTTP/1.1  200 OK", b"HTTP/1.1 302 \xe9t\xe9", b"HTTP/1.1 200\tOK")
)  # fmt: skip


@st.composite
def _heads(draw: st.DrawFn, line: bytes, fields: list[tuple[bytes, bytes]]) -> bytes:
    lines = [line, *(name + b":" + draw(st.sampled_from((b"", b" "))) + v for name, v in fields)]
    end = draw(st.sampled_from((b"\r\n",) * 9 + (b"\n",)))
    return end.join([*lines, b"", b""])


@st.composite
def _turns(draw: st.DrawFn) -> Turns:
    turns: Turns = []
    for _ in range(draw(st.integers(1, 3))):
        method = draw(
            st.sampled_from((b"GET", b"GET", b"HEAD", b"POST", b"CONNECT", b"M-SEARCH", b"get"))
        )
        version = draw(
            st.sampled_from((b"HTTP/1.1",) * 6 + (b"HTTP/1.0", b"HTTP/1.x", b"HTTP/2.0"))
        )
        sent = draw(st.sampled_from((b"", b"", b"", b"MZ sent", b"a=b")))
        asked = draw(_FIELDS)
        if sent or draw(st.booleans()):
            asked = [(b"Content-Length", b"%d" % len(sent)), *asked]
        request = draw(_heads(b" ".join((method, draw(_URIS), version)), asked)) + sent
        body = draw(st.sampled_from((b"", b"MZ" + b"b" * 60, b"<html>", b"7")))
        fields = draw(_FIELDS)
        if draw(st.booleans()):
            fields = [*fields, (b"Content-Length", b"%d" % len(body))]
        turns.append((request, draw(_heads(draw(_LINES), fields)) + body))
    return turns


@settings(max_examples=200)
@given(
    _turns(),
    st.lists(st.integers(1, 400), max_size=4),
    st.sampled_from((ORIG, RESP)),
    st.integers(0, 3),
)
@example([(GET, ok(b"MZ" + b"x" * 60))], [], ORIG, 3)
@example([(GET, UNTIL_CLOSE)], [17, 40, 60], RESP, 3)
def test_whatever_is_exchanged_the_rows_are_the_parsers(
    turns: Turns, cuts: list[int], client: int, ended: int
) -> None:
    agree(turns, cuts, client=client, ended=ended)


@settings(max_examples=150)
@given(st.integers(0, 1 << 20), st.binary(min_size=1, max_size=3), st.booleans())
def test_damaged_octets_change_nothing_of_that(at: int, octets: bytes, is_response: bool) -> None:
    fields = (b"Content-Type: text/html", b"Content-Encoding: gzip", b"Location: /b")
    turn = [GET, ok(b"%PDF-1.4" + b"x" * 30, *fields)]
    data = bytearray(turn[is_response])
    at %= len(data)
    data[at : at + len(octets)] = octets
    turn[is_response] = bytes(data)
    agree([(turn[0], turn[1]), (GET, ok(b"tail"))], [])


@pytest.mark.parametrize("client", [ORIG, RESP])
@pytest.mark.parametrize("cuts", [[], [30, 52, 53, 60, 75, 80]])
def test_plain_connections_need_no_conversation(
    monkeypatch: pytest.MonkeyPatch, client: int, cuts: list[int]
) -> None:
    turns = [(GET, ok(b"MZ" + b"x" * 98)), (GET, ok()), (GET, UNTIL_CLOSE)]
    monkeypatch.setattr(layer, "Conversation", None)
    parts = segments(turns, cuts, client)
    heard = talk.tcp_at_once(parts, whole(turns, client), 3)
    assert heard.layer.refused == {}
    rows = heard.rows["http_activity"]
    assert [(r["uri"], r["response_body_bytes"], r["response_magic"]) for r in rows] == [
        ("/a?b", 100, "pe"), ("/a?b", 0, None), ("/a?b", 96, "html"),
    ]  # fmt: skip
    assert [(f["origin"], f["is_complete"]) for f in heard.rows["file_activity"]] == [
        ("http://www.example.com/a?b", True)
    ] * 2
    (answer,) = heard.feedback
    assert (SERVICES[answer["service"]], answer["flip"]) == ("http", client)


@settings(max_examples=100)
@given(_turns(), st.lists(st.integers(1, 400), max_size=2), st.integers(1, 6))
def test_blocks_that_end_anywhere_change_nothing_either(
    turns: Turns, cuts: list[int], blocks: int
) -> None:
    parts = segments(turns, cuts, ORIG)
    places = {"blocks": blocks, "ends": whole(turns, ORIG), "ended": 3}
    compare(talk.tcp(parts, **places), talk.tcp(parts, **places, copies=nobody))


def test_a_parser_gives_way_between_exchanges(monkeypatch: pytest.MonkeyPatch) -> None:
    post = b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd"
    turns = [(GET, ok(b"a")), (post, ok(b"bb"))]
    monkeypatch.setattr(HttpParser, "advance", None)
    heard = talk.tcp(segments(turns, [], ORIG), blocks=2, ends=whole(turns, ORIG), ended=3)
    assert [row["response_body_bytes"] for row in heard.rows["http_activity"]] == [1, 2]
    assert [(f["is_upload"], f["seen_bytes"]) for f in heard.rows["file_activity"]] == [
        (False, 1), (True, 4), (False, 2),
    ]  # fmt: skip


def test_what_comes_behind_plain_exchanges_is_read_on() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nzzz\r\n0\r\n\r\n"
    heard = agree([(GET, ok(b"x")), (GET, ok(b"yy")), (GET, chunked)], [])
    assert [row["response_body_bytes"] for row in heard.rows["http_activity"]] == [1, 2, 3]


def test_a_body_that_is_too_long_to_hash_is_left_to_the_parser() -> None:
    turns = [(GET, ok(b"x" * 200))]
    limits = DecodeLimits(hashed_file_bytes=100)
    heard = talk.tcp_at_once(segments(turns, [], ORIG), whole(turns, ORIG), 3, limits=limits)
    assert heard.one("file_activity")["sha256"] is None
    assert heard.one("file_activity")["is_complete"] is True
