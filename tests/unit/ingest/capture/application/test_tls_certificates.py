from __future__ import annotations

import hashlib

from tests.unit.ingest.capture.application import certificates, messages, talk
from tests.unit.ingest.capture.application.talk import to_client, to_server
from tests.unit.ingest.capture.application.test_tls import browser_hello

KEY = certificates.new_key()
LEAF = certificates.certificate(certificates.common_name("www.example.com"), KEY, names=("a",))
OTHER = certificates.certificate(certificates.common_name("ca"), certificates.new_key())
CLIENT = certificates.certificate(certificates.common_name("anna"), KEY)
HELLO = messages.records(messages.client_hello((0xC02F,), messages.server_name(b"a"), b"c" * 32))
SERVER_HELLO = messages.server_hello(0xC02F, session=b"s" * 32)
KEY_EXCHANGE, REQUEST, DONE = b"\x0c\0\0\x02ab", b"\x0d\0\0\x01\0", b"\x0e\0\0\0"
CLIENT_KEY, TICKET = b"\x10\0\0\x02ab", b"\x04\0\0\x06\0\0\0\0\0\0"
CHANGE_CIPHER = b"\x14\x03\x03\x00\x01\x01"
FLIGHT = SERVER_HELLO + certificates.message(LEAF, OTHER) + KEY_EXCHANGE + REQUEST + DONE


def handshake(*turns: tuple[int, bytes], port: int = 443) -> talk.Heard:
    return talk.tcp(talk.stream(to_server(HELLO), *turns), port)


def test_certificates_of_both_sides_over_records_and_segments() -> None:
    wire = messages.records(FLIGHT, 97)
    heard = handshake(
        *(to_client(wire[i : i + 61]) for i in range(0, len(wire), 61)),
        to_server(messages.records(certificates.message(CLIENT) + CLIENT_KEY) + CHANGE_CIPHER),
    )
    row = heard.one("tls_activity")
    assert (row["certificate"], row["certificate_count"]) == ("seen", 2)
    assert row["certificate_sha256"] == hashlib.sha256(LEAF).hexdigest()
    assert row["certificate_subject"] == row["certificate_issuer"] == "CN=www.example.com"
    names = ["a", "192.0.2.9", "2001:db8::9", "a@example.com", "https://example.com/x"]
    assert (row["certificate_names"], row["is_self_signed"]) == (names, True)
    assert row["not_before"] == certificates.NOT_BEFORE.replace(tzinfo=None)
    assert row["not_after"] == certificates.NOT_AFTER.replace(tzinfo=None)
    assert (row["client_certificate_subject"], row["is_resumed"]) == ("CN=anna", False)
    assert heard.feedback[-1]["want"] == 0


def test_nothing_more_is_wanted_once_the_client_goes_on_without_a_certificate() -> None:
    heard = handshake(
        to_client(messages.records(FLIGHT)), to_server(messages.records(CLIENT_KEY)),
        to_server(bytes(5000)), to_client(bytes(5000)),
    )  # fmt: skip
    assert heard.one("tls_activity")["client_certificate_subject"] is None
    assert heard.feedback[-1]["want"] == 0
    assert heard.layer.refused == {}


def test_tls_1_3_encrypts_certificates_or_needs_none() -> None:
    version = messages.extension(43, b"\x03\x04")
    full = messages.server_hello(0x1301, version)
    resumed = messages.server_hello(0x1301, version + messages.extension(41, b"\0\0"))
    for answer, expected in ((full, "encrypted"), (resumed, "resumed")):
        row = handshake(to_client(messages.records(answer))).one("tls_activity")
        assert (row["certificate"], row["certificate_sha256"]) == (expected, None)


def test_a_ticket_resumes_without_a_session_id() -> None:
    for before in (b"", messages.records(TICKET)):
        row = handshake(
            to_client(messages.records(SERVER_HELLO) + before + CHANGE_CIPHER)
        ).one("tls_activity")  # fmt: skip
        assert (row["certificate"], row["is_resumed"]) == ("resumed", True)


def test_a_session_id_echoed_by_a_full_handshake_is_no_resumption() -> None:
    echoed = messages.server_hello(0xC02F, session=b"c" * 32) + certificates.message(LEAF)
    row = handshake(to_client(messages.records(echoed))).one("tls_activity")
    assert (row["certificate"], row["is_resumed"]) == ("seen", False)


def test_why_there_is_no_certificate() -> None:
    anonymous = messages.records(SERVER_HELLO + KEY_EXCHANGE + DONE)
    empty = messages.records(SERVER_HELLO + certificates.message())
    for answer, expected in (
        ((to_client(anonymous),), "not sent"),
        ((to_client(empty),), "not sent"),
        ((to_client(messages.records(SERVER_HELLO)),), "not captured"),
        ((), "not captured"),
    ):
        assert handshake(*answer).one("tls_activity")["certificate"] == expected


def test_a_malformed_certificate_is_counted_and_the_rest_is_shown() -> None:
    cut = LEAF[:-40]
    heard = handshake(to_client(messages.records(SERVER_HELLO + certificates.message(cut))))
    row = heard.one("tls_activity")
    assert (row["certificate"], row["certificate_subject"]) == ("seen", None)
    assert row["certificate_sha256"] == hashlib.sha256(cut).hexdigest()
    assert heard.layer.refused == {"certificate malformed": 1}
    assert [warning.code for warning in heard.layer.warnings] == ["NC-260"]


def test_starttls_shows_the_certificate() -> None:
    heard = talk.tcp(
        talk.stream(
            to_client(b"220 m ESMTP\r\n"), to_server(b"EHLO a\r\n"), to_client(b"250 STARTTLS\r\n"),
            to_server(b"STARTTLS\r\n"), to_client(b"220 go\r\n"), to_server(HELLO),
            to_client(messages.records(FLIGHT)),
        ),
        25,
    )  # fmt: skip
    assert heard.one("tls_activity")["certificate_subject"] == "CN=www.example.com"


def test_a_client_hello_in_the_form_of_ssl_2() -> None:
    specs = bytes.fromhex("010080 00c02f 000035 0000ff")
    body = b"\x01\x03\x01" + b"\x00\x0c\x00\x00\x00\x10" + specs + bytes(16)
    wire = bytes([0x80, len(body)]) + body
    heard = talk.tcp(talk.stream(to_server(wire), to_client(messages.records(FLIGHT))), 443)
    row = heard.one("tls_activity")
    assert (row["client_version"], row["version"], row["cipher"]) == (
        "TLSv1.0",
        "TLSv1.2",
        "0xC02F",
    )
    assert (row["ja3"], row["ja4"], row["server_name"]) == (None, None, None)
    assert (row["certificate"], row["frame"]) == ("seen", 1)


def test_the_hello_of_a_browser_still_ends_the_interest_at_the_answer() -> None:
    answer = messages.server_hello(0x1302, messages.extension(43, b"\x03\x04"))
    asked, answered = messages.records(browser_hello()), messages.records(answer)
    heard = talk.tcp(talk.stream(to_server(asked), to_client(answered)), 443)
    assert heard.feedback[0]["want"] == 0
