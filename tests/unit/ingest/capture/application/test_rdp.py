from __future__ import annotations

import struct

import pytest

from netcordon.ingest.capture.events import SERVICES
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import to_client, to_server


def tpkt(kind: int, rest: bytes) -> bytes:
    body = bytes([6 + len(rest), kind]) + b"\0\0\0\0\0" + rest
    return b"\x03\0" + (4 + len(body)).to_bytes(2, "big") + body


def request(cookie: bytes = b"", protocols: int | None = None) -> bytes:
    negotiation = b"" if protocols is None else struct.pack("<BBHI", 1, 0, 8, protocols)
    return tpkt(0xE0, cookie + negotiation)


def confirm(kind: int, number: int) -> bytes:
    return tpkt(0xD0, struct.pack("<BBHI", kind, 0, 8, number))


def test_cookie_and_protocols_then_tls() -> None:
    hello = messages.records(messages.client_hello((0x1301,), messages.server_name(b"ts.corp")))
    heard = talk.tcp(
        talk.stream(
            to_server(request(b"Cookie: mstshash=anna\r\n", 3)), to_client(confirm(2, 2)),
            to_server(hello),
        ),
        33890,
    )  # fmt: skip
    row = heard.one("rdp_activity")
    assert (row["cookie"], row["selected_protocol"], row["failure"]) == ("anna", "credssp", None)
    assert row["requested_protocols"] == ["rdp", "tls", "credssp"]
    assert row["client_name"] is None
    assert heard.one("tls_activity")["server_name"] == "ts.corp"
    assert SERVICES[heard.feedback[-1]["service"]] == "rdp"


def test_a_refusal_says_why() -> None:
    heard = talk.tcp(talk.stream(to_server(request(protocols=0)), to_client(confirm(3, 5))), 3389)
    row = heard.one("rdp_activity")
    assert (row["failure"], row["requested_protocols"]) == ("HYBRID_REQUIRED_BY_SERVER", ["rdp"])


def test_an_unsealed_client_describes_itself() -> None:
    core = b"\x01\xc0" + struct.pack("<HIHHHHII", 216, 0x80004, 1, 1, 0xCA01, 0xAA03, 0x407, 2600)
    core += "PC-7".encode("utf-16-le").ljust(32, b"\0") + bytes(160)
    initial = b"\x02\xf0\x80\x7f\x65\x82\x01\x00" + bytes(40) + core
    packet = b"\x03\0" + (4 + len(initial)).to_bytes(2, "big") + initial
    heard = talk.tcp(
        talk.stream(to_server(request()), to_client(tpkt(0xD0, b"")), to_server(packet)), 3389
    )
    row = heard.one("rdp_activity")
    assert (row["client_name"], row["client_build"]) == ("PC-7", 2600)
    assert (row["keyboard_layout"], row["selected_protocol"]) == ("0x00000407", "rdp")
    assert heard.one("host_identity")["host_name"] == "PC-7"


@pytest.mark.parametrize("turns", [
    [to_server(request(b"Cookie: mstshash=anna\r\n"))],
    [to_server(request(b"Cookie: mstshash=anna\r\n")), to_client(b"\x15\x03\x01\0\x02" * 4)],
])  # fmt: skip
def test_a_request_without_an_answer_is_a_row(turns: list[tuple[int, bytes]]) -> None:
    row = talk.tcp(talk.stream(*turns), 3389).one("rdp_activity")
    assert (row["cookie"], row["selected_protocol"]) == ("anna", None)


def test_a_connection_to_a_control_device_is_not_rdp() -> None:
    cotp = b"\x03\0\0\x16\x11\xe0\0\0\0\x01\0\xc1\x02\x01\0\xc2\x02\x01\x02\xc0\x01\x0a"
    assert "rdp_activity" not in talk.tcp(talk.stream(to_server(cotp)), 102).rows
