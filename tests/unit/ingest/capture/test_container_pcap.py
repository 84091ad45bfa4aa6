from __future__ import annotations

import struct
from datetime import UTC, datetime

import pytest

from .packets import START_S, eth, ipv4, pcap, run, udp

FRAMES = [eth(ipv4(udp(50000, 2000, b"x" * n), 17)) for n in (1, 50, 300)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34])
def test_every_variant_reads_the_same(order: str, magic: int) -> None:
    decoded = run(pcap(FRAMES, order=order, magic=magic))
    assert decoded.result.records == 3
    assert decoded.result.complete
    assert not decoded.result.warnings
    assert decoded.result.first_time == datetime.fromtimestamp(START_S, UTC)
    assert decoded.result.last_time == datetime.fromtimestamp(START_S + 0.002, UTC)
    assert [row["packets_out"] for row in decoded.rows] == [3]
    assert decoded.rows[0]["wire_bytes_out"] == sum(map(len, FRAMES))


def test_a_file_cut_in_a_record_keeps_what_is_before() -> None:
    result = run(pcap(FRAMES)[:-5]).result
    assert (result.records, result.complete) == (2, False)
    assert [w.code for w in result.warnings] == ["NC-211"]
    assert result.warnings[0].frame == 2


@pytest.mark.parametrize("lie", [0xFFFFFFFF, 0x7FFFFFFF, 300_000])
def test_an_impossible_length_stops_with_a_warning(lie: int) -> None:
    capture = bytearray(pcap(FRAMES))
    second = 24 + 16 + len(FRAMES[0])
    struct.pack_into("<I", capture, second + 8, lie)
    result = run(bytes(capture)).result
    assert (result.records, result.complete) == (1, False)
    assert [w.code for w in result.warnings] == ["NC-212"]


def test_a_snapshot_length_that_lies_low_is_forgiven_aloud() -> None:
    result = run(pcap(FRAMES, snaplen=60)).result
    assert result.records == 3
    assert [(w.code, w.count) for w in result.warnings] == [("NC-214", 2)]


def test_a_frame_larger_than_the_block_is_read() -> None:
    frame = eth(ipv4(udp(1, 2, b"y" * 60_000), 17))
    decoded = run(pcap([frame, *FRAMES]), block_bytes=4096)
    assert decoded.result.records == 4
    assert decoded.result.complete


@pytest.mark.parametrize("head", [b"", b"\xd4\xc3\xb2\xa1", pcap([])[:23]])
def test_less_than_a_header_is_no_capture(head: bytes) -> None:
    result = run(head).result
    assert (result.records, result.complete, result.first_time) == (0, False, None)
    assert [w.code for w in result.warnings] == ["NC-211"]


def test_an_empty_capture_is_whole() -> None:
    result = run(pcap([])).result
    assert (result.records, result.complete, result.warnings) == (0, True, ())


def test_another_format_is_refused() -> None:
    result = run(b"PK\3\4" + b"\0" * 100).result
    assert [w.code for w in result.warnings] == ["NC-210"]
    assert not result.complete
