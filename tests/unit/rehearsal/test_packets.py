"""Probe packets: what is read of a frame is what it was made of, and its sums are right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.rehearsal.packets import LONGEST, SYN, frames, probes, read, turned
from tests.traffic import checksum

FOUR = st.ip_addresses(v=4).map(str)
SIX = st.ip_addresses(v=6).map(str)
PORT = st.integers(1, 65_535)


@st.composite
def flows(draw):
    ends = draw(st.sampled_from([FOUR, SIX]))
    protocol = draw(st.sampled_from(["tcp", "udp", "icmp" if ends is FOUR else "icmp6"]))
    return {
        "src": draw(ends), "dst": draw(ends), "protocol": protocol, "sport": draw(PORT),
        "dport": 0 if "icmp" in protocol else draw(PORT),
    }  # fmt: skip


def sent(packets, flags=SYN, answers=False):
    for group in frames(packets, flags, b"\1" * 6, b"\2" * 6, answers=answers):
        assert group.shape[1] <= LONGEST
        yield from (bytes(row) for row in group)


def received(rows):
    room = np.zeros((len(rows), LONGEST), np.uint8)
    for place, row in enumerate(rows):
        room[place, : len(row)] = np.frombuffer(row, np.uint8)
    return read(room, np.array([len(row) for row in rows], np.int64))


@given(st.lists(flows(), min_size=1, max_size=8), st.booleans())
def test_what_is_read_is_what_was_made(made, answers):
    packets = probes(made)
    found = received(list(sent(packets, answers=answers)))
    assert np.sort(found, order="number").tobytes() == packets.tobytes()
    assert turned(turned(packets)).tobytes() == packets.tobytes()


@given(flows())
def test_checksums_are_right(flow):
    (row,) = sent(probes([flow]))
    is_ipv6 = ":" in flow["src"]
    head = 40 if is_ipv6 else 20
    upper = row[14 + head :]
    if not is_ipv6:
        assert checksum(row[14:34]) == 0
        assert int.from_bytes(row[16:18], "big") == len(row) - 14
    ends = row[22:54] if is_ipv6 else row[26:34]
    number = {"tcp": 6, "udp": 17, "icmp": 1, "icmp6": 58}[flow["protocol"]]
    pseudo = ends + len(upper).to_bytes(4, "big") + number.to_bytes(4, "big")
    assert checksum((b"" if number == 1 else pseudo) + upper) == 0


@given(st.lists(st.binary(max_size=LONGEST), max_size=5))
def test_frames_of_others_are_no_probes(rows):
    assert len(received(rows)) == 0 if rows else True


def test_an_echo_is_answered_with_its_own_identifier():
    flow = {"src": "10.0.0.1", "dst": "192.0.2.1", "protocol": "icmp", "sport": 77, "dport": 0}
    (reply,) = sent(turned(probes([flow])), answers=True)
    assert (reply[34], reply[38:40], reply[26:30]) == (0, b"\0\x4d", bytes([192, 0, 2, 1]))


@pytest.mark.parametrize("flags", [0x02, 0x12, 0x18])
def test_tcp_follows_its_own_numbers(flags):
    flow = {"src": "10.0.0.1", "dst": "192.0.2.1", "protocol": "tcp", "sport": 7, "dport": 9}
    (row,) = sent(probes([flow]), flags)
    sequence, acknowledged = int.from_bytes(row[38:42], "big"), int.from_bytes(row[42:46], "big")
    # The first packet has eight octets of data, and its flag counts for one.
    assert sequence == 1000 + bool(flags & 8)
    assert acknowledged == (1009 if flags & 0x10 else 0)
    assert row[47] == flags
