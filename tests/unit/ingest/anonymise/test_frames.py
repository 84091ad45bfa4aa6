"""Frames of every kind rewritten: nothing of anybody is left, and every reader still reads them."""

from __future__ import annotations

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.anonymise import dns_message, tls_hello
from netcordon.ingest.anonymise.checksums import ones_sum, pseudo_header
from netcordon.ingest.anonymise.frame import Frames
from netcordon.ingest.anonymise.pseudonyms import Pseudonyms
from tests import traffic

_KEY = b"0123456789abcdef0123456789abcdef"
_WHO = Pseudonyms(_KEY)
_SRC, _DST = "198.51.100.7", "203.0.113.9"
_SRC6, _DST6 = "2001:db8:1::7", "2001:db8:2::9"
_MACS = ("00:11:22:33:44:55", "00:aa:bb:cc:dd:ee")
_SECRET = b"password=hunter2 host=intranet.brightwater.example"


def rewritten(frame: bytes, link_type: int = 1, *, names: bool = True) -> bytes:
    out = bytearray(frame)
    Frames(_WHO, names=names).rewrite(out, link_type)
    assert len(out) == len(frame)
    return bytes(out)


def _eth(packet: bytes, kind: int = 0x0800) -> bytes:
    return traffic.ethernet(packet, kind, src=_MACS[0], dst=_MACS[1])


def _v6(protocol: int, payload: bytes) -> bytes:
    return _eth(traffic.ip(_SRC6, _DST6, protocol, payload), 0x86DD)


def _a(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


_TRACES = [_a(_SRC), _a(_DST), _a(_SRC6)[:8], _a(_DST6)[:8], b"hunter2", b"brightwater"]
_TRACES += [bytes.fromhex(mac.replace(":", "")) for mac in _MACS]


def _dns_answer() -> bytes:
    name = b"\x03www\x0bbrightwater\x07example\x00"
    question = name + struct.pack(">HH", 1, 1)
    alias = b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 60, 6) + b"\x03cdn\xc0\x10"
    address = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + _a(_DST)
    six = b"\xc0\x0c" + struct.pack(">HHIH", 28, 1, 60, 16) + _a(_DST6)
    text = b"\xc0\x10" + struct.pack(">HHIH", 16, 1, 60, 1 + len(_SECRET))
    text += bytes([len(_SECRET)]) + _SECRET
    option = b"\0" + struct.pack(">HHIH", 41, 1232, 0, 8) + b"\0\x08\0\x04" + _a(_SRC)
    head = struct.pack(">6H", 7, 0x8180, 1, 4, 0, 1)
    return head + question + alias + address + six + text + option


_ARP = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + bytes.fromhex("001122334455") + _a(_SRC)
_ARP += bytes.fromhex("00aabbccddee") + _a(_DST)
_QUOTED = traffic.ip(_SRC, _DST, 17, traffic.udp(5000, 53, _SECRET))
_ADVERT = struct.pack(">BBHI", 136, 0, 0, 0x6000_0000) + _a(_SRC6) + b"\x02\x01"
_ADVERT += bytes.fromhex("001122334455")
_ROUTER = struct.pack(">BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + b"\x03\x04\x40\xc0" + bytes(12)
_ROUTER += _a(_SRC6)[:8] + bytes(8) + b"\x19\x03" + bytes(6) + _a(_DST6)
_HOP = bytes((58, 0, 5, 2, 0, 0, 1, 0)) + _ADVERT
_FRAMES = {
    "tcp": _eth(traffic.ip(_SRC, _DST, 6, traffic.tcp(4000, 80, 1, 2, 24, _SECRET))),
    "tls": _eth(traffic.ip(_SRC, _DST, 6, traffic.tcp(
        4000, 443, 1, 2, 24, traffic.client_hello(b"www.brightwater.example")))),
    "tcp over IPv6": _v6(6, traffic.tcp(4000, 80, 1, 2, 24, _SECRET)),
    "dns": _eth(traffic.ip(_DST, _SRC, 17, traffic.udp(53, 5000, _dns_answer()))),
    "udp": _v6(17, traffic.udp(4000, 514, _SECRET)),
    "vlan": _eth(struct.pack(">HH", 7, 0x0800) + _QUOTED, 0x8100),
    "padding": _eth(traffic.ip(_SRC, _DST, 17, traffic.udp(1, 2, b"")) + _SECRET),
    "arp": _eth(_ARP + _SECRET, 0x0806),
    "icmp error": _eth(traffic.ip(_DST, _SRC, 1, b"\x03\x03\0\0" + bytes(4) + _QUOTED)),
    "icmp redirect": _eth(traffic.ip(_DST, _SRC, 1, b"\x05\x01\0\0" + _a(_DST) + _QUOTED)),
    "echo": _eth(traffic.ip(_SRC, _DST, 1, b"\x08\0\0\0\0\1\0\1" + _SECRET)),
    "advertisement": _v6(58, _ADVERT),
    "router": _v6(58, _ROUTER),
    "hop by hop": _v6(0, _HOP),
    "tunnel": _eth(traffic.ip(_SRC, _DST, 4, _QUOTED)),
    "gre": _eth(traffic.ip(_SRC, _DST, 47, b"\0\0\x08\0" + _QUOTED)),
    "lldp": _eth(b"\x02\x07\x04" + bytes.fromhex("001122334455") + _SECRET, 0x88CC),
    "later fragment": _eth(traffic.ip(_SRC, _DST, 17, _SECRET)[:6] + b"\0\x05"
                           + traffic.ip(_SRC, _DST, 17, _SECRET)[8:]),
}  # fmt: skip


@pytest.mark.parametrize("kind", _FRAMES)
@pytest.mark.parametrize("names", [True, False], ids=["names", "cut"])
def test_nothing_of_anybody_is_left(kind: str, names: bool) -> None:
    frame = _FRAMES[kind]
    assert any(trace in frame for trace in _TRACES), "the frame tells nothing to begin with"
    made = rewritten(frame, names=names)
    assert not [trace for trace in _TRACES if trace in made]
    assert made[12:14] == frame[12:14]
    for cut in range(0, len(frame), 3):
        short = rewritten(frame[:cut], names=names)
        assert not [trace for trace in _TRACES if trace in short], cut


@pytest.mark.parametrize("kind", ["tcp", "tls", "tcp over IPv6", "udp", "advertisement"])
def test_checksums_are_right(kind: str) -> None:
    frame = bytearray(_FRAMES[kind])
    is_six = frame[12:14] == b"\x86\xdd"
    start, protocol = (54, frame[20]) if is_six else (34, frame[23])
    if protocol == 17:
        frame[start + 6] = 1  # one was sent, whatever it was
    made = rewritten(bytes(frame))
    ends = (made[22:38], made[38:54]) if is_six else (made[26:30], made[30:34])
    if not is_six:
        assert ones_sum(made[14:34]) == 0xFFFF
    total = ones_sum(made[start:]) + pseudo_header(*ends, protocol, len(made) - start)
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF


def test_a_look_up_is_told_by_its_pseudonyms() -> None:
    message = _dns_answer()
    made = dns_message.anonymised(message, _WHO)
    assert made is not None
    labels = _WHO.name(b"www.brightwater.example").split(b".")
    assert made[12:].startswith(b"".join(bytes([len(each)]) + each for each in labels))
    assert _WHO.address(_a(_DST)) in made
    assert _WHO.address(_a(_DST6)) in made
    assert b"x" * len(_SECRET) in made
    assert made[-4:] == bytes(4)  # the client's subnet
    cdn = _WHO.label(b"cdn", b"brightwater.example")
    assert b"\x03" + cdn + b"\xc0\x10" in made
    for cut in range(len(message)):
        assert dns_message.anonymised(message[:cut], _WHO) is None
    assert dns_message.anonymised(message[:12] + b"\xc0\x0c" + message[14:], _WHO) is None


def test_a_server_name_is_told_by_its_pseudonym_and_nothing_else_is_lost() -> None:
    hello = traffic.client_hello(b"www.brightwater.example")
    made = tls_hello.anonymised(hello + b"early data", _WHO)
    assert made is not None
    assert made.endswith(_WHO.name(b"www.brightwater.example") + bytes(10))
    assert made[: made.index(_WHO.name(b"www.brightwater.example"))] == hello[:-23]
    for cut in range(len(hello)):
        assert tls_hello.anonymised(hello[:cut], _WHO) is None


@pytest.mark.parametrize(
    ("link_type", "head"),
    [
        (101, b""),
        (0, b"\x02\0\0\0"),
        (113, b"\0\0\0\1\0\6" + bytes.fromhex("0011223344550000") + b"\x08\0"),
        (276, b"\x08\0\0\0\0\0\0\1\0\1\0\6" + bytes.fromhex("0011223344550000")),
    ],
)
def test_other_links(link_type: int, head: bytes) -> None:
    made = rewritten(head + _QUOTED, link_type)
    assert not [trace for trace in _TRACES if trace in made]
    assert _WHO.address(_a(_SRC)) in made
    assert not Frames(_WHO, names=True).knows(127)


@given(
    st.sampled_from([0, 1, 12, 101, 108, 113, 228, 276]), st.sampled_from(sorted(_FRAMES)),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=12), st.booleans(),
)  # fmt: skip
def test_damaged_frames_keep_their_length_and_harm_nobody(
    link_type: int, kind: str, changes: list[tuple[int, int]], names: bool
) -> None:
    frame = bytearray(_FRAMES[kind])
    for at, value in changes:
        frame[at % len(frame)] = value
    rewritten(bytes(frame), link_type, names=names)


@given(st.binary(max_size=300))
def test_any_octets(octets: bytes) -> None:
    for link_type in (1, 101, 113, 276, 108):
        rewritten(octets, link_type)
    dns_message.anonymised(octets, _WHO)
    tls_hello.anonymised(b"\x16\x03\x01" + octets, _WHO)
