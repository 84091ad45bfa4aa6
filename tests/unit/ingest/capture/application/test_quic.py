from __future__ import annotations

import random

import pytest

from netcordon.ingest.capture.application.tls import handshake as tls_handshake
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.quic_packets import VERSION_2, crypto, initial, retry
from tests.unit.ingest.capture.application.talk import to_client, to_server

FIRST, CLIENT, SERVER, RETRIED = b"clientid", b"\x01\x02", b"serv", b"retryid!"
HELLO = messages.client_hello(
    (0x1301,),
    messages.server_name(b"quic.example")
    + messages.alpn(b"h3")
    + messages.versions(0x0304)
    + messages.extension(0x39, bytes(900)),
)
ANSWER = messages.server_hello(0x1302, messages.extension(43, b"\x03\x04"))
RETRY_HELLO = messages.server_hello(
    0x1302,
    messages.extension(43, b"\x03\x04"),
    random=bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"),
)
ACK = b"\x02\x00\x00\x00\x00"


def hear(*turns: tuple[int, bytes]) -> talk.Heard:
    return talk.udp([talk.Segment(d, data) for d, data in turns], 443, service="quic")


def ask(payload: bytes, **more: object) -> tuple[int, bytes]:
    settings = {"key_id": FIRST, "to": FIRST, "sender": CLIENT, "least": 1162} | more
    return to_server(initial(payload, **settings))  # type: ignore[arg-type]


def answer(payload: bytes, **more: object) -> tuple[int, bytes]:
    settings = {"key_id": FIRST, "to": CLIENT, "sender": SERVER, "side": "server"} | more
    return to_client(initial(payload, **settings))  # type: ignore[arg-type]


def test_both_hellos_are_one_row_and_end_the_interest() -> None:
    coalesced = answer(ACK + crypto(ANSWER))[1] + b"\xe0\0\0\0\x01\x02\x01\x02\x04serv\x05hands"
    heard = hear(ask(crypto(HELLO)), to_client(coalesced), to_server(b"\x40" + bytes(40)))
    row = heard.one("tls_activity")
    assert (row["protocol"], row["server_name"], row["alpn"]) == ("quic", "quic.example", ["h3"])
    assert (row["version"], row["cipher"], row["certificate"]) == ("TLSv1.3", "0x1302", "encrypted")
    assert (row["frame"], row["server_frame"], row["src_ip"]) == (1, 2, talk.CLIENT)
    assert str(row["ja4"]).startswith("q13d0104h3_")
    assert heard.feedback[-1]["want"] == 0
    assert heard.layer.refused == {}


def test_shuffled_overlapping_pieces_over_several_datagrams() -> None:
    pieces = [(at, HELLO[at : at + 70]) for at in range(0, len(HELLO), 50)]
    random.Random(4).shuffle(pieces)
    packets = [
        ask(b"\x01" + crypto(one[1], one[0]) + bytes(9) + crypto(two[1], two[0]), number=i)
        for i, (one, two) in enumerate(zip(pieces[::2], pieces[1::2] + pieces[:1], strict=False))
    ]
    heard = hear(*packets, answer(crypto(ANSWER)))
    row = heard.one("tls_activity")
    assert (row["server_name"], row["cipher"]) == ("quic.example", "0x1302")
    assert heard.layer.refused == {}


def test_version_2_and_a_draft() -> None:
    for version in (VERSION_2, 0xFF00001D):
        heard = hear(
            ask(crypto(HELLO), version=version), answer(crypto(ANSWER), version=version)
        )  # fmt: skip
        assert heard.one("tls_activity")["cipher"] == "0x1302"


def test_a_server_may_answer_in_a_compatible_version() -> None:
    heard = hear(ask(crypto(HELLO)), answer(crypto(ANSWER), version=VERSION_2))
    assert heard.one("tls_activity")["cipher"] == "0x1302"


def test_after_a_retry_the_keys_come_from_the_servers_id() -> None:
    again = ask(crypto(HELLO), key_id=RETRIED, to=RETRIED, token=b"token", number=1)
    asked = to_client(retry(to=CLIENT, sender=RETRIED))
    for turns in (
        (ask(crypto(HELLO)), asked, again, answer(crypto(ANSWER), key_id=RETRIED)),
        (ask(crypto(HELLO)), asked, answer(crypto(ANSWER), key_id=RETRIED)),  # one was lost
    ):
        row = hear(*turns).one("tls_activity")
        assert (row["frame"], row["server_frame"]) == (1, len(turns))


def test_after_version_negotiation_the_second_try_is_the_same_handshake() -> None:
    refused = to_client(b"\x8a\0\0\0\0\x02" + CLIENT + b"\x08" + FIRST + b"\0\0\0\x01")
    other = {"key_id": b"another!", "to": b"another!"}
    heard = hear(
        ask(crypto(HELLO), version=0xFF00001D), refused, ask(crypto(HELLO), **other),
        answer(crypto(ANSWER), key_id=b"another!"),
    )  # fmt: skip
    assert heard.one("tls_activity")["server_frame"] == 4


def test_the_client_goes_on_to_the_id_that_the_server_chose() -> None:
    heard = hear(
        ask(crypto(HELLO)), answer(crypto(RETRY_HELLO)),
        ask(crypto(HELLO, len(HELLO)), to=SERVER, number=1),
        answer(crypto(ANSWER, len(RETRY_HELLO)), number=1),
    )  # fmt: skip
    assert heard.one("tls_activity")["server_frame"] == 4


def test_two_connections_in_one_flow_are_two_rows() -> None:
    second = {"key_id": b"number 2", "to": b"number 2"}
    heard = hear(ask(crypto(HELLO)), ask(crypto(HELLO), **second))
    assert [row["frame"] for row in heard.rows["tls_activity"]] == [1, 2]
    assert heard.rows["tls_activity"][0]["certificate"] == "not captured"


def test_the_side_that_asks_is_the_client_whoever_came_first() -> None:
    heard = hear((talk.RESP, ask(crypto(HELLO))[1]), (talk.ORIG, answer(crypto(ANSWER))[1]))
    row = heard.one("tls_activity")
    assert (row["src_ip"], row["dst_port"]) == (talk.SERVER, 40000)
    assert heard.feedback[-1]["flip"] == 1


def test_what_cannot_be_opened_is_counted_once_a_flow() -> None:
    heard = hear(answer(crypto(ANSWER)), answer(crypto(ANSWER), number=1))
    assert "tls_activity" not in heard.rows
    assert heard.layer.refused == {"QUIC handshake not readable": 1}
    assert [warning.code for warning in heard.layer.warnings] == ["NC-261"]


def test_no_endless_stream_is_kept() -> None:
    endless = b"\x01\x00\xf0\x00" + bytes(1000)
    packets = [ask(crypto(endless[:1000], 1000 * i), number=i) for i in range(16)]
    heard = hear(*packets, ask(crypto(HELLO, 0x3FFF), number=17))
    assert "tls_activity" not in heard.rows
    assert heard.layer.refused == {}


def test_unfinished_handshakes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_handshake, "MOST_UNFINISHED", 3 * len(HELLO))
    half = crypto(HELLO[:-100], 0)
    flows = [talk.Segment(*ask(half), flow=i) for i in range(6)]
    heard = talk.udp([*flows, talk.Segment(*ask(crypto(HELLO)), flow=9)], 443, service="quic")
    assert "tls_activity" not in heard.rows
    assert heard.layer.refused == {"handshakes beyond the bound": 4}
    finished = [talk.Segment(*ask(crypto(HELLO)), flow=i) for i in range(6)]
    answered = [talk.Segment(*answer(crypto(ANSWER)), flow=i) for i in range(6)]
    turns = [turn for pair in zip(finished, answered, strict=True) for turn in pair]
    heard = talk.udp(turns, 443, service="quic")
    assert len(heard.rows["tls_activity"]) == 6
    assert heard.layer.refused == {}
