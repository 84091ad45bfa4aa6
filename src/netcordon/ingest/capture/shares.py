"""Which packets of a capture belong to one of several processes that decode it side by side.

The unordered pair of outer addresses decides, for every protocol: fragments, the control and data
connections of FTP, and all flows inside a tunnel stay together. What is not IP is share 0's.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture import verdicts
from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import Records

_SALT = np.uint64(0xD6E8FEB86659FD93)
"""Keeps the choice of the share apart from the places in the flow table."""


@kernel
def disown_packets(packets: Records, count: int, index: int, shares: int) -> None:
    """Give every packet of the other shares the verdict ``FOREIGN``.

    Args:
        packets: parsed packets.
        count: how many of them.
        index: of the own share, from 0.
        shares: how many there are.
    """
    for i in range(count):
        packet = packets[i]
        owner = np.uint64(0)
        if packet.verdict == verdicts.IP:
            src = mix(mix(packet.src_hi ^ _SALT) ^ packet.src_lo)
            dst = mix(mix(packet.dst_hi ^ _SALT) ^ packet.dst_lo)
            owner = mix(src + dst) % np.uint64(shares)
        if owner != np.uint64(index):
            packet.verdict = verdicts.FOREIGN
