"""Laws of the decoder: it never raises, loses nothing, and does not mind how the bytes arrive."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.decode import decode
from netcordon.tables.schema import NETWORK_ACTIVITY

from .packets import (
    ACK,
    SYN,
    Bytes,
    Listener,
    enhanced,
    eth,
    icmp,
    interface,
    ipv4,
    ipv6,
    pcap,
    run,
    section,
    talk,
    tcp,
    udp,
)

MIXED = [
    *talk([(">", SYN, 1, 0, b""), ("<", SYN | ACK, 9, 2, b""), (">", ACK, 2, 10, b"GET /")]),
    eth(ipv4(udp(50000, 53, b"\0" * 20), 17)),
    eth(ipv6(udp(5353, 5353, b"x"), 17, "fe80::1", "ff02::fb"), 0x86DD),
    eth(ipv4(icmp(8), 1)),
    eth(b"\0\1\x08\0\6\4\0\1" + b"\0" * 20, 0x0806),
    eth(b"\x42\x42\x03" + b"\0" * 40, 38),
    eth(ipv4(b"\0" * 30, 47)),
    *[eth(ipv4(tcp(n, 22, SYN, n), 6)) for n in range(40000, 40200)],
]


def accounted(capture: bytes, **arguments: object) -> None:
    decoded = run(capture, **arguments)  # type: ignore[arg-type]
    facts, result = decoded.result.facts, decoded.result
    assert result.records == facts["ip_frames"] + facts["arp_frames"] + sum(result.refused.values())  # type: ignore[operator]
    packets = sum(row["packets_out"] + row["packets_in"] for row in decoded.rows)  # type: ignore[operator]
    assert packets == facts["ip_frames"]
    json.dumps(facts)


def test_rows_have_exactly_the_columns_of_the_table() -> None:
    row = run(pcap(MIXED)).rows[0]
    assert set(row) == {column.name for column in NETWORK_ACTIVITY.flat()}


def test_rows_come_in_the_order_of_the_table() -> None:
    rows = run(pcap(MIXED)).rows
    keys = [tuple(row[name] for name in NETWORK_ACTIVITY.sort) for row in rows]
    assert keys == sorted(keys)
    assert len({row["uid"] for row in rows}) == len(rows)


@pytest.mark.parametrize("block_bytes", [61, 1000, 1 << 16, 4 << 20])
@pytest.mark.parametrize("piece", [7, 1 << 30])
def test_how_the_bytes_arrive_does_not_matter(block_bytes: int, piece: int) -> None:
    capture = pcap(MIXED)
    listener, reference = Listener(), Listener()
    decoded = run(capture, application=listener, block_bytes=block_bytes, piece=piece)
    whole = run(capture, application=reference)
    assert decoded.rows == whole.rows
    assert decoded.result == whole.result
    assert listener.payloads == reference.payloads


def test_a_full_table_evicts_and_loses_nothing() -> None:
    decoded = run(pcap(MIXED), max_flows=20)
    assert [w.code for w in decoded.result.warnings] == ["NC-215"]
    assert decoded.result.warnings[0].count == decoded.result.facts["flows_evicted"]
    accounted(pcap(MIXED), max_flows=20)


def test_the_index_grows_beyond_its_first_size() -> None:
    frames = [eth(ipv4(udp(50000, n), 17)) for n in range(1, 9000)]
    rows = run(pcap(frames), max_flows=1 << 15).rows
    assert len(rows) == len(frames)
    assert {row["packets_out"] for row in rows} == {1}


def test_an_error_of_the_source_reaches_the_caller() -> None:
    class Broken:
        def readinto(self, buffer: memoryview, /) -> int:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        decode(Broken(), None, lambda _: None, Listener())  # type: ignore[arg-type]


def test_the_source_is_read_to_its_end_even_after_damage() -> None:
    source = Bytes(pcap(MIXED)[:100] + b"\xff" * 200_000)
    decode(source, _Nothing(), lambda _: None, Listener())
    assert source.readinto(memoryview(bytearray(1))) == 0


class _Nothing:
    def append(self, table: str, columns: object) -> None:
        """Takes all."""


@given(
    st.lists(st.binary(max_size=200), max_size=30), st.sampled_from([1, 0, 9, 101, 113, 276, 51])
)
@settings(max_examples=150)
def test_random_frames_are_accounted_for(frames: list[bytes], link_type: int) -> None:
    accounted(pcap(frames, link_type=link_type))


@given(st.data())
@settings(max_examples=150)
def test_mutated_captures_are_accounted_for(data: st.DataObject) -> None:
    ng = section() + interface() + b"".join(enhanced(f, i) for i, f in enumerate(MIXED[:9]))
    capture = bytearray(data.draw(st.sampled_from([pcap(MIXED[:9]), ng])))
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(capture) - 1))
        capture[at] = data.draw(st.sampled_from([0, 1, 0x45, 0x60, 0x7F, 0x80, 0xFF]))
    cut = data.draw(st.integers(0, len(capture)))
    for capture_bytes in (bytes(capture), bytes(capture[:cut])):
        accounted(capture_bytes)
        assert run(capture_bytes).rows == run(capture_bytes, block_bytes=300).rows


@given(st.binary(max_size=400))
def test_random_bytes_behind_a_header_never_raise(tail: bytes) -> None:
    accounted(pcap([]) + tail)
    accounted(section() + interface() + tail)
