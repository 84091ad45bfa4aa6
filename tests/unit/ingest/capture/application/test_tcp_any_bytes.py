"""Damaged, cut and repeated dialogues are read without harm, and cuts do not change the rows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.events import ORIG, RESP
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application import test_control as control
from tests.unit.ingest.capture.application import test_tcp_services as tcp

DIALOGUES: dict[str, list[tuple[int, bytes]]] = {
    "modbus": [(ORIG, control.modbus(1, b"\3\0\x6b\0\3")), (RESP, control.modbus(1, b"\3\2\0\1"))],
    "s7comm": [(ORIG, control.CONNECT), (ORIG, control.s7(1, 2, b"\4\1" + control.ITEM)),
               (RESP, control.s7(3, 2, b"\4\1", b"\xff", b"\0\0"))],
    "dnp3": [(ORIG, control.frame(b"\xc1\xc2\1\x3c\2\6", 0xC4, 10, 1)),
             (RESP, control.frame(b"\xc1\xc2\x81\0\0", 0x44, 1, 10))],
    "mqtt": [(ORIG, tcp.mqtt(0x10, tcp.text(b"MQTT") + b"\4\2\0\x3c" + tcp.text(b"cam-1"))),
             (RESP, b"\x20\2\0\0"), (ORIG, tcp.mqtt(0x30, tcp.text(b"t") + b"x"))],
    "socks": [(ORIG, b"\5\1\0"), (RESP, b"\5\0"), (ORIG, b"\5\1\0\1\xc0\0\2\7\0\x50"),
              (RESP, b"\5\0\0\1" + bytes(6))],
    "stratum": [(ORIG, b'{"id":2,"method":"mining.authorize","params":["w","x"]}\n'),
                (RESP, b'{"id":2,"result":true}\n')],
    "irc": [(ORIG, b"NICK a\r\nUSER a 0 * :x\r\nJOIN #c\r\n"), (RESP, b":s 001 a :hi\r\n")],
    "telnet": [(RESP, b"\xff\xfd\x18\xff\xfd\x20\r\nlogin: "), (ORIG, b"root\r\n"),
               (RESP, b"Password: "), (ORIG, b"x\r\n"), (RESP, b"\r\n# ")],
    "vnc": [(RESP, b"RFB 003.008\n"), (ORIG, b"RFB 003.008\n"), (RESP, b"\1\1"), (ORIG, b"\1"),
            (RESP, bytes(4))],
    "redis": [(ORIG, tcp.resp(b"CONFIG", b"GET", b"*")), (RESP, b"*0\r\n")],
    "mongodb": [(ORIG, tcp.op_msg(tcp.bson(tcp.bson_text(b"find", b"c"),
                                           tcp.bson_text(b"$db", b"d"))))],
    "sip": [(ORIG, b"OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n"),
            (RESP, b"SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n\r\n")],
}  # fmt: skip
_PLACES = ("time", "frame")


def _rows(heard: talk.Heard) -> list[str]:
    return sorted(
        repr((table, {key: value for key, value in row.items() if key not in _PLACES}))
        for table, found in heard.rows.items()
        for row in found
    )


@pytest.mark.parametrize("name", sorted(DIALOGUES))
@settings(max_examples=40)
@given(data=st.data())
def test_cuts_do_not_matter(name: str, data: st.DataObject) -> None:
    turns = []
    for way, whole in DIALOGUES[name]:
        cuts = data.draw(st.lists(st.integers(1, 80), max_size=4)) if turns else []
        edges = sorted({0, len(whole), *(cut % len(whole) for cut in cuts)})
        turns += [(way, whole[a:b]) for a, b in pairwise(edges)]
    assert _rows(tcp.hear(*turns)) == _rows(tcp.hear(*DIALOGUES[name]))


@pytest.mark.parametrize("name", sorted(DIALOGUES))
@settings(max_examples=80)
@given(data=st.data())
def test_damage_does_no_harm(name: str, data: st.DataObject) -> None:
    turns = []
    for way, whole in DIALOGUES[name]:
        damaged = bytearray(whole)
        for _ in range(data.draw(st.integers(0, 3))):
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
        turns.append((way, bytes(damaged)))
    turns += data.draw(st.lists(st.sampled_from(turns), max_size=4))
    heard = talk.tcp(talk.stream(*turns), data.draw(st.sampled_from((23, 80, 102, 502, 4711))))
    assert "parser failed" not in heard.layer.refused
    gappy = [segment for segment in talk.stream(*turns) if data.draw(st.booleans())]
    assert "parser failed" not in talk.tcp(gappy, 4711).layer.refused
