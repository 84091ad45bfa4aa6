"""The published vectors: RFC 9001 and RFC 9369, appendices A.2 and A.3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.capture.application.quic.frames import crypto_pieces
from netcordon.ingest.capture.application.quic.packet import Kind, long_headers, varint
from netcordon.ingest.capture.application.quic.protection import initial_keys
from tests.unit.ingest.capture.application import quic_packets

DESTINATION = bytes.fromhex("8394c8f03e515708")
SERVER_ID = bytes.fromhex("f067a5502a4262b5")
CLIENT_FRAME = bytes.fromhex(
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
    "04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
    "616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
    "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
    "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
    "0d0010000e0403050306030203080408050806002d00020101001c0002400100"
    "3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
    "75300901100f088394c8f03e51570806048000ffff"
)
SERVER_PAYLOAD = bytes.fromhex(
    "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf739"
    "88cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c94"
    "0d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00"
    "020304"
)
CLIENTS = {
    1: (
        "c300000001088394c8f03e5157080000449e00000002",
        "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11"
        "d242b123dc9bd8bab936b47d92ec356c0bab7df5976d27cd449f63300099f399",
        "e221af44860018ab0856972e194cd934",
    ),
    0x6B3343CF: (
        "d36b3343cf088394c8f03e5157080000449e00000002",
        "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485"
        "dd04de806071bf03dceebfa162e75d6c96058bdbfb127cdfcbf903388e99ad04",
        "a18b2faa745b6fe189cf772a9f84cbfc",
    ),
}
"""Version -> plain header, beginning and end of the protected packet."""
SERVERS = {
    1: "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a"
    "5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3"
    "dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84"
    "022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc4"
    "2158407dd074ee",
    0x6B3343CF: "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698"
    "baeea26b91eb761d9b89237bbf87263017915358230035f7fd3945d88965cf17"
    "f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2"
    "c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca8"
    "4bed8521e2e140",
}


@pytest.mark.parametrize("version", CLIENTS)
def test_the_clients_initial_of_the_specification(version: int) -> None:
    header, begin, end = CLIENTS[version]
    payload = CLIENT_FRAME.ljust(1162, b"\0")
    made_of = quic_packets.keys(version, DESTINATION, "client")
    packet = quic_packets.protect(bytes.fromhex(header), payload, made_of)
    assert packet.hex().startswith(begin)
    assert packet.hex().endswith(end)
    (found,) = long_headers(packet)
    assert (found.kind, found.destination, found.end) == (Kind.INITIAL, DESTINATION, 1200)
    (keys,) = initial_keys(version, DESTINATION)
    assert keys.client.open(packet, found) == payload
    assert keys.server.open(packet, found) is None
    assert [(at, len(data)) for at, data in crypto_pieces(payload)] == [(0, 241)]


@pytest.mark.parametrize("version", SERVERS)
def test_the_servers_initial_of_the_specification(version: int) -> None:
    packet = bytes.fromhex(SERVERS[version])
    (found,) = long_headers(packet)
    assert (found.kind, found.source, found.destination) == (Kind.INITIAL, SERVER_ID, b"")
    (keys,) = initial_keys(version, DESTINATION)
    assert keys.server.open(packet, found) == SERVER_PAYLOAD
    assert [(at, len(data)) for at, data in crypto_pieces(SERVER_PAYLOAD)] == [(0, 90)]


def test_the_retries_of_the_specification_are_told_apart_from_initials() -> None:
    for packet in (
        "ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba",
        "cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6",
    ):
        (found,) = long_headers(bytes.fromhex(packet))
        assert (found.kind, found.source) == (Kind.RETRY, SERVER_ID)


def test_integers_of_the_specification() -> None:
    """RFC 9000 appendix A.1."""
    for text, value in (("c2197c5eff14e88c", 151288809941952652), ("9d7f3e7d", 494878333),
                        ("7bbd", 15293), ("25", 37), ("4025", 37)):  # fmt: skip
        assert varint(bytes.fromhex(text), 0) == (value, len(text) // 2)
    assert varint(b"\x80\0\0", 0) == (-1, 0)


def test_unknown_versions_have_no_keys_and_reserved_ones_several() -> None:
    assert initial_keys(0x12345678, DESTINATION) == []
    assert initial_keys(0xFF000010, DESTINATION) == []
    assert len(initial_keys(0x1A2A3A4A, DESTINATION)) == 2


def test_frames_of_googles_versions() -> None:
    """Another number for CRYPTO, behind acknowledgements with and without ranges and times."""
    hello = b"\x08\x00\x03abc"
    for ack in ("400100000100", "6001000001 01 0501 00", "45000100000001 02" + "00" * 8, ""):
        found = list(crypto_pieces(bytes.fromhex(ack) + hello, is_google=True))
        assert found == [(0, b"abc")], ack
    assert list(crypto_pieces(b"\x40" + bytes(3), is_google=True)) == []


@given(st.binary(max_size=80), st.binary(max_size=200))
def test_no_bytes_make_it_raise(head: bytes, body: bytes) -> None:
    packet = b"\xc0\0\0\0\x01" + head + body
    for found in long_headers(packet):
        assert 0 <= found.start < found.number <= found.end <= len(packet)
        for keys in initial_keys(found.version, found.destination):
            keys.client.open(packet, found)
    assert all(len(data) <= len(body) for _, data in crypto_pieces(body))
