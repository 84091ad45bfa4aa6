"""Damaged handshakes of TLS, DTLS and QUIC: no parser fails, whatever the bytes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ingest.capture.application import messages, quic_packets, talk, test_dtls
from tests.unit.ingest.capture.application.talk import to_client, to_server
from tests.unit.ingest.capture.application.test_gquic import chlo
from tests.unit.ingest.capture.application.test_tls import browser_hello
from tests.unit.ingest.capture.application.test_tls_certificates import FLIGHT

CHANGES = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=8)
GOOGLE = b"\x0d" + bytes(8) + b"Q043" + bytes(17) + chlo(b"www.example.com")


def damaged(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    out = bytearray(data)
    for at, octet in changes:
        out[at % len(out)] = octet
    return bytes(out)


def check(heard: talk.Heard) -> None:
    assert "parser failed" not in heard.layer.refused
    assert len(heard.rows.get("tls_activity", ())) <= 4


@settings(max_examples=60, deadline=None)
@given(CHANGES, CHANGES, st.integers(20, 900))
def test_tls(asked: list[tuple[int, int]], answered: list[tuple[int, int]], size: int) -> None:
    client = messages.records(damaged(browser_hello(), asked))
    server = damaged(messages.records(FLIGHT, size), answered)
    check(talk.tcp(talk.stream(to_server(client), to_client(server), to_server(client)), 443))


@settings(max_examples=60, deadline=None)
@given(CHANGES, CHANGES)
def test_dtls_handshakes(asked: list[tuple[int, int]], answered: list[tuple[int, int]]) -> None:
    turns = [(d, damaged(data, asked)) for d, data in test_dtls.ASKED]
    turns += [to_client(damaged(part, answered)) for part in test_dtls.FLIGHT]
    check(talk.udp([talk.Segment(d, data) for d, data in turns], 5000, service="dtls"))


@settings(max_examples=60, deadline=None)
@given(CHANGES, CHANGES, CHANGES, st.booleans())
def test_quic_frames_and_headers(
    header: list[tuple[int, int]],
    asked: list[tuple[int, int]],
    answered: list[tuple[int, int]],
    is_damaged: bool,
) -> None:
    ids = {"key_id": b"clientid"}
    frames = damaged(b"\x02\0\0\0\0" + quic_packets.crypto(browser_hello()), asked)
    client = quic_packets.initial(frames, to=b"clientid", sender=b"c", **ids)  # type: ignore[arg-type]
    frames = damaged(quic_packets.crypto(messages.server_hello(0x1301)), answered)
    server = quic_packets.initial(frames, to=b"c", side="server", **ids)  # type: ignore[arg-type]
    if is_damaged:
        client, server = damaged(client, header), damaged(server, header)
    turns = (
        to_server(client),
        to_client(server),
        to_client(quic_packets.retry(to=b"c", sender=b"")),
    )
    for service in ("quic", "gquic"):
        check(talk.udp([talk.Segment(d, data) for d, data in turns], 443, service=service))


@given(CHANGES, st.integers(0, len(GOOGLE)))
def test_googles_quic(changes: list[tuple[int, int]], size: int) -> None:
    data = damaged(GOOGLE, changes)[:size]
    check(talk.udp([talk.Segment(0, data)], 443, service="gquic"))
