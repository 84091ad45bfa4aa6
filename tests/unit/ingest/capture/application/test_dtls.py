from __future__ import annotations

import random
import struct

import pytest

from tests.unit.ingest.capture.application import certificates, messages, talk
from tests.unit.ingest.capture.application.talk import to_client, to_server

KEY = certificates.new_key()
LEAF = certificates.certificate(certificates.common_name("WebRTC"), KEY)
SERVER_HELLO = b"\xfe\xfd" + messages.server_hello(0xC02B)[6:]
DONE = b""


def hello(cookie: bytes = b"") -> bytes:
    """Body of a ClientHello with a cookie."""
    body = b"\xfe\xfd" + bytes(32) + b"\0" + bytes([len(cookie)]) + cookie
    body += b"\0\x04\xc0\x2b\xc0\x2f\x01\0"
    extensions = messages.server_name(b"dtls.example") + messages.numbers(13, 0x0403)
    return body + struct.pack(">H", len(extensions)) + extensions


def fragments(kind: int, number: int, body: bytes, size: int = 1 << 20) -> list[bytes]:
    """A handshake message in records of at most ``size`` octets of it."""
    made = []
    for at in range(0, max(len(body), 1), size):
        part = body[at : at + size]
        head = bytes([kind]) + len(body).to_bytes(3, "big") + struct.pack(">H", number)
        head += at.to_bytes(3, "big") + len(part).to_bytes(3, "big")
        made.append(record(22, head + part))
    return made


def record(kind: int, body: bytes, epoch: int = 0) -> bytes:
    return bytes([kind]) + b"\xfe\xfd" + struct.pack(">H6sH", epoch, bytes(6), len(body)) + body


def hear(*turns: tuple[int, bytes]) -> talk.Heard:
    return talk.udp([talk.Segment(d, data) for d, data in turns], 5000, service="dtls")


def whole(kind: int, number: int, body: bytes) -> bytes:
    return fragments(kind, number, body)[0]


CHAIN = certificates.message(LEAF)[4:]
FLIGHT = [
    whole(2, 1, SERVER_HELLO), whole(11, 2, CHAIN), whole(12, 3, b"key"), whole(14, 4, DONE),
]  # fmt: skip
ASKED = [
    to_server(whole(1, 0, hello())), to_client(whole(3, 0, b"\xfe\xfd\x04cook")),
    to_server(whole(1, 1, hello(b"cook"))),
]  # fmt: skip


def test_a_handshake_with_cookie_and_certificates_of_both_sides() -> None:
    client = whole(11, 2, CHAIN) + whole(16, 3, b"key") + record(20, b"\x01") + record(22, b"x", 1)
    heard = hear(*ASKED, to_client(b"".join(FLIGHT)), to_server(client))
    row = heard.one("tls_activity")
    assert (row["protocol"], row["server_name"]) == ("udp", "dtls.example")
    assert (row["version"], row["client_version"], row["cipher"]) == (
        "DTLSv1.2", "DTLSv1.2", "0xC02B")  # fmt: skip
    assert (row["certificate"], row["certificate_subject"]) == ("seen", "CN=WebRTC")
    assert (row["client_certificate_subject"], row["is_self_signed"]) == ("CN=WebRTC", True)
    assert str(row["ja4"]).startswith("dd2d020200_")
    assert (row["frame"], row["server_frame"]) == (1, 4)
    assert heard.feedback[-1]["want"] == 0
    assert heard.layer.refused == {}


@pytest.mark.parametrize("seed", range(5))
def test_fragments_in_any_order_and_twice(seed: int) -> None:
    parts = fragments(2, 1, SERVER_HELLO, 20) + fragments(11, 2, CHAIN, 100)
    parts += fragments(11, 2, CHAIN, 170)
    random.Random(seed).shuffle(parts)
    row = hear(*ASKED, *map(to_client, parts)).one("tls_activity")
    assert (row["certificate"], row["certificate_subject"]) == ("seen", "CN=WebRTC")


def test_what_was_lost_does_not_hide_what_came() -> None:
    row = hear(*ASKED, to_client(FLIGHT[0]), to_client(FLIGHT[2])).one("tls_activity")
    assert (row["cipher"], row["certificate"]) == ("0xC02B", "not sent")
    row = hear(to_client(FLIGHT[0]), to_client(FLIGHT[1])).one("tls_activity")
    assert (row["src_ip"], row["certificate"], row["ja4"]) == (talk.CLIENT, "seen", None)


def test_a_resumed_session_shows_no_certificate() -> None:
    row = hear(*ASKED, to_client(FLIGHT[0] + record(20, b"\x01"))).one("tls_activity")
    assert (row["certificate"], row["is_resumed"]) == ("resumed", True)


def test_dtls_1_3_counts_downwards() -> None:
    offered = messages.extension(43, b"\x04\xfe\xfc\xfe\xfd")
    body = b"\xfe\xfd" + bytes(32) + b"\0\0\0\x02\x13\x01\x01\0"
    body += struct.pack(">H", len(offered)) + offered
    chosen = b"\xfe\xfd" + messages.server_hello(0x1301, messages.extension(43, b"\xfe\xfc"))[6:]
    row = hear(to_server(whole(1, 0, body)), to_client(whole(2, 0, chosen))).one("tls_activity")
    assert (row["client_version"], row["version"]) == ("DTLSv1.3", "DTLSv1.3")
    assert str(row["ja4"]).startswith("dd3i0101")
    assert row["certificate"] == "encrypted"


def test_lengths_that_lie_are_passed_over() -> None:
    lies = [
        record(22, b"\x01\xff\xff\xff" + bytes(8)), b"\x16\xfe\xfd" + bytes(8) + b"\xff\xff",
        record(22, b"\x01\x00\x00\x05\x00\x00\x00\x00\x04\x00\x00\x09" + bytes(9)), b"\x16",
    ]  # fmt: skip
    heard = hear(*map(to_server, lies), *ASKED)
    assert heard.one("tls_activity")["server_name"] == "dtls.example"
    assert heard.layer.refused == {}
