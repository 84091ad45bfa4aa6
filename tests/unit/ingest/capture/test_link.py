from __future__ import annotations

import struct

import pytest

from .packets import MAC_A, MAC_B, eth, ipv4, ipv6, pcap, run, udp

V4 = ipv4(udp(50000, 2000, b"abc"), 17)
V6 = ipv6(udp(50000, 2000, b"abc"), 17, "2001:db8::1", "2001:db8::2")
SNAP = b"\xaa\xaa\x03\0\0\0"
MPLS = struct.pack(">I", 100 << 12 | 64)
MPLS_LAST = struct.pack(">I", 200 << 12 | 1 << 8 | 64)
SLL = struct.pack(">HHH8sH", 0, 1, 6, bytes.fromhex("02000000000a0000"), 0x0800)
SLL2 = struct.pack(">HHIHBB8s", 0x86DD, 0, 3, 1, 0, 6, bytes.fromhex("02000000000a0000"))


@pytest.mark.parametrize(
    ("link_type", "frame"),
    [
        (1, eth(V4)),
        (1, eth(V6, 0x86DD)),
        (1, eth(struct.pack(">HH", 5, 0x0800) + V4, 0x8100)),
        (1, eth(struct.pack(">HHHH", 5, 0x8100, 7, 0x86DD) + V6, 0x88A8)),
        (1, eth(SNAP + b"\x08\0" + V4, len(V4) + 8)),
        (1, eth(struct.pack(">BBHHH", 0x11, 0, 1, len(V4) + 2, 0x0021) + V4, 0x8864)),
        (1, eth(MPLS + MPLS_LAST + V4, 0x8847)),
        (1, eth(MPLS_LAST + V6, 0x8847)),
        (113, SLL + V4),
        (276, SLL2 + V6),
        (12, V4), (14, V6), (101, V4), (101, V6), (228, V4), (229, V6),
        (0, struct.pack("<I", 2) + V4), (0, struct.pack(">I", 30) + V6),
        (108, struct.pack(">I", 2) + V4),
        (9, b"\xff\x03\0\x21" + V4), (9, b"\0\x57" + V6), (9, b"\x21" + V4),
        (50, b"\xff\x03\0\x21" + V4),
        (51, struct.pack(">BBHHH", 0x11, 0, 1, len(V4) + 2, 0x0021) + V4),
        (104, b"\x0f\0\x08\0" + V4),
    ],
)  # fmt: skip
def test_ip_is_found_under(link_type: int, frame: bytes) -> None:
    decoded = run(pcap([frame], link_type=link_type))
    assert not decoded.result.refused
    assert len(decoded.rows) == 1
    assert decoded.rows[0]["src_port"] == 50000
    assert decoded.rows[0]["payload_bytes_out"] == 3
    assert decoded.rows[0]["wire_bytes_out"] == len(frame)


@pytest.mark.parametrize(
    ("link_type", "frame", "reason"),
    [
        (1, b"short", "truncated_link"),
        (1, eth(b"\0" * 46, 0x88CC), "lldp"),
        (1, eth(b"\x42\x42\x03" + b"\0" * 40, 38), "stp"),
        (1, eth(V4[:19]), "truncated_ip"),
        (1, eth(b"\x44" + V4[1:]), "bad_ip_header"),
        (1, eth(b"\x65" + V4[1:]), "bad_ip_header"),
        (1, eth(b"\0\1", 0x0806), "truncated_arp"),
        (1, eth(b"\0\0\0", 0x8100), "truncated_link"),
        (1, eth(b"\x11\0\0\1\0\4\xc0\x21abcd", 0x8864), "ppp_lcp"),
        (1, eth(MPLS_LAST + b"\0\0\0\0", 0x8847), "mpls_other"),
        (1, eth(MPLS * 40, 0x8847), "mpls_other"),
        (1, eth(struct.pack(">HH", 1, 0x8100) * 40, 0x8100), "ethertype_8100"),
        (113, struct.pack(">HHH8sH", 4, 824, 0, b"", 0) + b"\0" * 8, "cooked_other"),
        (0, b"\x63\0\0\0" + V4, "linktype_0"),
    ],
)
def test_refused_with_a_reason(link_type: int, frame: bytes, reason: str) -> None:
    decoded = run(pcap([frame], link_type=link_type))
    assert decoded.result.refused == {reason: 1}
    assert decoded.result.records == 1
    assert decoded.rows == []


def test_addresses_and_outer_vlan_are_kept() -> None:
    tagged = eth(struct.pack(">HHHH", 0xE005, 0x8100, 7, 0x0800) + V4, 0x88A8)
    row = run(pcap([tagged])).rows[0]
    assert (row["src_mac"], row["dst_mac"], row["vlan"]) == (MAC_A, MAC_B, 5)


def test_a_link_without_addresses_has_none() -> None:
    row = run(pcap([V4], link_type=101)).rows[0]
    assert (row["src_mac"], row["dst_mac"], row["vlan"]) == (None, None, None)


def test_cooked_captures_know_the_sender_only() -> None:
    row = run(pcap([SLL + V4], link_type=113)).rows[0]
    assert (row["src_mac"], row["dst_mac"]) == (MAC_A, None)
