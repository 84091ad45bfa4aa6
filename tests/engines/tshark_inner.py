"""IP packets inside tunnels, packets and IP bytes per five-tuple, as tshark reads them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.engines.tshark_flows import NAMES, Ends, Traffic, ends_of

_QUOTING = ("icmp", "icmpv6")
"""Layers that quote packets: what lies under them was not sent inside anything."""


def read(capture: Path, tshark: str) -> Traffic:
    """All IP packets but the first of each frame; fragments stay apart."""
    command = [tshark, "-n", "-r", str(capture), "-T", "json", "--no-duplicate-keys"]
    command += ["-j", "frame ip ipv6 tcp udp icmp icmpv6"]
    for option in ("ip.defragment:FALSE", "ipv6.defragment:FALSE"):
        command += ["-o", option]
    command += ["-Y", "(ip && ipv6) || count(ip.src) > 1 || count(ipv6.src) > 1"]
    done = subprocess.run(command, capture_output=True, check=False)
    traffic = Traffic()
    for packet in json.loads(done.stdout or b"[]"):
        traffic.frames += 1
        for ends, ip_bytes in list(_packets(packet["_source"]["layers"]))[1:]:
            traffic.add(ends, 1, ip_bytes)
    return traffic


def _packets(layers: dict[str, Any]) -> Iterator[tuple[Ends, int]]:
    """IP packets of a frame from the outside in."""
    order = layers["frame"]["frame.protocols"].split(":")
    seen = {"ip": 0, "ipv6": 0, "tcp": 0, "udp": 0}
    for place, name in enumerate(order):
        if name in _QUOTING:
            return
        if name not in ("ip", "ipv6"):
            if name in seen:
                seen[name] += 1
            continue
        header = _nth(layers[name], seen[name])
        seen[name] += 1
        v6 = name == "ipv6"
        protocol = int(header["ipv6.nxt" if v6 else "ip.proto"], 0)
        kind = NAMES.get(str(protocol), str(protocol))
        ports = (0, 0)
        if kind in ("tcp", "udp") and order[place + 1 : place + 2] == [kind]:
            transport = _nth(layers[kind], seen[kind])
            ports = (int(transport[f"{kind}.srcport"]), int(transport[f"{kind}.dstport"]))
        length = 40 + int(header["ipv6.plen"]) if v6 else int(header["ip.len"])
        ends = ends_of(kind, (header[f"{name}.src"], ports[0]), (header[f"{name}.dst"], ports[1]))
        yield ends, length


def _nth(layer: Any, number: int) -> Any:
    return layer[number] if isinstance(layer, list) else layer
