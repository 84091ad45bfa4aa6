"""The line between the border and the internet side: real distance for real packets.

A wire between namespaces has no length, so every server would seem to stand in the same room. This
program joins two TUN devices and gives each packet the delay, the hops (TTL) and the bandwidth of
the way to its site, in order. It changes nothing else, and runs outside the company, where the
sensor does not look. (The kernel's netem would do the delay, but not every kernel has it.)
"""

from __future__ import annotations

import fcntl
import heapq
import ipaddress
import os
import random
import select
import struct
import time
from dataclasses import dataclass, field

from lab import world

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
BITS_PER_S = {"up": 20e6, "down": 50e6}
DEFAULT_HOPS, DEFAULT_DELAY_S = 9, 0.015
ENDS = ("line-in", "line-out")


def open_tun(name: str) -> int:
    """Create a TUN device; it lives as long as its descriptor, in whatever namespace it is put."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def far_end(packet: bytes, *, up: bool) -> bytes | None:
    """The internet-side address of a packet: the destination on the way up, else the source."""
    if packet[0] >> 4 == 4 and len(packet) >= 20:
        return packet[16:20] if up else packet[12:16]
    if packet[0] >> 4 == 6 and len(packet) >= 40:
        return packet[24:40] if up else packet[8:24]
    return None


def travelled(packet: bytes, hops: int) -> bytes | None:
    """The packet after `hops` routers, or None when it would have died on the way."""
    header = bytearray(packet)
    at = 8 if packet[0] >> 4 == 4 else 7
    if header[at] <= hops:
        return None
    header[at] -= hops
    if packet[0] >> 4 == 4:
        length = (header[0] & 15) * 4
        header[10:12] = b"\0\0"
        total = sum(struct.unpack(f"!{length // 2}H", header[:length]))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        header[10:12] = struct.pack("!H", ~total & 0xFFFF)
    return bytes(header)


@dataclass(order=True)
class _Parcel:
    due: float
    number: int
    packet: bytes = field(compare=False)
    fd: int = field(compare=False)


class Line:
    """Holds each packet until it is due; per direction and far end the order is kept."""

    def __init__(self, inner: int, outer: int) -> None:
        self._ways = {inner: (outer, "up"), outer: (inner, "down")}
        self._queue: list[_Parcel] = []
        self._free = {"up": 0.0, "down": 0.0}
        self._last: dict[tuple[str, bytes], float] = {}
        self._count = 0
        self._routes: dict[bytes, tuple[int, float]] = {}
        for site in world.SITES:
            for address in filter(None, (site.ip, site.ip6)):
                self._routes[ipaddress.ip_address(address).packed] = (
                    site.hops,
                    site.delay_ms / 1e3,
                )

    def run(self) -> None:
        """Carry packets until ended."""
        while True:
            wait = max(0.0, self._queue[0].due - time.monotonic()) if self._queue else None
            for fd in select.select(list(self._ways), [], [], wait)[0]:
                self._accept(fd)
            while self._queue and self._queue[0].due <= time.monotonic():
                parcel = heapq.heappop(self._queue)
                _write(parcel.fd, parcel.packet)

    def _accept(self, fd: int) -> None:
        out, way = self._ways[fd]
        try:
            packet = os.read(fd, 65536)
        except OSError:  # the device is not up yet, or has just moved
            time.sleep(0.05)
            return
        far = far_end(packet, up=way == "up") if packet else None
        if far is None:
            return
        hops, delay = self._routes.get(far, (DEFAULT_HOPS, DEFAULT_DELAY_S))
        moved = travelled(packet, hops)
        if moved is None:
            return
        now = time.monotonic()
        self._free[way] = max(now, self._free[way]) + len(packet) * 8 / BITS_PER_S[way]
        due = self._free[way] + delay * random.uniform(1.0, 1.12)
        due = self._last[way, far] = max(due, self._last.get((way, far), 0.0))
        self._count += 1
        heapq.heappush(self._queue, _Parcel(due, self._count, moved, out))


def _write(fd: int, packet: bytes) -> None:
    try:
        os.write(fd, packet)
    except OSError:  # a full or closed device loses the packet, as a line does
        return


if __name__ == "__main__":
    Line(*(open_tun(name) for name in ENDS)).run()
