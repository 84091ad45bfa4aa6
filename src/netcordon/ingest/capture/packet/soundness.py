"""Whether octets are an IP packet, where nothing but their look can tell."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import be16, wide

_IPV4, _IPV6 = 0x0800, 0x86DD


@subkernel
def sound_ip(data: Octets, at: int, end: int, room: int) -> int:
    """EtherType of the IP packet at ``at``, or 0 when its header is not sound.

    Args:
        data: the block.
        at: first octet.
        end: behind the last captured octet.
        room: octets that there were on the wire from ``at`` on; a packet may end before.
    """
    if at + 20 > end:
        return 0
    version = data[at] >> 4
    if version == 4:
        header = wide(data[at] & 15) * 4
        total = be16(data, at + 2)
        return _IPV4 if 20 <= header <= total <= room and at + header <= end else 0
    if version == 6 and at + 40 <= end:
        return _IPV6 if 40 + be16(data, at + 4) <= room else 0
    return 0


@subkernel
def is_header_good(data: Octets, at: int) -> bool:
    """Whether a captured IPv4 header has its right checksum, or none, as offloading leaves it."""
    return be16(data, at + 10) == 0 or header_sum(data, at, wide(data[at] & 15) * 4) == 0xFFFF


@subkernel
def header_sum(data: Octets, at: int, length: int) -> int:
    """One's complement sum (RFC 1071) of an even number of captured octets."""
    total = 0
    for i in range(0, length, 2):
        total += be16(data, at + i)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total
