"""TLS that begins inside another protocol: the names and certificates are read there too."""

from __future__ import annotations

import pytest

from netcordon.ingest.capture.events import SERVICES
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.messages import der
from tests.unit.ingest.capture.application.talk import to_client, to_server
from tests.unit.ingest.capture.application.test_tls_certificates import FLIGHT, HELLO

STARTTLS_OID = der(0x80, b"1.3.6.1.4.1.1466.20037")
MYSQL_GREETING = b"\x0a8.0.36\0" + bytes(4) + b"saltsalt\0" + b"\xff\xff\xff\x02\0\xff\xcf\x15"
MYSQL_GREETING += bytes(10) + b"more salt ..\0caching_sha2_password\0"
RDP_ASKS = b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0"
RDP_ANSWERS = b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\x01\0\0\0"
GREETINGS: dict[str, tuple[int, tuple[tuple[int, bytes], ...]]] = {
    "smtp": (25, (
        to_client(b"220 m ESMTP\r\n"), to_server(b"EHLO a\r\n"), to_client(b"250 STARTTLS\r\n"),
        to_server(b"STARTTLS\r\n"), to_client(b"220 go\r\n"),
    )),
    "imap": (143, (
        to_client(b"* OK ready\r\n"), to_server(b"a1 STARTTLS\r\n"), to_client(b"a1 OK go\r\n"),
    )),
    "pop3": (110, (
        to_client(b"+OK ready\r\n"), to_server(b"STLS\r\n"), to_client(b"+OK go\r\n"),
    )),
    "ftp": (21, (
        to_client(b"220 FTP ready\r\n"), to_server(b"AUTH TLS\r\n"), to_client(b"234 go\r\n"),
    )),
    "ldap": (389, (
        to_server(der(0x30, der(2, b"\x01"), der(0x77, STARTTLS_OID))),
        to_client(der(0x30, der(2, b"\x01"), der(0x78, der(10, b"\0"), der(4), der(4)))),
    )),
    "mysql": (3306, (
        to_client(len(MYSQL_GREETING).to_bytes(3, "little") + b"\0" + MYSQL_GREETING),
        to_server(b"\x20\0\0\x01\x05\xae\xff\x01\0\0\0\x01\x2d" + bytes(23)),
    )),
    "postgresql": (5432, (to_server(bytes.fromhex("0000000804d2162f")), to_client(b"S"))),
    "rdp": (3389, (to_server(RDP_ASKS), to_client(RDP_ANSWERS))),
    "http": (8080, (
        to_server(b"CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n"),
        to_client(b"HTTP/1.1 200 Connection established\r\n\r\n"),
    )),
    "socks": (1080, (
        to_server(b"\x05\x01\0"), to_client(b"\x05\0"),
        to_server(b"\x05\x01\0\x03\x0bexample.com\x01\xbb"),
        to_client(b"\x05\0\0\x01\0\0\0\0\0\0"),
    )),
}  # fmt: skip
"""Protocol -> port, and what is said before TLS begins."""


@pytest.mark.parametrize("name", GREETINGS)
def test_the_certificate_is_seen(name: str) -> None:
    port, greeting = GREETINGS[name]
    turns = (*greeting, to_server(HELLO), to_client(messages.records(FLIGHT)))
    heard = talk.tcp(talk.stream(*turns), port)
    row = heard.one("tls_activity")
    assert (row["server_name"], row["certificate"]) == ("a", "seen")
    assert row["certificate_subject"] == "CN=www.example.com"
    assert row["frame"] == len(greeting) + 1
    named = [SERVICES[service] for service in heard.feedback["service"].tolist() if service]
    expected = "tls" if name in ("http", "socks") else name
    assert named[-1] == expected
    assert heard.layer.refused == {}
