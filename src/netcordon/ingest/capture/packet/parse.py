"""Headers of a chunk of packets, and one verdict for each frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.layout import BESIDE, Octets, Records
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.ethernet import ANY_IP, ARP, IPV4, IPV6
from netcordon.ingest.capture.packet.link import read_link
from netcordon.ingest.capture.packet.nesting import read_packets

_ARP_BYTES = 8


@kernel
def parse_packets(
    data: Octets, packets: Records, count: int, verdict_counts: NDArray[np.int64], tallies: Records
) -> int:
    """Fill in the headers of the first ``count`` packets and count their verdicts.

    Args:
        data: the block.
        packets: records with the container's fields filled in; free ones behind ``count`` take
            the packets found inside those of the frames.
        count: how many frames.
        verdict_counts: frames by verdict, ``verdicts.SIZE`` of them.
        tallies: one TALLY.

    Returns:
        Records in use.
    """
    used = count
    tally = tallies[0]
    tally.chunk_fragments = 0
    other_links = 0
    for i in range(count):
        packet = packets[i]
        packet.next = -1
        packet.relation = BESIDE
        packet.via = 0
        packet.tunnel = 0
        other_links += packet.link_type != 1
        ether_type = read_link(data, packet)
        if ether_type in (IPV4, IPV6, ANY_IP):
            used = read_packets(data, packets, i, ether_type, used, tally)
        elif ether_type == ARP:
            is_whole = packet.network + _ARP_BYTES <= packet.end
            packet.verdict = verdicts.ARP if is_whole else verdicts.TRUNCATED_ARP
        elif ether_type >= 0:
            packet.verdict = verdicts.ETHERTYPE + ether_type
        verdict_counts[packet.verdict] += 1
    tally.chunk_other_links = other_links
    return used
