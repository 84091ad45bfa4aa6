from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.capture.events import ORIG, RESP, SERVICES
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import Segment

A = bytes((192, 0, 2, 1))


def question(data: bytes, port: int = 53, source_port: int = 40000) -> talk.Row:
    return talk.udp([Segment(ORIG, data)], port, source_port).one("dns_activity")


def test_a_question_and_its_answer() -> None:
    answers = (
        (5, messages.dns_name(b"cdn.example.net")), (1, A),
        (28, b"\x20\x01\x0d\xb8" + bytes(11) + b"\x01"),
    )  # fmt: skip
    heard = talk.udp(
        [
            Segment(ORIG, messages.dns(b"www.Example.com")),
            Segment(RESP, messages.dns(b"www.Example.com", flags=0x8180, answers=answers)),
        ],
        53,
    )
    asked, answered = heard.rows["dns_activity"]
    assert (asked["query"], asked["query_type"], asked["query_bytes"]) == (
        "www.Example.com",
        "A",
        17,
    )
    assert (asked["rcode"], asked["rd"], asked["answers"]) == (None, True, [])
    assert answered["answers"] == ["cdn.example.net", "192.0.2.1", "2001:db8::1"]
    assert answered["answer_types"] == ["CNAME", "A", "AAAA"]
    assert (answered["answer_ttls"], answered["rcode"]) == ([300, 300, 300], "NOERROR")
    assert (answered["answer_bytes"], answered["answer_count"]) == (37, 3)
    assert asked["src_ip"] == answered["src_ip"] == talk.CLIENT
    assert [SERVICES[s] for s in heard.feedback["service"]] == ["dns"]


def test_a_recording_that_begins_with_the_answer_names_the_asker() -> None:
    heard = talk.udp([Segment(ORIG, messages.dns(b"a.b", flags=0x8183))], 40000, 53)
    row = heard.one("dns_activity")
    assert (row["src_ip"], row["dst_port"], row["rcode"]) == (talk.SERVER, 53, "NXDOMAIN")
    assert heard.feedback["flip"].tolist() == [1]


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        ((b"a.b", b"c"), "a\\.b.c"),
        ((b"a\\b",), "a\\\\b"),
        ((b"a b\x00\xff",), "a\\032b\\000\\255"),
        ((), "."),
    ],
)
def test_names_are_in_presentation_form(labels: tuple[bytes, ...], shown: str) -> None:
    wire = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    data = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + wire + struct.pack(">HH", 16, 1)
    assert question(data)["query"] == shown


@pytest.mark.parametrize(
    ("kind", "data", "shown"),
    [
        (15, b"\x00\x0a\x04mail\xc0\x0c", "10 mail.a.b"),
        (33, struct.pack(">3H", 1, 2, 443) + b"\x01s\0", "1 2 443 s"),
        (16, b'\x03a"b\x01\x07', '"a\\"b" "\\007"'),
        (6, b"\x01m\0\x01r\0" + struct.pack(">5I", 1, 2, 3, 4, 5), "m r 1 2 3 4 5"),
        (65, b"\x00\x01\0", "1 ."),
        (99, b"\x01\xab", "\\# 2 01ab"),
        (1, b"\x01", "\\# 1 01"),
        (5, b"\xc0\xff", "\\# 2 c0ff"),
    ],
)
def test_data_of_records_as_text(kind: int, data: bytes, shown: str) -> None:
    row = question(messages.dns(b"a.b", kind, flags=0x8180, answers=((kind, data),)))
    assert row["answers"] == [shown]


@pytest.mark.parametrize(
    "wire", [b"\xc0\x0c", b"\x01a\xc0\x0c", b"\x40a", b"\x05abc", b"\xc0", b"\x3f" * 256]
)
def test_loops_and_overlong_names_are_refused(wire: bytes) -> None:
    data = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + wire + struct.pack(">HH", 1, 1)
    heard = talk.udp([Segment(ORIG, data)], 53)
    assert "dns_activity" not in heard.rows
    assert heard.layer.refused == {"DNS message malformed": 1}
    assert len(heard.feedback) == 0


def test_dns_over_tcp_is_cut_into_messages() -> None:
    wire = b"".join(
        struct.pack(">H", len(m)) + m for m in (messages.dns(b"a.b"), messages.dns(b"c"))
    )
    segments = talk.stream(*((ORIG, wire[i : i + 5]) for i in range(0, len(wire), 5)))
    heard = talk.tcp(segments, 53)
    assert [(r["query"], r["protocol"]) for r in heard.rows["dns_activity"]] == [
        ("a.b", "tcp"), ("c", "tcp"),
    ]  # fmt: skip


def test_a_netbios_registration_names_host_and_group() -> None:
    def registration(name: bytes, flags: int) -> bytes:
        own = bytes((10, 0, 0, 5))
        head = struct.pack(">6H", 9, 0x2910, 1, 0, 0, 1) + messages.netbios_name(name, 0)
        data = struct.pack(">HH", 32, 1) + b"\xc0\x0c" + struct.pack(">HHIHH", 32, 1, 300, 6, flags)
        return head + data + own

    heard = talk.udp(
        [Segment(ORIG, registration(b"PC-7", 0)), Segment(ORIG, registration(b"CORP", 0x8000))],
        137, 137,
    )  # fmt: skip
    assert [r["query"] for r in heard.rows["dns_activity"]] == ["PC-7<00>", "CORP<00>"]
    assert heard.rows["dns_activity"][0]["query_type"] == "NB"
    identities = [
        (r["ip"], r["host_name"], r["domain"], r["mac"]) for r in heard.rows["host_identity"]
    ]
    assert identities == [
        (talk.CLIENT, "PC-7", None, "02:00:00:00:00:01"),
        (talk.CLIENT, None, "CORP", "02:00:00:00:00:01"),
    ]


def test_a_node_status_answer_names_the_host() -> None:
    def entry(name: bytes, suffix: int, flags: int) -> bytes:
        return name.ljust(15) + bytes([suffix]) + struct.pack(">H", flags)

    body = (
        b"\x03" + entry(b"SRV", 0, 0x0400) + entry(b"CORP", 0, 0x8400) + entry(b"SRV", 32, 0x0400)
    )
    body += bytes.fromhex("020000000009") + bytes(40)
    head = struct.pack(">6H", 9, 0x8400, 0, 1, 0, 0) + messages.netbios_name(b"*", 0)
    data = head + struct.pack(">HHIH", 33, 1, 0, len(body)) + body
    heard = talk.udp([Segment(RESP, data)], 137, 137)
    row = heard.one("host_identity")
    assert (row["ip"], row["host_name"], row["domain"]) == (talk.SERVER, "SRV", "CORP")
    assert row["mac"] == "02:00:00:00:00:09"


def test_an_mdns_answer_is_its_senders_and_names_it() -> None:
    head = struct.pack(">6H", 0, 0x8400, 0, 1, 0, 0) + messages.dns_name("Jörg.local".encode())
    data = head + struct.pack(">HHIH", 1, 0x8001, 120, 4) + bytes((10, 0, 0, 5))
    heard = talk.udp([Segment(ORIG, data)], 5353, 5353)
    row = heard.one("dns_activity")
    assert (row["service"], row["src_ip"], row["query"]) == ("mdns", talk.CLIENT, None)
    identity = heard.one("host_identity")
    assert (identity["ip"], identity["host_name"], identity["source"]) == (
        talk.CLIENT,
        "Jörg",
        "mdns",
    )


def test_more_answers_than_are_kept_are_counted() -> None:
    row = question(messages.dns(b"a", flags=0x8180, answers=((1, A),) * 50))
    assert (len(row["answers"]), row["answer_count"], row["answer_bytes"]) == (32, 50, 200)  # type: ignore[arg-type]


@given(st.binary(max_size=600), st.sampled_from((53, 5353, 5355, 137)))
def test_any_bytes_are_read_without_harm(data: bytes, port: int) -> None:
    heard = talk.udp([Segment(ORIG, data)], port)
    for row in heard.rows.get("dns_activity", []):
        assert len(str(row["query"])) <= 1100
        assert all(len(text) <= 5000 for text in row["answers"])  # type: ignore[attr-defined]


@given(st.data())
def test_damaged_messages_are_read_without_harm(data: st.DataObject) -> None:
    wire = bytearray(
        messages.dns(
            b"www.example.com", flags=0x8180, answers=((5, b"\xc0\x0c"), (1, A), (16, b"\x02hi"))
        )
    )
    for _ in range(data.draw(st.integers(1, 6))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(wire)))
    talk.udp([Segment(ORIG, bytes(wire[:cut]), cut=len(wire) - cut)], 53)
