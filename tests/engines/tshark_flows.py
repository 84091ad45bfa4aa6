"""Frames and bytes per outer five-tuple as tshark reads them."""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

Ends = tuple[str, tuple[tuple[str, int], tuple[str, int]]]
"""Protocol, and both ends in order, so that directions and splits of flows do not matter."""

_FIELDS = (
    "frame.len", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "ip.proto",
    "ipv6.nxt", "ipv6.hopopts.nxt", "ipv6.routing.nxt", "ipv6.dstopts.nxt", "ipv6.fraghdr.nxt",
    "ah.next_header", "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport",
)  # fmt: skip
NAMES = {
    "1": "icmp", "2": "igmp", "4": "ipip", "6": "tcp", "8": "egp", "17": "udp", "33": "dccp",
    "41": "ipv6", "46": "rsvp", "47": "gre", "50": "esp", "51": "ah", "58": "icmp6", "88": "eigrp",
    "89": "ospf", "97": "etherip", "103": "pim", "112": "vrrp", "115": "l2tp", "124": "isis",
    "132": "sctp", "136": "udplite", "137": "mpls",
}  # fmt: skip
_EXTENSIONS = {
    "ipv6.hopopts": "ipv6.hopopts.nxt",
    "ipv6.routing": "ipv6.routing.nxt",
    "ipv6.dstopts": "ipv6.dstopts.nxt",
    "ipv6.fraghdr": "ipv6.fraghdr.nxt",
    "ah": "ah.next_header",
}


@dataclass
class Traffic:
    """Frames of a capture, and frames and bytes on the wire of its outer IP packets."""

    frames: int = 0
    packets: Counter[Ends] = field(default_factory=Counter)
    wire_bytes: Counter[Ends] = field(default_factory=Counter)

    def add(self, ends: Ends, packets: int, wire_bytes: int) -> None:
        self.packets[ends] += packets
        self.wire_bytes[ends] += wire_bytes

    def differences(self, other: Traffic) -> set[Ends]:
        """Ends for which frames or bytes differ."""
        return {
            ends
            for ends in self.packets.keys() | other.packets.keys()
            if self.packets[ends] != other.packets[ends]
            or self.wire_bytes[ends] != other.wire_bytes[ends]
        }


def read(capture: Path, tshark: str) -> Traffic:
    """Run tshark over a capture, without reassembly of fragments."""
    command = [tshark, "-n", "-r", str(capture), "-T", "fields", "-E", "occurrence=f"]
    for option in ("ip.defragment:FALSE", "ipv6.defragment:FALSE"):
        command += ["-o", option]
    for name in _FIELDS:
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    traffic = Traffic()
    for line in done.stdout.splitlines():
        traffic.frames += 1
        row = dict(zip(_FIELDS, line.split("\t"), strict=True))
        ends = _outer(row)
        if ends is not None:
            traffic.add(ends, 1, int(row["frame.len"]))
    return traffic


def _outer(row: dict[str, str]) -> Ends | None:
    """Ends of the outermost IP packet of a frame; ``None`` when there is none."""
    layers = row["frame.protocols"].split(":")
    at = {"ip": len(layers), "ipv6": len(layers)}
    for name in at:
        if name in layers and row[f"{name}.src"]:
            at[name] = layers.index(name)
    version = min(at, key=lambda name: at[name])
    if at[version] == len(layers):
        return None
    inner = layers[at[version] + 1 :]
    protocol = row["ip.proto"] if version == "ip" else row["ipv6.nxt"]
    while version == "ipv6" and inner and inner[0] in _EXTENSIONS:
        protocol = row[_EXTENSIONS[inner.pop(0)]]
    name = NAMES.get(protocol, protocol)
    ports = (0, 0)
    # Later fragments and cut-off headers have no ports; those found belong to something quoted.
    if name in ("tcp", "udp") and inner and inner[0] == name and row[f"{name}.srcport"]:
        ports = (int(row[f"{name}.srcport"]), int(row[f"{name}.dstport"]))
    return ends_of(name, (row[f"{version}.src"], ports[0]), (row[f"{version}.dst"], ports[1]))


def ends_of(protocol: str, one: tuple[str, int], other: tuple[str, int]) -> Ends:
    """Both ends in order; other protocols than TCP and UDP have no ports here."""
    if protocol not in ("tcp", "udp"):
        one, other = (one[0], 0), (other[0], 0)
    return protocol, (one, other) if one <= other else (other, one)
