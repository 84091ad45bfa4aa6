"""However a stream is cut and in whatever order its parts come, the rows are the same."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.events import SERVICES
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application import test_ldap as ldap
from tests.unit.ingest.capture.application import test_rdp as rdp
from tests.unit.ingest.capture.application import windows_messages as wire
from tests.unit.ingest.capture.application.test_dcerpc import CREATE
from tests.unit.ingest.capture.application.test_http import GET, ok
from tests.unit.ingest.capture.application.test_smb import PIPE
from tests.unit.ingest.capture.application.test_tls import browser_hello

_PLACES = ("time", "frame", "response_time", "response_frame", "server_frame", "first_frame",
           "first_seen_time", "last_seen_time", "last_frame")  # fmt: skip
_BODY = b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\n\r\n" + b"b" * 30
_CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" + b"%PDF" * 8 + b"\r\n0\r\n\r\n"
)
_SETUP = wire.smb2_setup(messages.ntlm_authenticate("anna", "CORP", "PC-7"), message_id=3)
_KERBEROS = messages.as_req(b"anna", b"CORP")

STREAMS = {
    "http": (GET + _BODY + GET, ok(b"\x89PNG\r\n\x1a\n" + bytes(40)) + ok() + _CHUNKED),
    "tls": (messages.records(browser_hello(), 99), messages.records(messages.server_hello(0x1301))),
    "ssh": (b"SSH-2.0-c\r\n" + messages.ssh_kexinit(*[b"x"] * 10), b"SSH-2.0-s\r\n"),
    "smb": (
        _SETUP + messages.smb2(9, bytes(300)),
        messages.smb2(1, b"", response=True, message_id=3),
    ),
    "smb pipe": (
        b"".join(data for side, data in PIPE if side == 0),
        b"".join(data for side, data in PIPE if side == 1),
    ),
    "ldap": (
        ldap.message(2, ldap.search(b"dc=corp", ldap.EQUAL)) + ldap.message(3, b"\x4a\x04cn=c"),
        ldap.message(2, b"\x64\x04\x04\x00\x30\x00") + ldap.message(2, ldap.result(0x65, 0)),
    ),
    "rdp": (rdp.request(b"Cookie: mstshash=anna\r\n", 1), rdp.confirm(2, 1)),
    "dcerpc": (
        wire.bind(wire.SVCCTL) + wire.request(12, CREATE) + wire.request(2, wire.HANDLE, call=2),
        wire.bind_ack() + wire.answer(bytes(28)) + wire.fault(5, call=2),
    ),
    "kerberos": (len(_KERBEROS).to_bytes(4, "big") + _KERBEROS, b""),
}


def rows(segments: list[talk.Segment], blocks: int) -> list[tuple[str, str]]:
    heard = talk.tcp(segments, 4711, blocks=blocks)
    assert heard.layer.refused == {}
    return sorted(
        (table, repr({k: v for k, v in row.items() if k not in _PLACES}))
        for table, found in heard.rows.items()
        for row in found
    )


def _cut(data: bytes, direction: int, cuts: list[int]) -> list[talk.Segment]:
    edges = sorted({0, len(data), *(cut % len(data) for cut in cuts)}) if data else [0]
    return [talk.Segment(direction, data[a:b], a) for a, b in pairwise(edges)]


@settings(max_examples=60)
@given(st.sampled_from(sorted(STREAMS)), st.data())
def test_cuts_order_and_repetition_do_not_matter(name: str, data: st.DataObject) -> None:
    whole = STREAMS[name]
    expected = rows([talk.Segment(d, part, 0) for d, part in enumerate(whole) if part], 1)
    assert expected
    cuts = data.draw(st.lists(st.integers(1, 5000), max_size=12))
    parts = [_cut(part, direction, cuts) for direction, part in enumerate(whole)]
    segments = []
    for side in parts:  # an answer does not come before its question
        # The first segment stays first: what a connection speaks is told by how it begins.
        head, tail = side[:1], side[1:]
        tail += data.draw(st.lists(st.sampled_from(tail), max_size=4)) if tail else []
        segments += head + data.draw(st.permutations(tail))
    assert rows(segments, data.draw(st.integers(1, 3))) == expected


@settings(max_examples=150)
@given(st.sampled_from(sorted(STREAMS)), st.data())
def test_damaged_streams_are_read_without_harm(name: str, data: st.DataObject) -> None:
    segments = []
    for direction, part in enumerate(STREAMS[name]):
        damaged = bytearray(part or b"\0")
        for _ in range(data.draw(st.integers(0, 5))):
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
        segments += _cut(
            bytes(damaged), direction, data.draw(st.lists(st.integers(1, 500), max_size=5))
        )
    kept = data.draw(st.lists(st.sampled_from(segments), max_size=12)) if segments else []
    heard = talk.tcp(kept, 4711)
    assert "parser failed" not in heard.layer.refused


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 1), st.binary(min_size=1, max_size=60)), max_size=12),
       st.sampled_from((53, 80, 88, 389, 445)))  # fmt: skip
def test_any_bytes_are_read_without_harm(turns: list[tuple[int, bytes]], port: int) -> None:
    heard = talk.tcp(talk.stream(*turns), port)
    assert "parser failed" not in heard.layer.refused


def test_a_message_of_no_kind_is_passed_over_once() -> None:
    whole = b"\x00\x00\x00\x20\xffSMB\x72" + bytes(27)
    wrong = b"\x7f" + whole[1:]
    heard = talk.tcp(talk.stream(talk.to_server(whole), talk.to_server(wrong)), 445)
    assert set(heard.feedback["service"].tolist()) == {SERVICES.index("smb")}
