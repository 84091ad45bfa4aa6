"""Messages over UDP that are read by the column: SNMP and IKE."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.udp.snmp_kernel import MESSAGE, read_snmp
from netcordon.ingest.capture.events import ORIG, RESP
from tests.unit.ingest.capture import datagrams
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.talk import Row, Segment

ber = datagrams.ber
SYS_DESCR = bytes.fromhex("2b06010201010100")
LARGE_ARC = bytes.fromhex("2b8fffffff7f")
NAMES = {SYS_DESCR: "1.3.6.1.2.1.1.1.0", LARGE_ARC: "1.3.4294967295"}


def _message(tag: int, *fields: bytes, community: bytes = b"public") -> bytes:
    return ber(0x30, ber(2, b"\1"), ber(4, community), ber(tag, *fields))


def _bindings(*names: bytes) -> bytes:
    return ber(0x30, *(ber(0x30, ber(6, name), b"\5\0") for name in names))


def _rows(service: str, *segments: Segment) -> list[Row]:
    heard = talk.udp(segments, 4000, service=service)
    assert heard.layer.refused == {}
    return heard.rows["application_activity"]


def test_snmp_answers_with_a_status_and_the_first_three_names() -> None:
    fields = (ber(2, b"\7"), ber(2, b"\x05"), ber(2, b"\1"))
    bindings = _bindings(SYS_DESCR, LARGE_ARC, SYS_DESCR, LARGE_ARC)
    (row,) = _rows("snmp", Segment(RESP, _message(0xA2, *fields, bindings)))
    assert row["operation"] == "response"
    assert row["is_response"] is True
    assert row["status"] == "genErr"
    assert row["object"] == f"{NAMES[SYS_DESCR]} {NAMES[LARGE_ARC]} {NAMES[SYS_DESCR]}"
    assert row["src_ip"] == talk.CLIENT
    unknown = (ber(2, b"\7"), ber(2, b"\x01\x00"), ber(2, b"\1"))
    (row,) = _rows("snmp", Segment(RESP, _message(0xA2, *unknown, _bindings())))
    assert (row["status"], row["object"]) == ("256", None)


def test_snmp_traps_name_the_enterprise_or_the_variables() -> None:
    first = _message(0xA4, ber(6, SYS_DESCR), ber(0x40, bytes(4)), ber(2, b"\0"), ber(2, b"\0"))
    second = _message(0xA7, *[ber(2, b"\0")] * 3, _bindings(LARGE_ARC))
    old, new = _rows("snmp", Segment(ORIG, first), Segment(ORIG, second))
    assert old["operation"] == new["operation"] == "trap"
    assert (old["object"], new["object"]) == (NAMES[SYS_DESCR], NAMES[LARGE_ARC])
    assert old["status"] is new["status"] is None


def test_snmp_cut_off_by_the_capture_is_read_as_far_as_it_goes() -> None:
    whole = _message(0xA0, *[ber(2, b"\0")] * 3, _bindings(SYS_DESCR, LARGE_ARC))
    (row,) = _rows("snmp", Segment(ORIG, whole[:-7], cut=7))
    assert row["object"] == f"{NAMES[SYS_DESCR]} 1.3"
    assert row["bytes"] == len(whole)


def test_snmp_encrypted_by_version_3_shows_who_asks() -> None:
    head = ber(0x30, ber(2, b"\1"), ber(2, b"\x05\xdc"), ber(4, b"\x07"), ber(2, b"\3"))
    user = ber(0x30, ber(4, b"e"), ber(2, b"\1"), ber(2, b"\2"), ber(4, b"an\x1bna"))
    message = ber(0x30, ber(2, b"\3"), head, ber(4, user), ber(4, b"sealed"))
    (row,) = _rows("snmp", Segment(ORIG, message))
    assert (row["operation"], row["account"]) == ("encrypted", "an\\x1bna")
    assert json.loads(str(row["detail"])) == {
        "is_authenticated": True, "is_encrypted": True, "version": "3",
    }  # fmt: skip


def test_the_first_message_says_who_is_the_client_of_a_flow() -> None:
    answer = _message(0xA2, *[ber(2, b"\0")] * 3, _bindings(SYS_DESCR))
    heard = talk.udp([Segment(ORIG, answer), Segment(RESP, datagrams.snmp_get())], 4000,
                     service="snmp")  # fmt: skip
    assert heard.feedback["flip"].tolist() == [1]
    assert {row["src_ip"] for row in heard.rows["application_activity"]} == {talk.SERVER}
    heard = talk.udp([Segment(ORIG, datagrams.snmp_get()), Segment(ORIG, answer)], 4000,
                     service="snmp")  # fmt: skip
    assert not heard.feedback["flip"].any()


def test_ike_tells_an_exchange_once_a_direction_of_each_flow() -> None:
    ask, reply = datagrams.ike(), bytearray(datagrams.ike())
    reply[19] |= 0x20
    found = _rows(
        "ike", Segment(ORIG, ask), Segment(ORIG, ask), Segment(RESP, bytes(reply)),
        Segment(ORIG, ask, flow=2), Segment(ORIG, datagrams.ike(35)),
    )  # fmt: skip
    said = [(row["operation"], row["is_response"], row["detail"]) for row in found]
    spi = '{"initiator_spi":"0101010101010101"}'
    assert said == [
        ("IKE_SA_INIT", False, spi), ("IKE_SA_INIT", True, spi), ("IKE_SA_INIT", False, spi),
        ("IKE_AUTH", False, spi),
    ]  # fmt: skip


def test_esp_beside_ike_is_passed_over_and_a_marked_stump_is_malformed() -> None:
    esp, stump = b"\x12\x34\x56\x78" + bytes(40), bytes(4) + datagrams.ike()[:20]
    heard = talk.udp([Segment(ORIG, esp), Segment(ORIG, stump)], 4500, service="ike")
    assert heard.layer.refused == {"datagram malformed": 1}
    assert "application_activity" not in heard.rows


@settings(max_examples=300)
@given(st.data())
def test_the_kernel_reads_what_the_rules_of_der_give(data: st.DataObject) -> None:
    sound = bytearray(_message(0xA0, *[ber(2, b"\0")] * 3, _bindings(SYS_DESCR, LARGE_ARC)))
    for _ in range(data.draw(st.integers(0, 3))):
        sound[data.draw(st.integers(0, len(sound) - 1))] = data.draw(st.integers(0, 255))
    packet = bytes(sound[: data.draw(st.integers(0, len(sound)))])
    block = np.frombuffer(b"\xff" + packet + b"\xff", dtype=np.uint8)
    messages, names = np.empty(1, dtype=MESSAGE), np.empty(1 << 12, dtype=np.uint8)
    at, count = read_snmp(
        block, np.array([1]), np.array([len(packet)], dtype=np.int32), 0, messages, names
    )
    assert at == 1
    parts = der.elements(der.inner(packet))
    is_head = len(parts) > 2 and parts[0][0] == 2 and len(parts[0][1]) == 1
    if not is_head or parts[0][1] == b"\3":
        return
    assert count == (parts[1][0] == 4 and 0xA0 <= parts[2][0] <= 0xA8)
    if count:
        assert messages["version"][0] == parts[0][1][0]
        assert messages["pdu"][0] == parts[2][0]
        assert messages["is_default"][0] == (parts[1][1].lower() == b"public")
