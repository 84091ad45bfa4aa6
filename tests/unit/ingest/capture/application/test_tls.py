from __future__ import annotations

import dataclasses
import hashlib

import pytest

from netcordon.ingest.capture.application.tls import (
    fingerprint as tls_fingerprint,
)
from netcordon.ingest.capture.application.tls import (
    hello as tls_hello,
)
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import to_client, to_server

CIPHERS = (
    0x0A0A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014,
    0x009C, 0x009D, 0x002F, 0x0035,
)  # fmt: skip
SIGNATURES = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def browser_hello(signatures: tuple[int, ...] = SIGNATURES) -> bytes:
    """The ClientHello behind the example of the JA4 specification."""
    plain = (0x0017, 0xFF01, 0x0023, 0x0005, 0x0012, 0x0033, 0x002D, 0x001B, 0x4469, 0x0015)
    extensions = (
        messages.extension(0x1A1A, b"")
        + messages.server_name(b"www.example.com")
        + b"".join(messages.extension(kind, b"") for kind in plain)
        + messages.numbers(10, 0x2A2A, 0x001D, 0x0017)
        + messages.extension(11, b"\x01\x00")
        + messages.alpn(b"h2", b"http/1.1")
        + messages.numbers(13, *signatures)
        + messages.versions(0x3A3A, 0x0304, 0x0303)
        + messages.extension(0x4A4A, b"\x00")
    )
    return messages.client_hello(CIPHERS, extensions, bytes(range(32)))


def parsed(message: bytes, *, is_client: bool = True) -> tls_hello.Hello:
    hello = tls_hello.parse(message[4:], is_client)
    assert hello is not None
    return hello


def test_ja4_equals_the_published_example() -> None:
    assert (
        tls_fingerprint.ja4(parsed(browser_hello()), "tcp")
        == "t13d1516h2_8daaf6152771_e5627efa2ab1"
    )


def test_ja4_without_lists_names_and_protocols() -> None:
    bare = messages.client_hello((), b"")
    assert tls_fingerprint.ja4(parsed(bare), "tcp") == "t12i000000_000000000000_000000000000"
    odd = messages.client_hello((0x1301,), messages.alpn(b"\xab\xcd"))
    expected = hashlib.sha256(b"1301").hexdigest()[:12]
    # The list of extensions is empty once the names of server and protocol are left out.
    assert tls_fingerprint.ja4(parsed(odd), "tcp") == f"t12i0101ad_{expected}_000000000000"


def test_ja4_without_signature_algorithms_equals_the_published_example() -> None:
    hello = parsed(browser_hello(()))
    assert tls_fingerprint.ja4(hello, "tcp") == "t13d1516h2_8daaf6152771_6d807ffa2a79"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("h2", "h2"), ("http/1.1", "h1"), ("x", "xx"), ("", "00"), (b"\xab", "ab"),
     (b"\xab\xcd", "ad"), (b"0\xab", "3b"), (b"01\xab\xcd", "3d"), (b"0\xab\xcd1", "01"),
     (b"\x0a\x0ah2", "02")],
)  # fmt: skip
def test_ja4_of_odd_protocol_names_as_the_specification_lists_them(
    name: str | bytes, shown: str
) -> None:
    offered = name.encode() if isinstance(name, str) else name
    hello = parsed(messages.client_hello((0x1301,), messages.alpn(offered)))
    assert tls_fingerprint.ja4(hello, "tcp").split("_")[0] == f"t12i0101{shown}"


@pytest.mark.parametrize(
    ("ciphers", "extensions", "expected"),
    [
        (
            (47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4),
            messages.extension(0, b"")
            + messages.numbers(10, 23, 24, 25)
            + messages.extension(11, b"\x01\x00"),
            "ada70206e40642a3e4461f35503241d5",
        ),
        ((4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99), b"", "de350869b8c85de67a350c8d186f11e6"),
    ],
)
def test_ja3_equals_the_published_examples(
    ciphers: tuple[int, ...], extensions: bytes, expected: str
) -> None:
    """Both of the README of JA3: with lists, and of a client without extensions."""
    message = bytearray(messages.client_hello(ciphers, extensions))
    message[4:6] = b"\x03\x01"
    assert tls_fingerprint.ja3(parsed(bytes(message))) == expected


def test_fingerprints_name_what_carries_the_hello() -> None:
    hello = parsed(browser_hello())
    assert tls_fingerprint.ja4(hello, "quic").startswith("q13d1516h2_")
    assert tls_fingerprint.ja4(hello, "udp").startswith("d13d1516h2_")


def test_hellos_that_no_program_sends_are_not_remembered() -> None:
    usual = parsed(browser_hello())
    huge = dataclasses.replace(usual, ciphers=tuple(range(1, 30_000)))
    before = tls_fingerprint._ja3.cache_info().currsize
    assert tls_fingerprint.ja3(huge) != tls_fingerprint.ja3(usual)
    assert tls_fingerprint.ja4(huge, "tcp") != tls_fingerprint.ja4(usual, "tcp")
    assert tls_fingerprint._ja3.cache_info().currsize <= before + 1


def test_ja3s_keeps_the_order_of_the_servers_extensions() -> None:
    extensions = messages.extension(65281, b"\0") + messages.extension(0, b"")
    extensions += messages.extension(11, b"") + messages.extension(35, b"")
    hello = parsed(messages.server_hello(0xC02F, extensions), is_client=False)
    text = "771,49199,65281-0-11-35"
    assert tls_fingerprint.ja3s(hello) == hashlib.md5(text.encode()).hexdigest()


def test_ja3_leaves_grease_out_and_keeps_the_order() -> None:
    text = (
        "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
        "0-23-65281-35-5-18-51-45-27-17513-21-10-11-16-13-43,29-23,0"
    )
    assert tls_fingerprint.ja3(parsed(browser_hello())) == hashlib.md5(text.encode()).hexdigest()


def test_a_hello_split_over_records_and_segments_is_one_row() -> None:
    wire = messages.records(browser_hello(), 50)
    answer = messages.records(
        messages.server_hello(0x1302, messages.extension(43, b"\x03\x04"), session=bytes(range(32)))
    )
    segments = talk.stream(
        *(to_server(wire[i : i + 60]) for i in range(0, len(wire), 60)),
        to_client(answer + b"\x14\x03\x03\x00\x01\x01"),
        to_server(b"\x17\x03\x03\x00\x05hello"),
    )
    heard = talk.tcp(segments, 443)
    row = heard.one("tls_activity")
    assert (row["server_name"], row["alpn"]) == ("www.example.com", ["h2", "http/1.1"])
    assert (row["version"], row["client_version"], row["cipher"]) == (
        "TLSv1.3",
        "TLSv1.3",
        "0x1302",
    )
    assert (row["is_resumed"], row["has_ech"], row["frame"]) == (False, False, 1)
    assert row["server_frame"] == len(segments) - 1
    assert heard.feedback[-1]["want"] == 0


def test_after_a_retry_the_second_server_hello_counts() -> None:
    retry = messages.server_hello(0x1301, messages.extension(43, b"\x03\x04"), random=RETRY)
    real = messages.server_hello(
        0x1303, messages.extension(43, b"\x03\x04") + messages.extension(41, b"\0\0")
    )
    heard = talk.tcp(
        talk.stream(
            to_server(messages.records(browser_hello())),
            to_client(messages.records(retry) + b"\x14\x03\x03\x00\x01\x01"),
            to_server(messages.records(browser_hello())),
            to_client(messages.records(real)),
        ),
        443,
    )
    row = heard.one("tls_activity")
    assert (row["cipher"], row["is_resumed"], row["server_frame"]) == ("0x1303", True, 4)


def test_an_echoed_session_id_means_resumption_before_tls_1_3() -> None:
    client = messages.client_hello((0xC02F,), b"", b"s" * 32)
    server = messages.server_hello(0xC02F, session=b"s" * 32)
    heard = talk.tcp(
        talk.stream(to_server(messages.records(client)), to_client(messages.records(server))), 443
    )
    row = heard.one("tls_activity")
    assert (row["version"], row["is_resumed"], row["server_name"]) == ("TLSv1.2", True, None)


def test_the_side_that_answers_is_the_server_whoever_came_first() -> None:
    server = messages.records(messages.server_hello(0xC02F))
    heard = talk.tcp(talk.stream(to_server(server)), port=50000, source_port=443)
    row = heard.one("tls_activity")
    assert (row["dst_port"], row["ja4"], row["cipher"]) == (443, None, "0xC02F")
    assert heard.feedback[0]["flip"] == 1


def test_starttls_leads_to_the_hello() -> None:
    heard = talk.tcp(
        talk.stream(
            to_client(b"220 m ESMTP\r\n"), to_server(b"EHLO a\r\n"), to_client(b"250 STARTTLS\r\n"),
            to_server(b"STARTTLS\r\n"), to_client(b"220 go\r\n"),
            to_server(messages.records(browser_hello())),
        ),
        25,
    )  # fmt: skip
    assert heard.one("tls_activity")["server_name"] == "www.example.com"
