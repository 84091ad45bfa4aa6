from __future__ import annotations

import struct

from tests.unit.ingest.capture.application import quic_packets, talk
from tests.unit.ingest.capture.application.talk import to_server

Q050 = 0x51303530


def chlo(name: bytes) -> bytes:
    """A client hello of tags, padded as clients do."""
    values = {b"PAD\0": b"-" * 900, b"SNI\0": name, b"VER\0": b"Q050"}
    head, body, end = b"", b"", 0
    for tag, value in values.items():
        end += len(value)
        head += tag + struct.pack("<I", end)
        body += value
    return b"CHLO" + struct.pack("<HH", len(values), 0) + head + body


def hear(data: bytes) -> talk.Heard:
    return talk.udp([talk.Segment(*to_server(data))], 443, service="gquic")


def test_the_server_name_of_a_public_header() -> None:
    head = b"\x0d" + bytes(range(8)) + b"Q043" + b"\x01" + bytes(12) + b"\xa0\x01\x04\x00"
    heard = hear(head + chlo(b"www.example.com"))
    row = heard.one("tls_activity")
    assert (row["server_name"], row["client_version"]) == ("www.example.com", "Q043")
    assert (row["protocol"], row["version"], row["ja4"], row["frame"]) == ("quic", None, None, 1)
    assert heard.feedback[-1]["want"] == 0


def test_the_server_name_of_a_long_header() -> None:
    head = b"\xc3Q046\x50" + bytes(range(8)) + bytes(4) + bytes(12) + b"\xa0\x01\x04\x00"
    assert hear(head + chlo(b"a\x1bb")).one("tls_activity")["server_name"] == "a\\x1bb"


def test_q050_protects_it_as_quic_does() -> None:
    quic_packets.SALTS[Q050] = "504574efd066fe2f9d945cfcdbd3a7f0d3b56b45"
    frame = b"\x08\x00\x44\x00" + chlo(b"www.example.com")
    packet = quic_packets.initial(frame, key_id=b"12345678", to=b"12345678", version=Q050)
    row = hear(packet).one("tls_activity")
    assert (row["server_name"], row["client_version"]) == ("www.example.com", "Q050")


def test_what_is_no_hello_is_passed_over() -> None:
    for data in (b"\x0d" + bytes(60), b"\xc3Q050" + bytes(60), b"", b"\x0dCHLO" + bytes(7),
                 bytes(20) + b"CHLO\xff\xff\0\0SNI\0\x00\x00"):  # fmt: skip
        heard = hear(data)
        assert heard.layer.refused == {}
        assert all(row["server_name"] is None for row in heard.rows.get("tls_activity", ()))
