"""Headers of every encapsulation, bent at random: nothing raises, every frame has its verdict."""

from __future__ import annotations

import random

import pytest

from .packets import Decoded, eth, pcap, run
from .test_ethernet import LABEL, PPPOE, V4, V6
from .test_fragments import ANSWER, v4, v6
from .test_tunnels import TUNNELS
from .test_wireless import LLC4, RSN_PSK, beacon, data_frame, element, part, ppi, radiotap

ETHERNET = [
    *(eth(packet, 0x0800 if packet[0] >> 4 == 4 else 0x86DD) for packet, _, _ in TUNNELS.values()),
    eth(LABEL + b"\0\0\0\7" + eth(V4), 0x8847),
    eth(PPPOE + b"\0\x57" + V6, 0x8864),
    *v4(ANSWER[:2000], 600),
    *v6(ANSWER[:2000], 600),
]
AGGREGATE = data_frame(part(LLC4) + part(LLC4) + part(LLC4, is_last=True), qos=b"\x80\0")
RADIO = [
    radiotap(beacon(b"office", element(48, RSN_PSK)), more=2),
    radiotap(AGGREGATE, flags=0x10),
    radiotap(data_frame(LLC4)),
]
FRAMES = {
    1: ETHERNET,
    127: RADIO,
    192: [ppi(AGGREGATE)],
    105: [AGGREGATE, beacon(b"office", element(48, RSN_PSK))],
    107: [b"\x18\x41\x03\xcc" + V4, b"\x18\x41\x03\0\x80\0\0\0\x08\0" + V4],
    239: [b"\2\0\0\0" + b"\5\0\x0a\0z\0\0\0" + bytes([len(V4) + 4, 0, 9, 0]) + V4],
    50: [b"\xff\x03\0\x21" + V4, b"\x0f\0\x08\0" + V4],
}


def bent(frame: bytes, chance: random.Random) -> bytes:
    """A frame with a few octets changed and perhaps its end missing."""
    octets = bytearray(frame)
    for _ in range(chance.randrange(1, 5)):
        octets[chance.randrange(min(len(octets), 120))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
    if chance.random() < 0.3:
        del octets[chance.randrange(len(octets)) :]
    return bytes(octets)


@pytest.mark.parametrize("link_type", FRAMES)
def test_mutated_encapsulations_are_harmless(link_type: int) -> None:
    chance = random.Random(link_type)
    frames = [bent(chance.choice(FRAMES[link_type]), chance) for _ in range(3000)]
    decoded = run(pcap(frames, link_type=link_type))
    assert _accounted(decoded) == 3000
    again = run(pcap(frames, link_type=link_type), block_bytes=4096)
    assert again.result == decoded.result
    assert sorted(map(repr, again.rows)) == sorted(map(repr, decoded.rows))


def _accounted(decoded: Decoded) -> int:
    """Frames by what became of them."""
    facts = decoded.result.facts
    named = sum(int(str(facts[name])) for name in ("ip_frames", "arp_frames", "wifi_frames"))
    return named + sum(decoded.result.refused.values())
