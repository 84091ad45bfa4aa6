from __future__ import annotations

import random
import struct
from collections.abc import Sequence

import pytest

from .encapsulations import over_udp, vxlan
from .packets import (
    ACK,
    PSH,
    SYN,
    A,
    B,
    Decoded,
    Listener,
    eth,
    ipv4,
    ipv6,
    pcap,
    run,
    tcp,
    udp,
)

ANSWER = bytes(range(256)) * 12
V6_A, V6_B = "2001:db8::1", "2001:db8::2"


def pieces(datagram: bytes, size: int) -> list[tuple[int, bytes, bool]]:
    """A datagram cut at ``size``: offset, octets, whether more follow."""
    cuts = range(0, len(datagram), size)
    return [(at, datagram[at : at + size], at + size < len(datagram)) for at in cuts]


def v4(datagram: bytes, size: int = 1480, number: int = 7, protocol: int = 17) -> list[bytes]:
    """The fragments of a datagram in IPv4."""
    return [
        eth(ipv4(part, protocol, number=number, fragment=at // 8 | more << 13))
        for at, part, more in pieces(datagram, size)
    ]


def v6(datagram: bytes, size: int = 1400, number: int = 7) -> list[bytes]:
    """The fragments of a UDP datagram in IPv6."""
    return [
        eth(ipv6(struct.pack(">BBHI", 17, 0, at | more, number) + part, 44, V6_A, V6_B), 0x86DD)
        for at, part, more in pieces(datagram, size)
    ]


def heard(frames: Sequence[bytes], **arguments: object) -> tuple[list[bytes], Decoded]:
    """Payloads that the application layer was told, and the run."""
    listener = Listener()
    decoded = run(pcap(frames, **arguments), application=listener)  # type: ignore[arg-type]
    return listener.payloads, decoded


@pytest.mark.parametrize("make", [v4, v6])
@pytest.mark.parametrize("order", ["sent", "reversed", "shuffled"])
def test_a_fragmented_answer_is_read_as_one(make: object, order: str) -> None:
    frames = make(udp(53, 40000, ANSWER))  # type: ignore[operator]
    if order == "reversed":
        frames.reverse()
    if order == "shuffled":
        random.Random(3).shuffle(frames)
    payloads, decoded = heard(frames)
    assert payloads == [ANSWER]
    ports = sorted((row["src_port"], row["dst_port"]) for row in decoded.rows)
    assert ports == [(0, 0), (40000, 53)]
    assert sum(row["packets_out"] + row["packets_in"] for row in decoded.rows) == len(frames)  # type: ignore[operator]
    assert decoded.result.facts["fragments"] == len(frames)
    assert decoded.result.facts["datagrams_whole"] == 1


def test_blocks_that_end_between_fragments_change_nothing() -> None:
    frames = v4(udp(53, 40000, ANSWER)) + v4(udp(53, 40001, ANSWER), number=8)
    for block_bytes in (2000, 5000):
        listener = Listener()
        run(pcap(frames), application=listener, block_bytes=block_bytes)
        assert listener.payloads == [ANSWER, ANSWER]


def test_interleaved_datagrams_stay_apart() -> None:
    one, two = v4(udp(53, 40000, ANSWER)), v4(udp(53, 40000, ANSWER[::-1]), number=8)
    payloads, _ = heard([frame for pair in zip(one, two, strict=True) for frame in pair])
    assert payloads == [ANSWER, ANSWER[::-1]]


def test_the_first_octets_of_an_overlap_count() -> None:
    datagram = udp(53, 40000, ANSWER[:1000])
    frames = v4(datagram, 400)
    other = eth(ipv4(b"X" * 400, 17, number=7, fragment=400 // 8 | 1 << 13))
    payloads, decoded = heard([frames[0], frames[1], other, frames[2]])
    assert payloads == [ANSWER[:1000]]
    facts = decoded.result.facts
    assert (facts["fragments_overlapping"], facts["fragments_conflicting"]) == (1, 1)


def test_a_repeated_fragment_is_no_conflict() -> None:
    frames = v4(udp(53, 40000, ANSWER[:1000]), 400)
    payloads, decoded = heard([frames[0], frames[0], frames[1], frames[2]])
    assert payloads == [ANSWER[:1000]]
    facts = decoded.result.facts
    assert (facts["fragments_overlapping"], facts["fragments_conflicting"]) == (1, 0)


def test_teardrop_is_counted_and_harmless() -> None:
    first = eth(ipv4(udp(53, 40000, bytes(28)), 17, number=7, fragment=1 << 13)[:56])
    second = eth(ipv4(b"Y" * 4, 17, number=7, fragment=3))
    _, decoded = heard([first, second])
    assert (
        decoded.result.facts["fragments_overlapping"] + decoded.result.facts["fragments_malformed"]
    )  # type: ignore[operator]


@pytest.mark.parametrize(
    ("packet", "fact"),
    [
        (ipv4(bytes(100), 17, fragment=0x1FFF), "fragments_malformed"),  # ends beyond 65535
        (ipv4(bytes(101), 17, fragment=1 << 13), "fragments_malformed"),
        (ipv4(b"", 17, fragment=1 << 13), "fragments_malformed"),
        (ipv4(bytes(16), 17, fragment=1 << 13), "fragments_small"),
        (ipv4(bytes(104), 17, fragment=1 << 13)[:-1], "fragments_cut"),
    ],
)
def test_strange_fragments_are_counted(packet: bytes, fact: str) -> None:
    payloads, decoded = heard([eth(packet)])
    assert decoded.result.facts[fact] == 1
    assert payloads == []


def test_half_a_minute_is_the_limit() -> None:
    frames = v4(udp(53, 40000, ANSWER))
    late = [0, 1000, 31_000_000]
    payloads, decoded = heard(frames, times_us=late)
    assert payloads == []
    assert decoded.result.facts["datagrams_timed_out"] == 1
    payloads, _ = heard(frames, times_us=[0, 1000, 29_000_000])
    assert payloads == [ANSWER]


def test_a_flood_of_first_fragments_takes_a_bounded_place() -> None:
    flood = [
        eth(ipv4(udp(53, 40000, bytes(64)), 17, number=i, fragment=1 << 13)) for i in range(3000)
    ]
    payloads, decoded = heard(flood + v4(udp(53, 40000, ANSWER), number=4000))
    assert decoded.result.facts["datagrams_evicted"] == 3001 - 256
    assert payloads == [ANSWER]


def test_tcp_goes_on_behind_the_first_fragment() -> None:
    request = b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\n\r\n"
    frames = [
        eth(ipv4(tcp(40000, 80, SYN, 100), 6)),
        *v4(tcp(40000, 80, PSH | ACK, 101, 1, request), protocol=6),
    ]
    listener = Listener()
    decoded = run(pcap(frames), application=listener)
    data = {
        int(event["position"]): payload
        for event, payload in zip(listener.events, listener.payloads, strict=True)
        if payload
    }
    assert b"".join(data[position] for position in sorted(data)) == request
    row = next(row for row in decoded.rows if not row["is_fragment"])
    assert row["missed_bytes_out"] == 0


def test_a_fragmented_tunnel_is_opened_when_it_is_whole() -> None:
    inner = eth(ipv4(udp(40000, 53, ANSWER[:1400]), 17))
    outer = over_udp(vxlan(inner), 4789)
    frames = [
        eth(ipv4(part, 17, "198.51.100.1", "198.51.100.2", number=9, fragment=at // 8 | more << 13))
        for at, part, more in pieces(outer[20:], 1000)
    ]
    payloads, decoded = heard(frames)
    assert payloads == [ANSWER[:1400]]
    (row,) = (row for row in decoded.rows if row["tunnel_parent"])
    parent = next(other for other in decoded.rows if other["uid"] == row["tunnel_parent"])
    assert (row["src_ip"], row["dst_ip"], row["packets_out"]) == (A, B, 1)
    assert (parent["dst_port"], parent["service"], parent["is_fragment"]) == (4789, "vxlan", False)


def test_fragments_inside_a_tunnel_become_whole() -> None:
    fragments = v4(udp(53, 40000, ANSWER), 1200)
    payloads, decoded = heard([eth(over_udp(vxlan(frame), 4789)) for frame in fragments])
    assert payloads == [ANSWER]
    assert decoded.result.facts["inner_packets"] == len(fragments)


def test_the_largest_datagram_fits() -> None:
    payload = bytes(65507)
    payloads, _ = heard(v4(udp(53, 40000, payload)))
    assert payloads == [payload]
