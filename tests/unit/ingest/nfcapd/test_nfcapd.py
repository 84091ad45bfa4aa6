"""Files of nfdump: every layout and packing, halves and pieces joined, damage counted."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from netcordon.ingest.nfcapd.lzo import unpack_lzo
from tests.unit.ingest.capture.exports.test_netflow import at
from tests.unit.ingest.nfcapd.files import (
    CLIENT,
    MS,
    SERVER,
    element,
    ends,
    exporter,
    layout1,
    layout2,
    read,
    record,
    record1,
)

LZO_END = b"\x11\0\0"


def lzo_literals(data: bytes) -> bytes:
    """A stream of LZO that repeats nothing."""
    rest = len(data) - 18
    assert rest > 255
    return b"\0" + b"\0" * (rest // 255) + bytes([rest % 255]) + data + LZO_END


@pytest.mark.parametrize("packing", range(5))
def test_both_directions_of_a_flow_in_every_packing(packing: int) -> None:
    records = [
        exporter(domain=3),
        record(),
        record(start=MS + 40, ports=(443, 40000), addresses=ends(SERVER, CLIENT), packets=7),
        record(
            protocol=17, ports=(5000, 53), flags=0, addresses=ends("2001:db8::1", "2001:db8::2")
        ),
    ]
    packed = lzo_literals(b"".join(records)) if packing == 1 else None
    rows, result = read(layout2(records, packing, packed))
    assert (result.records, result.complete, result.refused) == (3, True, {})
    row, six = rows
    assert [row[k] for k in ("src_ip", "src_port", "dst_ip", "dst_port")] == [
        CLIENT, 40000, SERVER, 443,
    ]  # fmt: skip
    assert (row["packets_out"], row["packets_in"], row["flow_records"]) == (10, 7, 2)
    assert (row["start_time"], row["end_time"]) == (at(0), at(2_000_000))
    assert (row["exporter"], row["conn_state"]) == ("198.51.100.1#3", "SF")
    assert (six["src_ip"], six["protocol"], six["dst_port"]) == ("2001:db8::1", "udp", 53)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", [1, 10])
def test_version_1_6_in_either_byte_order(kind: int, order: str) -> None:
    records = [
        record1(kind, order=order),
        record1(kind, order=order, wide=True, src=SERVER, dst=CLIENT, ports=(443, 40000)),
        record1(kind, order=order, src="2001:db8::1", dst="2001:db8::2", wide=True),
    ]
    rows, result = read(layout1(records, order, failures=5))
    assert [r["flow_records"] for r in rows] == [2, 1]
    assert (rows[0]["ip_bytes_out"], rows[0]["ip_bytes_in"]) == (2000, 2000)
    assert rows[0]["start_time"] == at(250_000)
    assert rows[1]["src_ip"] == "2001:db8::1"
    assert result.facts["sequence_failures"] == 5


def test_what_a_record_adds_to_its_ends() -> None:
    sampler = struct.pack("<HHHHqII", 9, 24, 1, 0, 6, 1, 99)
    misc = element(4, struct.pack("<IIBBBBBBBB", 1, 2, 0, 0, 0, 0, 1, 0, 0x12, 0))
    rows, _ = read(layout2([
        exporter(), sampler,
        record(misc, element(5, struct.pack("<QQQ", 1, 4, 400)), ports=(1, 443)),
        record(element(6, struct.pack("<II", 30, 0)), ports=(2, 443)),
        record(element(15, struct.pack("<4Q", 0x020000000A, 0, 0x0B, 0)), ports=(3, 443)),
        record(element(18, struct.pack("<QHH", 6, 1, 0)), ports=(4, 443), flags=2),
        record(element(19, struct.pack("<QIHBB", MS, 9, 0, 3, 0)), ports=(5, 443), flags=0),
        record(ports=(6, 443), status=0x80),
        record(ports=(0, 0x0803), protocol=1, flags=0),
    ]))  # fmt: skip
    by_port = {row["src_port"]: row for row in rows}
    assert (by_port[1]["packets_in"], by_port[1]["tcp_flags_in"]) == (4, 0x12)
    assert by_port[2]["vlan"] == 30
    assert by_port[3]["src_mac"] == "00:02:00:00:00:0a"
    assert (by_port[4]["sampling_interval"], by_port[4]["packets_in"]) == (100, None)
    assert (by_port[5]["conn_state"], by_port[6]["conn_state"]) == ("S0", "S0")
    assert (by_port[8]["protocol"], by_port[8]["dst_port"]) == ("icmp", 3)


def test_times_that_the_exporter_did_not_know() -> None:
    rows, _ = read(layout2([
        record(start=0, stop=MS + 500, ports=(1, 443)),
        record(start=MS + 500, stop=0, ports=(2, 443)),
        record(start=0, stop=0, ports=(3, 443)),
        record(start=(1 << 64) - 8, stop=MS, ports=(4, 443)),
    ]))  # fmt: skip
    times = {row["src_port"]: (row["start_time"], row["duration_s"]) for row in rows}
    assert times[1] == times[2] == (at(500_000), 0.0)
    assert (times[3], times[4]) == ((at(9_000_000), 0.0), (at(0), 0.0))


def test_every_step_of_lzo() -> None:
    chance = random.Random(3)
    head = chance.randbytes(40)
    stream, plain = bytes([17 + 40]) + head, bytearray(head)

    def repeat(back: int, length: int, literals: bytes, code: bytes) -> None:
        nonlocal stream
        stream += code + literals
        for _ in range(length):
            plain.append(plain[-back])
        plain.extend(literals)

    repeat(5, 4, b"ab", bytes([(4 - 1) << 5 | (4 & 7) << 2 | 2, 0]))  # 3 to 8 octets, near
    repeat(9, 2, b"", bytes([8 << 2 & 0xF, 2]))  # 2 octets after literals
    repeat(30, 300, b"xyz", bytes([32, 0, 12]) + struct.pack("<H", 29 << 2 | 3))  # long
    long = chance.randbytes(20_000)
    stream_rest = len(long) - 18
    repeat(1, 3, b"", bytes([(3 - 1) << 5]) + b"\0")
    stream += b"\0" + b"\0" * (stream_rest // 255) + bytes([stream_rest % 255]) + long
    plain.extend(long)
    repeat(2049 + 4, 3, b"q", bytes([1, 1]))  # after a run of literals: 2049 and farther
    repeat(16384 + 90, 9, b"", bytes([16 | 7]) + struct.pack("<H", 90 << 2))  # far
    stream += LZO_END
    out = np.zeros(1 << 16, dtype=np.uint8)
    data = np.frombuffer(bytearray(stream), dtype=np.uint8)
    assert unpack_lzo(data, out) == len(plain)
    assert out[: len(plain)].tobytes() == bytes(plain)
    assert unpack_lzo(data, out[: len(plain) - 1]) == -1
    for end in range(0, len(stream), 997):
        assert unpack_lzo(data[:end].copy(), out) == -1


def test_a_block_that_is_damaged_costs_its_records_only() -> None:
    sound = layout2([exporter(), record()], 2)
    broken = bytearray(sound + sound[40:])
    struct.pack_into("<I", broken, 36, 2)
    broken[len(sound) + 20] ^= 0xFF
    rows, result = read(bytes(broken))
    assert len(rows) == 1
    assert (result.complete, result.refused) == (False, {"a block that is damaged (bz2)": 2})
    assert [w.code for w in result.warnings] == ["NC-223"]
    cut = layout2([record(), record(ports=(1, 2))])
    assert read(cut[:-1])[1].complete is False
    struct_size = bytearray(cut)
    struct.pack_into("<H", struct_size, 40 + 12 + 2, 3)
    assert read(bytes(struct_size))[1].refused == {"a record that is damaged": 1}


def test_bent_files_are_harmless() -> None:
    chance = random.Random(11)
    sound = [
        layout2([exporter(), record(), record(element(5, bytes(24)))]),
        layout1([exporter(), record1(), record1(1), record1(wide=True)]),
        layout2([exporter(), *[record(ports=(n, 1)) for n in range(9)]], 1,
                lzo_literals(b"".join([exporter(), *[record(ports=(n, 1)) for n in range(9)]]))),
    ]  # fmt: skip
    for number in range(400):
        octets = bytearray(sound[number % 3])
        for _ in range(chance.randrange(1, 6)):
            octets[chance.randrange(4, len(octets))] = chance.choice((0, 1, 0x7F, 0xFF))
        rows, result = read(bytes(octets[: chance.randrange(40, len(octets) + 1)]))
        assert (
            sum(int(str(r["flow_records"])) for r in rows) + sum(result.refused.values())
            == result.records
        )
