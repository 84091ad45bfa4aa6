"""The false answers are what RFC 826 calls an answer."""

from __future__ import annotations

import socket

from lab import arp_spoof

OURS, THEIRS = "02:00:00:00:00:0a", "02:00:00:00:00:0b"


def test_an_answer_says_who_has_the_address_to_one_neighbour() -> None:
    made = arp_spoof.frame(THEIRS, OURS, "10.0.0.1", "10.0.0.2", OURS)
    assert made[:14] == bytes.fromhex("02000000000b 02000000000a 0806")
    assert made[14:22] == bytes.fromhex("0001 0800 06 04 0002")
    assert made[22:32] == bytes.fromhex("02000000000a") + socket.inet_aton("10.0.0.1")
    assert made[32:] == bytes.fromhex("02000000000b") + socket.inet_aton("10.0.0.2")


def test_an_announcement_names_nobody_as_its_target() -> None:
    made = arp_spoof.frame(arp_spoof.BROADCAST, OURS, "10.0.0.1", "10.0.0.1", OURS)
    assert made[:6] == b"\xff" * 6
    assert made[32:38] == bytes(6)
