"""Control protocols: requests with their answers, reassembly, checksums."""

from __future__ import annotations

import struct

from netcordon.ingest.capture.application.tcp import dnp3_link
from netcordon.ingest.capture.events import ORIG, RESP
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.talk import Row


def rows(*turns: tuple[int, bytes], port: int = 4000) -> list[Row]:
    heard = talk.tcp(talk.stream(*turns), port)
    assert heard.layer.refused == {}
    return heard.rows["ot_activity"]


def modbus(transaction: int, pdu: bytes, unit: int = 1) -> bytes:
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu


def test_modbus_matches_answers_to_requests() -> None:
    read, write, again = rows(
        (ORIG, modbus(1, b"\3\0\x6b\0\3")), (ORIG, modbus(2, b"\6\0\1\0\3", unit=9)),
        (RESP, modbus(2, b"\x86\2", unit=9)), (RESP, modbus(1, b"\3\6" + bytes(6))),
        (ORIG, modbus(3, b"\x10\0\1\0\2\4" + bytes(4))),
        port=502,
    )  # fmt: skip
    by_unit = sorted((read, write, again), key=lambda row: int(str(row["frame"])))
    first, second, third = by_unit
    assert (first["function"], first["address"], first["quantity"]) == (
        "Read Holding Registers", 0x6B, 3)  # fmt: skip
    assert (first["is_write"], first["is_answered"], first["error"]) == (False, True, None)
    assert (second["unit"], second["error"], second["is_write"]) == (
        9, "Illegal data address", True)  # fmt: skip
    assert (third["function"], third["quantity"], third["is_answered"]) == (
        "Write Multiple Registers", 2, False)  # fmt: skip


def test_a_server_heard_first_is_the_server() -> None:
    heard = talk.tcp(talk.stream((ORIG, modbus(1, b"\3\2\0\1")), (RESP, modbus(2, b"\3\0\0\0\1"))),
                     4711, source_port=502)  # fmt: skip
    assert heard.one("ot_activity")["src_ip"] == talk.SERVER


def tpkt(cotp: bytes) -> bytes:
    return struct.pack(">BBH", 3, 0, len(cotp) + 4) + cotp


def s7(kind: int, reference: int, parameter: bytes, data: bytes = b"", error: bytes = b"") -> bytes:
    head = struct.pack(">BBHHHH", 0x32, kind, 0, reference, len(parameter), len(data)) + error
    return tpkt(b"\2\xf0\x80" + head + parameter + data)


CONNECT = tpkt(b"\x11\xe0\0\0\0\1\0\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2")
ITEM = b"\x12\x0a\x10\2\0\4\0\1\x84\0\0\x50"


def test_s7_jobs_with_their_acknowledgements() -> None:
    stop = b"\x29" + bytes(5) + b"\x09P_PROGRAM"
    done, refused = b"\0\0", b"\x85\0"
    setup, write, halt = rows(
        (ORIG, CONNECT), (RESP, tpkt(b"\x11\xd0\0\1\0\2\0\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2")),
        (ORIG, s7(1, 1, b"\xf0\0\0\1\0\1\1\xe0")),
        (RESP, s7(3, 1, b"\xf0\0\0\1\0\1\0\xf0", error=done)),
        (ORIG, s7(1, 2, b"\5\1" + ITEM, b"\0\4\0\x20abcd")),
        (RESP, s7(3, 2, b"\5\1", b"\x0a", error=done)),
        (ORIG, s7(1, 3, stop)), (RESP, s7(3, 3, b"\x29", error=refused)),
        port=102,
    )  # fmt: skip
    assert (setup["function"], setup["unit"], setup["is_write"]) == (
        "Setup communication",
        2,
        False,
    )
    assert (write["address"], write["quantity"], write["error"]) == (10, 4, "item 0a")
    assert (halt["function"], halt["is_write"], halt["error"]) == ("PLC Stop", True, "error 8500")


def test_a_connection_request_of_remote_desktop_is_none_of_s7() -> None:
    cookie = b"Cookie: mstshash=anna\r\n" + b"\1\0\x08\0\3\0\0\0"
    request = tpkt(bytes([6 + len(cookie)]) + b"\xe0\0\0\0\0\0" + cookie)
    heard = talk.tcp(talk.stream((ORIG, request)), 3389)
    assert "ot_activity" not in heard.rows


def frame(data: bytes, control: int, destination: int, source: int) -> bytes:
    head = b"\x05\x64" + struct.pack("<BBHH", len(data) + 5, control, destination, source)
    out = head + struct.pack("<H", dnp3_link.checksum(head))
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        out += block + struct.pack("<H", dnp3_link.checksum(block))
    return out


def test_the_checksum_is_the_published_one() -> None:
    # A link status request of IEEE 1815's examples: 05 64 05 C0 01 00 00 04 E9 21
    assert dnp3_link.checksum(bytes.fromhex("056405c001000004")) == 0x21E9


def test_dnp3_over_two_segments() -> None:
    operate = b"\xc3\5" + b"\x0c\1\x28\1\0\x0a\0" + bytes(11)
    first, second = b"\x41" + operate[:9], b"\x82" + operate[9:]
    answer = b"\xc1" + b"\xc3\x81\0\4" + b"\x0c\1\x28\1\0\x0a\0"
    (row,) = rows(
        (ORIG, frame(first, 0xC4, 10, 1)), (ORIG, frame(second, 0xC4, 10, 1)),
        (RESP, frame(answer, 0x44, 1, 10)),
        port=20000,
    )  # fmt: skip
    assert (row["function"], row["unit"], row["is_write"]) == ("Direct Operate", 10, True)
    assert (row["address"], row["quantity"], row["error"]) == (10, 1, "parameter error")
    assert row["is_answered"] is True


def test_a_wrong_checksum_is_counted_and_read_over() -> None:
    read = frame(b"\xc1\xc2\1\x3c\2\6", 0xC4, 10, 1)
    damaged = read[:12] + bytes([read[12] ^ 1]) + read[13:]
    heard = talk.tcp(talk.stream((ORIG, read + damaged)), 20000)
    assert heard.layer.refused == {"checksum wrong in a control message": 1}
    assert heard.one("ot_activity")["function"] == "Read"
