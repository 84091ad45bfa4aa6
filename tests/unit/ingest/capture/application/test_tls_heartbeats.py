"""TLS heartbeats: what is asked for, what comes back, in clear and by size alone."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import Row, to_client, to_server

ALLOWED = messages.extension(15, b"\x01")
CLIENT = messages.records(messages.client_hello((0xC02F,), ALLOWED))
SERVER = messages.records(messages.server_hello(0xC02F, ALLOWED))
DONE = messages.records(b"\x0e\0\0\0")
KEYS = messages.records(b"\x10\0\0\x02ab")
CHANGE = b"\x14\x03\x03\0\x01\x01"


def record(kind: int, body: bytes) -> bytes:
    return struct.pack(">BHH", kind, 0x0302, len(body)) + body


def beat(kind: int, claimed: int, payload: bytes = b"") -> bytes:
    return record(24, struct.pack(">BH", kind, claimed) + payload)


def rows(*turns: tuple[int, bytes], blocks: int = 1) -> list[Row]:
    heard = talk.tcp(talk.stream(*turns), 443, blocks=blocks)
    assert heard.layer.refused == {}
    assert len(heard.rows["tls_activity"]) == 1
    return heard.rows.get("application_activity", [])


def told(row: Row) -> tuple[object, ...]:
    facts = json.loads(str(row["detail"])) if row["detail"] else {}
    return row["operation"], row["is_response"], row["bytes"], facts.get("claimed")


@pytest.mark.parametrize("blocks", [1, 4])
def test_a_false_claim_and_its_answer_before_the_keys(blocks: int) -> None:
    asked, given_ = rows(
        to_server(CLIENT), to_client(SERVER + DONE), to_server(beat(1, 0x4000)),
        to_client(beat(2, 0x4000, bytes(0x4000))), blocks=blocks,
    )  # fmt: skip
    assert told(asked) == ("heartbeat_request", False, 3, 0x4000)
    assert told(given_) == ("heartbeat_response", True, 0x4003, 0x4000)
    assert asked["src_ip"] == given_["src_ip"] == talk.CLIENT
    assert (asked["service"], asked["protocol"]) == ("tls", "tcp")


def test_encrypted_ones_are_told_by_size() -> None:
    asked, given_ = rows(
        to_server(CLIENT), to_client(SERVER + DONE),
        to_server(KEYS + CHANGE + record(22, bytes(40))),
        to_client(CHANGE + record(22, bytes(40)) + record(23, bytes(900))),
        to_server(record(24, bytes(61))), to_client(record(24, bytes(16448))),
    )  # fmt: skip
    assert told(asked) == ("heartbeat", False, 61, None)
    assert told(given_) == ("heartbeat", True, 16448, None)


def test_a_request_is_told_though_the_server_never_agreed() -> None:
    plain = messages.records(messages.server_hello(0xC02F))
    (asked,) = rows(
        to_server(messages.records(messages.client_hello((0xC02F,), b""))), to_client(plain + DONE),
        to_server(beat(1, 0x4000)),
    )  # fmt: skip
    assert told(asked) == ("heartbeat_request", False, 3, 0x4000)


def test_without_heartbeats_there_are_no_rows() -> None:
    turns = [to_server(CLIENT), to_client(SERVER + DONE), to_server(KEYS + CHANGE)]
    assert rows(*turns, to_client(CHANGE + record(23, bytes(500)))) == []


def test_a_flood_of_them_is_counted_and_not_kept() -> None:
    turns = [to_server(CLIENT), to_client(SERVER + DONE)]
    found = rows(*turns, *[to_server(beat(1, 1, bytes(17)))] * 2000)
    assert len(found) < 70
    assert found[-1]["operation"] == "more"


PIECES = st.lists(
    st.tuples(
        st.sampled_from([0, 1]),
        st.one_of(
            st.binary(max_size=40),
            st.builds(record, st.integers(18, 26), st.binary(max_size=30)),
            st.builds(beat, st.integers(0, 3), st.integers(0, 0xFFFF), st.binary(max_size=30)),
            st.sampled_from([CHANGE, KEYS, DONE, b"\x18", b"\x18\x05\0\0\x01\0", b"\x18\x03\x03"]),
        ),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=5000)
@given(PIECES, st.booleans(), st.integers(1, 4))
def test_no_records_make_it_fail_or_wait_for_ever(
    pieces: list[tuple[int, bytes]], is_agreed: bool, blocks: int
) -> None:
    answer = SERVER if is_agreed else messages.records(messages.server_hello(0xC02F))
    turns = [to_server(CLIENT), to_client(answer), *pieces]
    heard = talk.tcp(talk.stream(*[turn for turn in turns if turn[1]]), 443, blocks=blocks)
    assert "parser failed" not in heard.layer.refused
    assert len(heard.rows.get("application_activity", ())) <= len(pieces) * 8
