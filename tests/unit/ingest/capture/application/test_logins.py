from __future__ import annotations

import base64

import pytest

from netcordon.ingest.capture.events import SERVICES
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import to_client, to_server


def test_ftp_users_with_their_outcome() -> None:
    heard = talk.tcp(
        talk.stream(
            to_client(b"220 FTP\r\n"), to_server(b"USER anna\r\n"), to_client(b"331 pw\r\n"),
            to_server(b"PASS wrong-word\r\n"), to_client(b"530 no\r\n"),
            to_server(b"USER bert\r\n"),
            to_client(b"331 pw\r\n"), to_server(b"PASS right-word\r\n"), to_client(b"230 in\r\n"),
        ),
        2121,
    )  # fmt: skip
    rows = [(r["account"], r["outcome"], r["method"]) for r in heard.rows["authentication"]]
    assert rows == [("anna", "failure", "ftp"), ("bert", "success", "ftp")]
    assert "-word" not in repr(heard.rows)


def b64(text: bytes) -> bytes:
    return base64.b64encode(text) + b"\r\n"


MAIL = {
    "smtp login": (
        to_client(b"220 m ESMTP\r\n"), to_server(b"EHLO a\r\n"), to_client(b"250 ok\r\n"),
        to_server(b"AUTH LOGIN\r\n"), to_client(b"334 VXNlcm5hbWU6\r\n"), to_server(b64(b"anna")),
        to_client(b"334 UGFzc3dvcmQ6\r\n"), to_server(b64(b"secret")), to_client(b"235 ok\r\n"),
    ),
    "smtp plain": (
        to_client(b"220 m ESMTP\r\n"), to_server(b"AUTH PLAIN " + b64(b"\0anna\0secret")),
        to_client(b"235 ok\r\n"),
    ),
    "pop3": (
        to_client(b"+OK hi\r\n"), to_server(b"USER anna\r\n"), to_client(b"+OK\r\n"),
        to_server(b"PASS secret\r\n"), to_client(b"+OK in\r\n"),
    ),
    "imap": (
        to_client(b"* OK hi\r\n"), to_server(b'a1 LOGIN "anna" secret\r\n'), to_client(b"* X\r\n"),
        to_client(b"a1 OK in\r\n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MAIL)
def test_mail_logins(name: str) -> None:
    heard = talk.tcp(talk.stream(*MAIL[name]), 12345)
    login = heard.one("authentication")
    assert (login["account"], login["outcome"]) == ("anna", "success")
    assert login["service"] == name.split(maxsplit=1)[0]
    assert "secret" not in repr(heard.rows)


def test_an_ldap_simple_bind() -> None:
    bind = messages.der(0x60, messages.der(2, b"\x03"), messages.der(4, b"cn=anna"),
                        messages.der(0x80, b"secret"))  # fmt: skip
    answer = messages.der(0x61, messages.der(10, b"\x31"), messages.der(4), messages.der(4))
    heard = talk.tcp(
        talk.stream(
            to_server(messages.der(0x30, messages.der(2, b"\x01"), bind)),
            to_client(messages.der(0x30, messages.der(2, b"\x01"), answer)),
        ),
        3890,
    )
    login = heard.one("authentication")
    assert (login["account"], login["outcome"]) == ("cn=anna", "failure")


@pytest.mark.parametrize(
    ("first", "service"),
    [
        (b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00", "rdp"),
        (b"RFB 003.008\n", "vnc"),
        (b"\x05\x01\x00", "socks"),
        (b"\x17\x03\x03\x00\x20" + bytes(32), "tls"),
        (b"\xff\xfd\x18\xff\xfd\x20", "telnet"),
        (b"NICK bot1234567\r\nUSER a b c :d\r\n", "irc"),
    ],
)
def test_services_that_are_only_named(first: bytes, service: str) -> None:
    heard = talk.tcp(talk.stream(to_server(first)), 4444)
    assert SERVICES[heard.feedback[0]["service"]] == service


def test_what_is_not_recognised_is_soon_not_wanted() -> None:
    heard = talk.tcp(talk.stream(*([to_server(b"\x9f" * 1400)] * 40)), 4444)
    assert heard.feedback["want"].tolist()[0] == 2
    assert set(heard.rows) == set()
