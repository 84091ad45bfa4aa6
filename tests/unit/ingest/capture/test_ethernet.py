from __future__ import annotations

import struct

import pytest

from .packets import eth, ipv4, ipv6, pcap, run, udp

V4 = ipv4(udp(50000, 2000, b"abc"), 17)
V6 = ipv6(udp(50000, 2000, b"abc"), 17, "2001:db8::1", "2001:db8::2")
LABEL = struct.pack(">I", 200 << 12 | 1 << 8 | 64)
PPPOE = struct.pack(">BBHH", 0x11, 0, 1, 0)
CONTROL = b"\0\0\0\7"
NLPID_SNAP = b"\x18\x41\x03\0\x80\0\0\0"


@pytest.mark.parametrize(
    ("link_type", "frame"),
    [
        (1, eth(LABEL + CONTROL + eth(V4), 0x8847)),
        (1, eth(LABEL + eth(V6, 0x86DD), 0x8848)),
        (1, eth(LABEL + CONTROL + eth(struct.pack(">HH", 5, 0x0800) + V4, 0x8100), 0x8847)),
        (1, eth(struct.pack(">I", 5) + eth(V4), 0x88E7)),
        (1, eth(eth(V4), 0x6558)),
        (1, eth(PPPOE + b"\0\x57" + V6, 0x8864)),
        (1, eth(PPPOE + b"\x02\x81" + LABEL + V4, 0x8864)),
        (1, eth(PPPOE + b"\0\x31\0\1" + eth(V4), 0x8864)),
        (1, eth(b"\x06\x06\x03" + V4, len(V4) + 3)),
        (1, eth(b"\xaa\xaa\x03\x00\x80\xc2\0\7" + eth(V4), 60)),
        (1, eth(b"\xaa\xaa\x03\0\0\0\x08\0" + V4, 0x8870)),
        (50, b"\x0f\0\x08\0" + V4),
        (104, b"\x8f\0\x86\xdd" + V6),
        (107, b"\x18\x41\x03\xcc" + V4),
        (107, b"\x18\x41\x03\0\x8e" + V6),
        (107, NLPID_SNAP + b"\x08\0" + V4),
        (107, b"\x18\x41\x08\0" + V4),
        (239, b"\2\0\0\0" + b"\5\0\x0a\0z\0\0\0" + struct.pack("<HH", len(V4) + 4, 9) + V4),
        (239, b"\x0a\0\0\0" + struct.pack(">HH", len(V6) + 4, 9) + V6),
    ],
)
def test_ip_is_found_under(link_type: int, frame: bytes) -> None:
    decoded = run(pcap([frame], link_type=link_type))
    assert not decoded.result.refused
    (row,) = decoded.rows
    assert (row["src_port"], row["payload_bytes_out"]) == (50000, 3)
    assert (row["wire_bytes_out"], row["tunnel_parent"]) == (len(frame), None)


@pytest.mark.parametrize(
    ("link_type", "frame", "reason"),
    [
        (1, eth(b"\x02\x07" + bytes(44), 0x88CC), "lldp"),
        (1, eth(b"\x01\x01\0\0", 0x888E), "eapol"),
        (1, eth(b"\x42\x42\x03" + bytes(40), 38), "stp"),
        (1, eth(b"\xaa\xaa\x03\0\0\x0c\x20\0" + bytes(20), 28), "cdp"),
        (1, eth(b"\xaa\xaa\x03\0\0\x0c\x01\x0b" + bytes(20), 28), "stp_per_vlan"),
        (1, eth(b"\xfe\xfe\x03" + bytes(20), 23), "osi"),
        (1, eth(bytes(40), 0x6003 + 1), "ethertype_6004"),
        (1, eth(LABEL + b"\x10\0\0\x07" + bytes(20), 0x8847), "mpls_channel"),
        (1, eth(LABEL + b"\x45" + bytes(30), 0x8847), "mpls_other"),
        (1, eth(PPPOE + b"\xc2\x23abcd", 0x8864), "ppp_chap"),
        (1, eth(b"\x21" + PPPOE + V4, 0x8864), "pppoe_other"),
        (104, b"\x8f\0\x80\x35" + bytes(18), "cisco_8035"),
        (107, b"\x18\x41\x03\xcf" + bytes(20), "llc_cf"),
        (107, b"\0\0\0\0\0\0\0", "ethertype_0000"),
        (220, bytes(64), "linktype_usb_linux"),
        (178, bytes(64), "linktype_juniper_ethernet"),
        (60000, bytes(64), "linktype_60000"),
        (239, b"\2\0\0\0" + bytes(8), "linktype_239"),
    ],
)
def test_refused_by_name(link_type: int, frame: bytes, reason: str) -> None:
    decoded = run(pcap([frame], link_type=link_type))
    assert decoded.result.refused == {reason: 1}
    assert decoded.rows == []


def test_padding_is_no_payload() -> None:
    frame = eth(ipv4(udp(50000, 2000, b"abc"), 17) + bytes(15))
    (row,) = run(pcap([frame])).rows
    assert (row["payload_bytes_out"], row["ip_bytes_out"], row["wire_bytes_out"]) == (3, 31, 60)


def test_lengths_left_to_the_network_card_are_those_of_the_frame() -> None:
    packet = ipv4(udp(50000, 2000, b"abc"), 17, length=0)
    decoded = run(pcap([eth(packet)]))
    assert decoded.rows[0]["ip_bytes_out"] == len(packet)
    assert decoded.result.facts["ip_length_empty"] == 1


def test_jumbograms_are_said() -> None:
    hop = b"\x11\0\xc2\4\0\0\0\x13"
    packet = ipv6(hop + udp(50000, 2000, b"abc"), 0, "2001:db8::1", "2001:db8::2")
    packet = packet[:4] + b"\0\0" + packet[6:]
    decoded = run(pcap([eth(packet, 0x86DD)]))
    assert decoded.rows[0]["payload_bytes_out"] == 3
    assert decoded.result.facts["ipv6_jumbograms"] == 1
