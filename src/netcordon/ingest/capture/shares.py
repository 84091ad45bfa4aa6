"""Which packets of a capture belong to one of several processes that decode it side by side.

The unordered pair of outer addresses decides, for every protocol: fragments, the control and data
connections of FTP, and all flows inside a tunnel stay together. What is not IP is share 0's.

A pair goes to the share that had the least to do when the pair was first seen, and stays there; a
hash alone would often put the two busiest pairs together. What a share has to do is estimated, for
a packet in a download costs a twentieth of one that ends a message. Every process sees all packets
in the same order and so comes to the same division.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import PSH, SYN, Record, Records
from netcordon.ingest.capture.octets import wide
from netcordon.ingest.capture.packet import verdicts
from netcordon.model.parser import Share

_SALT = np.uint64(0xD6E8FEB86659FD93)
"""Keeps the buckets apart from the places in the flow table."""
_BUCKETS = 1 << 16
"""Pairs that share a bucket share an owner."""
_DATAGRAM, _MESSAGE, _CONNECTION = 4, 20, 3
"""What reading a datagram, the end of a message (PSH) and opening a connection cost beyond what
every packet does, in times of that; measured on mixed traffic."""


class Division:
    """Divides the packets of one capture, chunk after chunk."""

    def __init__(self, share: Share) -> None:
        self._index = share.index
        self._owners = np.full(_BUCKETS, -1, dtype=np.int16)
        self._loads = np.zeros(share.count, dtype=np.int64)

    def disown(self, packets: Records, count: int) -> None:
        """Give each of ``count`` parsed packets that is another share's the verdict ``FOREIGN``."""
        if len(self._loads) > 1:
            disown_packets(packets, count, self._index, self._owners, self._loads)


@kernel
def disown_packets(
    packets: Records,
    count: int,
    index: int,
    owners: NDArray[np.int16],
    loads: NDArray[np.int64],
) -> None:
    """Mark the packets of the other shares.

    Args:
        packets: parsed packets.
        count: how many of them.
        index: of the own share, from 0.
        owners: share of each bucket, -1 before it is first met; a power of two of them.
        loads: of each share so far, in packets' worth of work.
    """
    mask = np.uint64(len(owners) - 1)
    for i in range(count):
        packet = packets[i]
        owner = 0
        if packet.verdict == verdicts.IP:
            src = mix(mix(packet.src_hi ^ _SALT) ^ packet.src_lo)
            dst = mix(mix(packet.dst_hi ^ _SALT) ^ packet.dst_lo)
            bucket = wide(mix(src + dst) & mask)
            owner = wide(owners[bucket])
            if owner < 0:
                for share in range(len(loads)):
                    if owner < 0 or loads[share] < loads[owner]:
                        owner = share
                owners[bucket] = owner
        loads[owner] += _work(packet)
        if owner != index:
            packet.verdict = verdicts.FOREIGN


@subkernel
def _work(packet: Record) -> int:
    """What a packet costs whoever decodes it, in times of what every packet costs."""
    work = 1
    if packet.verdict != verdicts.IP:
        return work
    if packet.has_tcp:
        if packet.tcp_flags & SYN:
            work += _CONNECTION
        elif packet.tcp_flags & PSH and packet.payload_captured > 0:
            work += _MESSAGE
    elif packet.payload_captured > 0:
        work += _DATAGRAM
    return work
