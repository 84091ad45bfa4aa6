"""Headers of a chunk of packets, and one verdict for each frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture import verdicts
from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.ingest.capture.link import ARP, IPV4, IPV6, read_link
from netcordon.ingest.capture.network import read_ipv4, read_ipv6
from netcordon.ingest.capture.transport import read_transport

_ARP_BYTES = 8


@kernel
def parse_packets(
    data: Octets, packets: Records, count: int, verdict_counts: NDArray[np.int64]
) -> None:
    """Fill in the headers of the first ``count`` packets and count their verdicts.

    Args:
        data: the block.
        packets: records with the container's fields filled in.
        count: how many of them.
        verdict_counts: frames by verdict, ``verdicts.SIZE`` of them.
    """
    for i in range(count):
        packet = packets[i]
        ether_type = read_link(data, packet)
        if ether_type == 1:
            at = packet.network
            is_v6 = at < packet.end and (data[at] >> 4) == 6
            ether_type = IPV6 if is_v6 else IPV4
        if ether_type in (IPV4, IPV6):
            is_ip = read_ipv4(data, packet) if ether_type == IPV4 else read_ipv6(data, packet)
            if is_ip:
                packet.verdict = verdicts.IP
                read_transport(data, packet)
        elif ether_type == ARP:
            is_whole = packet.network + _ARP_BYTES <= packet.end
            packet.verdict = verdicts.ARP if is_whole else verdicts.TRUNCATED_ARP
        elif ether_type >= 0:
            packet.verdict = verdicts.ETHERTYPE + ether_type
        verdict_counts[packet.verdict] += 1
