from __future__ import annotations

import struct

import pytest

from .packets import A, B, eth, flow, icmp, ipv4, ipv6, pcap, run, tcp, udp

P, Q = "2001:db8::1", "2001:db8::2"


def test_padding_is_no_payload() -> None:
    frame = eth(ipv4(udp(51000, 6000, b"abc"), 17)).ljust(60, b"\0")
    row = flow([frame])
    assert (row["payload_bytes_out"], row["ip_bytes_out"], row["wire_bytes_out"]) == (3, 31, 60)


def test_an_empty_total_length_means_offload() -> None:
    row = flow([eth(ipv4(tcp(51000, 6000, 16, payload=b"z" * 3000), 6, length=0))])
    assert row["payload_bytes_out"] == 3000


@pytest.mark.parametrize("wire", [0, 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_lie_about_the_wire_does_no_harm(wire: int) -> None:
    frames = [
        eth(ipv4(tcp(51000, 6000, 16, payload=b"z" * 30), 6, length=0)),
        eth(ipv6(b"", 17, P, Q) + udp(51000, 6000, b"abc"), 0x86DD),
    ]
    decoded = run(pcap(frames, wire=[wire, wire]))
    assert decoded.result.records == 2
    sizes = [row[k] for row in decoded.rows for k in ("payload_bytes_out", "ip_bytes_out")]
    assert all(isinstance(size, int) and 0 <= size <= 1 << 24 for size in sizes)


def test_later_fragments_have_a_row_of_their_own() -> None:
    whole = udp(51000, 6000, b"a" * 1000)
    first = eth(ipv4(whole[:504], 17, fragment=0x2000, number=9))
    later = eth(ipv4(whole[504:], 17, fragment=504 // 8, number=9))
    rows = run(pcap([first, later])).rows
    assert [(r["src_port"], r["is_fragment"], r["packets_out"]) for r in rows] == [
        (0, True, 1),
        (51000, False, 1),
    ]


@pytest.mark.parametrize(
    ("protocol", "name"), [(2, "igmp"), (47, "gre"), (89, "ospf"), (132, "sctp"), (255, "255")]
)
def test_any_protocol_has_a_row(protocol: int, name: str) -> None:
    row = flow([eth(ipv4(b"\1\2\3\4", protocol))])
    assert row["protocol"] == name
    assert (row["src_ip"], row["dst_ip"], row["src_port"], row["history"]) == (A, B, 0, None)
    assert row["payload_bytes_out"] == 4


HOP = struct.pack(">BB6x", 60, 0)
DESTINATION = struct.pack(">BB14x", 43, 1)
ROUTING = struct.pack(">BB6x", 51, 0)
AUTHENTICATION = struct.pack(">BB10x", 17, 1)


def test_extension_headers_are_walked() -> None:
    chain = HOP + DESTINATION + ROUTING + AUTHENTICATION + udp(51000, 6000, b"abc")
    row = flow([eth(ipv6(chain, 0, P, Q), 0x86DD)])
    assert (row["protocol"], row["src_port"], row["payload_bytes_out"]) == ("udp", 51000, 3)
    assert (row["src_ip"], row["dst_ip"], row["ttl_min_out"]) == (P, Q, 64)


def test_ipv6_fragments() -> None:
    head = struct.pack(">BBHI", 17, 0, 1, 77)
    first = ipv6(head + udp(51000, 6000, b"a" * 8, length=40), 44, P, Q)
    later = ipv6(struct.pack(">BBHI", 17, 0, 16, 77) + b"b" * 24, 44, P, Q)
    rows = run(pcap([eth(first, 0x86DD), eth(later, 0x86DD)])).rows
    assert [(r["protocol"], r["src_port"], r["is_fragment"]) for r in rows] == [
        ("udp", 0, True),
        ("udp", 51000, False),
    ]


def test_an_endless_chain_of_extensions_ends() -> None:
    chain = struct.pack(">BB6x", 60, 0) * 100
    row = flow([eth(ipv6(chain, 60, P, Q), 0x86DD)])
    assert row["protocol"] == "60"


@pytest.mark.parametrize(
    ("frames", "ends"),
    [
        ([icmp(8), icmp(0)], (A, 8, 0, 1, 1)),
        ([icmp(13), icmp(14)], (A, 13, 0, 1, 1)),
        ([icmp(3, 1)], (A, 3, 1, 1, 0)),
    ],
)
def test_icmp_requests_and_replies_are_one_flow(
    frames: list[bytes], ends: tuple[str, int, int, int, int]
) -> None:
    packets = [eth(ipv4(f, 1, *((A, B), (B, A))[i])) for i, f in enumerate(frames)]
    row = flow(packets)
    assert row["protocol"] == "icmp"
    found = tuple(row[k] for k in ("src_ip", "src_port", "dst_port", "packets_out", "packets_in"))
    assert found == ends


def test_a_lone_reply_names_the_one_who_asked() -> None:
    row = flow([eth(ipv4(icmp(0), 1, B, A))])
    assert (row["src_ip"], row["packets_out"], row["packets_in"]) == (A, 0, 1)


def test_neighbour_discovery_is_paired() -> None:
    asks = eth(ipv6(icmp(135), 58, P, Q), 0x86DD)
    answers = eth(ipv6(icmp(136), 58, Q, P), 0x86DD)
    row = flow([asks, answers])
    assert (row["protocol"], row["src_ip"], row["packets_in"]) == ("icmp6", P, 1)


def test_what_is_cut_off_still_counts() -> None:
    whole = eth(ipv4(tcp(51000, 6000, 2), 6))
    row = flow([whole[: 14 + 20 + 6]], wire=[len(whole)])
    assert (row["src_port"], row["packets_out"], row["wire_bytes_out"]) == (51000, 1, len(whole))
    assert row["tcp_flags_out"] == 0
