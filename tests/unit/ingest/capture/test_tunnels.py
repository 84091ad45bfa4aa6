from __future__ import annotations

import struct

import pytest

from .encapsulations import (
    R1,
    R2,
    V6_1,
    V6_2,
    capwap,
    geneve,
    gre,
    gtp,
    l2tp,
    lisp,
    over_ip,
    over_ip6,
    over_udp,
    pptp,
    tzsp,
    vxlan,
    wifi,
)
from .packets import ACK, PSH, SYN, A, B, Listener, eth, ipv4, ipv6, pcap, run, tcp, udp

V4 = ipv4(udp(50000, 2000, b"abc"), 17)
V6 = ipv6(udp(50000, 2000, b"abc"), 17, "2001:db8:1::1", "2001:db8:1::2")
TEREDO6 = ipv6(udp(50000, 2000, b"abc"), 17, "2001:0:5ef5::1", "2001:db8:1::2")
LABEL = struct.pack(">I", 200 << 12 | 1 << 8 | 64)
ERSPAN_2 = struct.pack(">HHI", 0x1000, 100, 0)
ERSPAN_3 = struct.pack(">HHIHH", 0x2000, 100, 0, 0, 0)
ERSPAN_3_SUB = struct.pack(">HHIHH", 0x2000, 100, 0, 0, 1) + bytes(8)

TUNNELS = {
    "ipip": (over_ip(V4, 4), "ipip", None),
    "6in4": (over_ip(V6, 41), "ipv6", None),
    "4in6": (over_ip6(V4, 4), "ipip", None),
    "6in6": (over_ip6(V6, 41), "ipv6", None),
    "gre": (over_ip(gre(V4), 47), "gre", None),
    "gre over ipv6": (over_ip6(gre(V6, 0x86DD), 47), "gre", None),
    "gre with everything": (over_ip(gre(V4, checksum=True, key=7, sequence=9), 47), "gre", None),
    "gre with mpls": (over_ip(gre(LABEL + V4, 0x8847), 47), "gre", None),
    "wccp 2": (over_ip(gre(b"\0\0\0\1" + V4, 0x883E), 47), "gre", None),
    "transparent bridging": (over_ip(gre(eth(V4), 0x6558), 47), "gre", None),
    "nvgre": (over_ip(gre(eth(V6, 0x86DD), 0x6558, key=5 << 8), 47), "gre", None),
    "pptp": (over_ip(pptp(b"\xff\x03\0\x21" + V4), 47), "gre", None),
    "pptp with ack": (over_ip(pptp(b"\x21" + V4, True), 47), "gre", None),
    "erspan 1": (over_ip(gre(eth(V4), 0x88BE), 47), "gre", None),
    "erspan 2": (over_ip(gre(ERSPAN_2 + eth(V4), 0x88BE, sequence=1), 47), "gre", None),
    "erspan 3": (over_ip(gre(ERSPAN_3 + eth(V4), 0x22EB, sequence=1), 47), "gre", None),
    "erspan 3 sub": (over_ip(gre(ERSPAN_3_SUB + eth(V4), 0x22EB, sequence=1), 47), "gre", None),
    "etherip": (over_ip(b"\x30\0" + eth(V4), 97), "etherip", None),
    "mpls in ip": (over_ip(LABEL + V4, 137), "mpls", None),
    "vxlan": (over_udp(vxlan(eth(V4)), 4789), "udp", "vxlan"),
    "vxlan elsewhere": (over_udp(vxlan(eth(V4)), 33333), "udp", "vxlan"),
    "vxlan with policy": (
        over_udp(b"\x88\0\0\7\0\0\1\0" + eth(V4), 4789), "udp", "vxlan"),
    "vxlan with vlan": (
        over_udp(vxlan(eth(struct.pack(">HH", 5, 0x0800) + V4, 0x8100)), 4789), "udp", "vxlan"),
    "vxlan gpe": (over_udp(b"\x0c\0\0\1\0\0\1\0" + V4, 4790), "udp", "vxlan"),
    "geneve": (over_udp(geneve(eth(V4)), 6081), "udp", "geneve"),
    "geneve with options": (over_udp(geneve(V6, 0x86DD, bytes(12)), 6081), "udp", "geneve"),
    "gtp": (over_udp(gtp(V4), 2152), "udp", "gtp"),
    "gtp with sequence": (over_udp(gtp(V6, has_sequence=True), 2152), "udp", "gtp"),
    "gtp with extensions": (
        over_udp(gtp(V4, extensions=b"\x85\1\0\1\xc0\1\0\0\0"), 2152), "udp", "gtp"),
    "teredo": (over_udp(V6, 3544), "udp", "teredo"),
    "teredo with origin": (over_udp(bytes(8) + V6, 3544), "udp", "teredo"),
    "teredo with authentication": (over_udp(b"\0\1\0\0" + bytes(9) + V6, 3544), "udp", "teredo"),
    "teredo elsewhere": (over_udp(TEREDO6, 40123), "udp", "teredo"),
    "l2tp": (over_udp(l2tp(b"\xff\x03\0\x21" + V4), 1701), "udp", "l2tp"),
    "gre in udp": (over_udp(gre(V4), 4754), "udp", None),
    "mpls in udp": (over_udp(LABEL + V4, 6635), "udp", None),
    "lisp": (over_udp(lisp(V4), 4341), "udp", None),
    "lisp with an instance": (over_udp(lisp(V6, 7), 4341), "udp", None),
    "capwap": (over_udp(capwap(eth(V4)), 5247), "udp", None),
    "capwap with 802.11": (over_udp(capwap(wifi(V4), is_native=True), 5247), "udp", None),
    "capwap with radio fields": (
        over_udp(capwap(wifi(V4), is_native=True, options=bytes(12)), 5247), "udp", None),
    "tzsp": (over_udp(tzsp(eth(V4)), 37008), "udp", None),
    "tzsp with 802.11": (
        over_udp(tzsp(wifi(V6, 0x86DD), 18, b"\0\x0a\x01\xc4"), 37008), "udp", None),
}  # fmt: skip


@pytest.mark.parametrize("name", TUNNELS)
def test_flows_inside_are_rows_of_their_own(name: str) -> None:
    packet, protocol, service = TUNNELS[name]
    frame = eth(packet, 0x0800 if packet[0] >> 4 == 4 else 0x86DD)
    decoded = run(pcap([frame, frame]))
    outer, inner = sorted(decoded.rows, key=lambda row: row["tunnel_parent"] is not None)
    assert len(decoded.rows) == 2
    assert (outer["src_ip"], outer["dst_ip"]) in ((R1, R2), (V6_1, V6_2))
    assert (outer["protocol"], outer["service"]) == (protocol, service)
    assert (outer["tunnel_parent"], outer["packets_out"]) == (None, 2)
    assert inner["tunnel_parent"] == outer["uid"] != inner["uid"]
    assert inner["src_ip"] in (A, "2001:db8:1::1", "2001:0:5ef5::1")
    assert (inner["src_port"], inner["dst_port"], inner["protocol"]) == (50000, 2000, "udp")
    assert (inner["packets_out"], inner["payload_bytes_out"]) == (2, 6)
    assert decoded.result.records == 2
    assert decoded.result.facts["inner_packets"] == 2
    assert decoded.result.facts["ip_frames"] == 2


@pytest.mark.parametrize("name", TUNNELS)
def test_a_cut_never_invents_a_flow(name: str) -> None:
    packet = TUNNELS[name][0]
    kind = 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    whole = run(pcap([eth(packet, kind)])).rows
    expected = {(row["src_ip"], row["dst_ip"]) for row in whole}
    frames = [eth(packet, kind)[:length] for length in range(14, len(packet) + 14)]
    wire = [len(packet) + 14] * len(frames)
    found = run(pcap(frames, wire=wire)).rows
    assert {(row["src_ip"], row["dst_ip"]) for row in found} <= expected


@pytest.mark.parametrize(
    "packet",
    [
        over_udp(vxlan(eth(V4[:10] + b"\xbe\xef" + V4[12:])), 4789),  # header checksum
        over_udp(vxlan(eth(b"\x45\0\xff\xff" + V4[4:])), 4789),  # longer than what carries it
        over_udp(vxlan(eth(V4))[1:], 4789),
        over_udp(capwap(eth(V4), flags=1 << 7), 5247),  # a fragment
        over_udp(capwap(eth(V4), flags=1 << 3), 5247),  # says only that the channel lives
        over_udp(capwap(wifi(V4), is_native=True, binding=0), 5247),
        over_udp(b"\x01" + capwap(eth(V4))[1:], 5247),  # DTLS
        over_udp(tzsp(eth(V4), 99), 37008),
        over_udp(tzsp(eth(V4), tags=b"\x0a\xff"), 37008),  # a tag longer than the packet
        over_udp(b"\x01\x04\0\x01\x01" + eth(V4), 37008),  # keep-alive
        over_udp(lisp(V4[:10] + b"\xbe\xef" + V4[12:]), 4341),
        over_udp(b"\x09" + vxlan(eth(V4))[1:], 4789),
        over_udp(vxlan(eth(b"\0" * 40, 0x0806)), 4789),
        over_udp(gtp(V4)[:-1], 2152),  # the length does not fit
        over_udp(b"\x32\x01" + gtp(V4)[2:], 2152),  # echo request
        over_udp(V6, 3545),  # neither Teredo's port nor its prefix
        over_udp(TEREDO6 + b"\0", 40123),
        over_udp(l2tp(b"\xc0\x21" + V4), 1701),
        over_ip(gre(V4, 0x0801), 47),
        over_ip(b"\x40\0\x08\0" + V4, 47),  # source routing
        over_ip(b"\0\2\x08\0" + V4, 47),  # version 2
        over_ip(V6, 4),
        over_ip(V4[:19], 4),
    ],
)
def test_what_is_not_sound_stays_closed(packet: bytes) -> None:
    decoded = run(pcap([eth(packet)]))
    assert len(decoded.rows) == 1
    assert decoded.rows[0]["tunnel_parent"] is None


def test_tunnels_in_tunnels_are_a_chain() -> None:
    packet = over_udp(vxlan(eth(over_ip(gre(over_ip(V6, 41, A, B)), 47, A, B))), 4789)
    rows = {row["uid"]: row for row in run(pcap([eth(packet)])).rows}
    (innermost,) = (row for row in rows.values() if row["src_ip"] == "2001:db8:1::1")
    protocols = []
    row = innermost
    while row["tunnel_parent"]:
        row = rows[row["tunnel_parent"]]
        protocols.append(row["protocol"])
    assert protocols == ["ipv6", "gre", "udp"]


def test_nesting_is_bounded() -> None:
    packet = V4
    for _ in range(40):
        packet = over_ip(packet, 4)
    assert len(run(pcap([eth(packet)] * 3)).rows) == 5


def test_equal_ends_in_other_tunnels_are_other_flows() -> None:
    frames = [
        eth(over_udp(vxlan(eth(V4), 1), 4789)),
        eth(over_udp(vxlan(eth(V4), 2), 4789)),
        eth(over_udp(vxlan(eth(V4), 1), 4789, dst="198.51.100.3")),
        eth(V4),
    ]
    inner = [row for row in run(pcap(frames)).rows if row["src_ip"] == A]
    assert [row["packets_out"] for row in inner] == [1, 1, 1, 1]


def test_both_directions_of_a_tunnel_are_one_whatever_its_ports() -> None:
    there = over_udp(vxlan(eth(ipv4(tcp(40000, 80, SYN, 1), 6))), 4789, sport=51111)
    back = over_udp(
        vxlan(eth(ipv4(tcp(80, 40000, SYN | ACK, 9, 2), 6, B, A))), 4789, R2, R1, sport=52222
    )
    inner = [row for row in run(pcap([eth(there), eth(back)])).rows if row["src_ip"] == A]
    assert len(inner) == 1
    assert (inner[0]["packets_out"], inner[0]["packets_in"]) == (1, 1)


def test_payload_inside_reaches_the_application_layer() -> None:
    request = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
    frames = [
        eth(over_udp(vxlan(eth(ipv4(tcp(40000, 80, SYN, 1), 6))), 4789)),
        eth(over_udp(vxlan(eth(ipv4(tcp(40000, 80, PSH | ACK, 2, 1, request), 6))), 4789)),
    ]
    listener = Listener()
    rows = run(pcap(frames), application=listener).rows
    assert listener.payloads[0] == request
    (inner,) = (row for row in rows if row["protocol"] == "tcp")
    assert inner["payload_bytes_out"] == len(request)


def test_the_bytes_of_the_frame_stay_with_the_outer_flow() -> None:
    frame = eth(over_udp(vxlan(eth(V4)), 4789))
    outer, inner = sorted(run(pcap([frame])).rows, key=lambda row: row["tunnel_parent"] is not None)
    assert (outer["wire_bytes_out"], outer["ip_bytes_out"]) == (len(frame), len(frame) - 14)
    assert (inner["wire_bytes_out"], inner["ip_bytes_out"]) == (len(eth(V4)), len(V4))


def test_a_full_chunk_of_deep_tunnels_loses_nothing() -> None:
    packet = V4
    for _ in range(3):
        packet = over_ip(packet, 4)
    decoded = run(pcap([eth(packet)] * 9000))
    assert decoded.result.facts["inner_packets"] == 27000
    assert sorted(row["packets_out"] for row in decoded.rows) == [9000] * 4
