"""Network layer: IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200).

The first fragment of a datagram belongs to its five-tuple; later ones have no ports and are marked.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import (
    CHECKSUM_ABSENT,
    CHECKSUM_BAD,
    CHECKSUM_GOOD,
    CHECKSUM_ZERO,
    NOTE_JUMBOGRAM,
    NOTE_NO_LENGTH,
    Octets,
    Record,
)
from netcordon.ingest.capture.octets import be16, be32, be64, wide
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.soundness import header_sum

_MAPPED = np.uint64(0xFFFF00000000)
_MOST_EXTENSIONS = 16
_LONGEST = 1 << 24
"""Longest packet believed where the header leaves the length empty and the capture must tell."""


@subkernel
def read_ipv4(data: Octets, packet: Record) -> bool:
    """Fill the packet's network fields; ``False`` (with a verdict) when there is no IPv4 header."""
    at = packet.network
    end = packet.end
    if at + 20 > end:
        packet.verdict = verdicts.TRUNCATED_IP
        return False
    header = wide(data[at] & 15) * 4
    if (data[at] >> 4) != 4 or header < 20:
        packet.verdict = verdicts.BAD_IP_HEADER
        return False
    on_wire = min(packet.wire_length - (at - packet.offset), _LONGEST)
    total = be16(data, at + 2)
    if total == 0:
        total = on_wire  # segmentation offload leaves the field empty
        packet.notes |= NOTE_NO_LENGTH
    if total < header:
        packet.verdict = verdicts.BAD_IP_HEADER
        return False
    fragment = be16(data, at + 6)
    packet.ip_version = 4
    packet.ip_id = be16(data, at + 4)
    packet.ttl = data[at + 8]
    packet.protocol = data[at + 9]
    packet.src_hi = np.uint64(0)
    packet.src_lo = _MAPPED | np.uint64(be32(data, at + 12))
    packet.dst_hi = np.uint64(0)
    packet.dst_lo = _MAPPED | np.uint64(be32(data, at + 16))
    packet.is_later_fragment = np.uint8((fragment & 0x1FFF) != 0)
    packet.fragment_at = at if (fragment & 0x3FFF) != 0 else -1
    packet.ip_length = total
    packet.transport = at + header
    packet.transport_length = total - header
    packet.header_checksum = _check_header(data, at, header, end)
    return True


@subkernel
def _check_header(data: Octets, at: int, header: int, end: int) -> int:
    if be16(data, at + 10) == 0:
        return CHECKSUM_ZERO
    if at + header > end:
        return CHECKSUM_ABSENT
    return CHECKSUM_GOOD if header_sum(data, at, header) == 0xFFFF else CHECKSUM_BAD


@subkernel
def read_ipv6(data: Octets, packet: Record) -> bool:
    """Fill the packet's network fields; ``False`` (with a verdict) when there is no IPv6 header."""
    at = packet.network
    end = packet.end
    if at + 40 > end:
        packet.verdict = verdicts.TRUNCATED_IP
        return False
    if (data[at] >> 4) != 6:
        packet.verdict = verdicts.BAD_IP_HEADER
        return False
    on_wire = min(packet.wire_length - (at - packet.offset), _LONGEST)
    length = be16(data, at + 4)
    if length == 0:
        length = max(on_wire - 40, 0)  # jumbogram (RFC 2675) or segmentation offload
        is_jumbo = data[at + 6] == 0 and at + 43 <= end and data[at + 42] == 0xC2
        packet.notes |= NOTE_JUMBOGRAM if is_jumbo else NOTE_NO_LENGTH
    packet.ip_version = 6
    packet.ip_id = -1
    packet.ttl = data[at + 7]
    packet.src_hi = be64(data, at + 8)
    packet.src_lo = be64(data, at + 16)
    packet.dst_hi = be64(data, at + 24)
    packet.dst_lo = be64(data, at + 32)
    packet.is_later_fragment = 0
    packet.fragment_at = -1
    packet.ip_length = 40 + length
    packet.header_checksum = CHECKSUM_ABSENT
    stop = at + 40 + length
    following = int(data[at + 6])
    at += 40
    for _ in range(_MOST_EXTENSIONS):
        if following == 0 or following == 43 or following == 60:
            if at + 8 > end or at + 8 > stop:
                break
            size = 8 + 8 * int(data[at + 1])
        elif following == 51:  # authentication header: in units of four octets (RFC 4302)
            if at + 8 > end or at + 8 > stop:
                break
            size = 8 + 4 * int(data[at + 1])
        elif following == 44:
            if at + 8 > end or at + 8 > stop:
                break
            size = 8
            place = be16(data, at + 2)
            if (place & 0xFFF9) != 0:
                packet.fragment_at = at
            if (place & 0xFFF8) != 0:
                packet.is_later_fragment = 1
                following = int(data[at])
                at += size
                break
        else:
            break
        following = int(data[at])
        at += size
    packet.protocol = np.uint8(following)
    packet.transport = at
    packet.transport_length = max(stop - at, 0)
    return True
