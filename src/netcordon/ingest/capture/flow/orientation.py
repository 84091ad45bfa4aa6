"""Who began: never decided by the first packet alone.

A SYN comes from the initiator and a SYN-ACK from the responder. Without either (capture began in
the middle, or UDP), a port that servers listen on tells the responder, as Zeek's likely server
ports do. The application layer may know better later (events.FEEDBACK, ``flip``).
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import ACK, SYN, Record

_REGISTERED_SERVERS = (
    1080, 1194, 1433, 1434, 1521, 1701, 1723, 1883, 1900, 2049, 2375, 2376, 2379, 3000, 3128, 3268,
    3269, 3306, 3389, 3478, 4500, 5000, 5060, 5061, 5222, 5269, 5353, 5355, 5432, 5601, 5672, 5683,
    5900, 5985, 5986, 6379, 6443, 6667, 6881, 8000, 8008, 8080, 8081, 8088, 8443, 8888, 9000, 9001,
    9090, 9092, 9200, 9389, 11211, 27017, 47001, 51820,
)  # fmt: skip
_EPHEMERAL_FROM = 32768
"""Linux begins here, IANA, Windows and BSD at 49152."""

SERVER_RANKS = np.zeros(65536, dtype=np.uint8)
SERVER_RANKS[1:_EPHEMERAL_FROM] = 1
SERVER_RANKS[1:1024] = 2
SERVER_RANKS[list(_REGISTERED_SERVERS)] = 2
"""Port -> 2 where servers listen, 1 where some may, 0 where clients call from."""


@subkernel
def _is_group(hi: np.uint64, lo: np.uint64) -> bool:
    """Whether an address is multicast or the limited broadcast, which never begin anything."""
    if hi == 0 and (lo >> np.uint64(32)) == np.uint64(0xFFFF):
        return bool((lo & np.uint64(0xF0000000)) >= np.uint64(0xE0000000))
    return bool((hi >> np.uint64(56)) == np.uint64(0xFF))


@subkernel
def is_from_responder(packet: Record) -> bool:
    """Whether the first packet of a flow was sent by its responder."""
    if packet.is_reply:
        return True
    if packet.is_later_fragment or _is_group(packet.dst_hi, packet.dst_lo):
        return False
    src_rank = SERVER_RANKS[packet.src_port]
    dst_rank = SERVER_RANKS[packet.dst_port]
    if packet.protocol == 6 and packet.has_tcp:
        if packet.tcp_flags & SYN:
            return bool(packet.tcp_flags & ACK)
        return bool(src_rank > dst_rank)
    if packet.protocol == 17:
        return bool(src_rank == 2 and dst_rank < 2)
    return False
