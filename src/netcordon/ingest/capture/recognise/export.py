"""NetFlow 5, 7 and 9, IPFIX and sFlow 5, by the structure of one datagram; ports are free."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import be16, be32

_NETFLOW, _IPFIX, _SFLOW = (SERVICES.index(name) for name in ("netflow", "ipfix", "sflow"))
_1995_S, _2100_S = 788_918_400, 4_102_444_800
_MOST_SAMPLES = 4096


@subkernel
def export_service(data: Octets, at: int, size: int, wire: int) -> int:
    """One of them, or 0."""
    if size < 20:
        return 0
    version = be16(data, at)
    if version == 0:
        return _SFLOW if _is_sflow(data, at, size, wire) else 0
    if version in (5, 7):
        count, record = be16(data, at + 2), 48 if version == 5 else 52
        is_whole = 1 <= count <= 64 and wire == 24 + count * record
        return _NETFLOW if is_whole and _is_clock(be32(data, at + 8)) else 0
    if version == 9 and size >= 24:
        is_set = _is_set(data, at + 20, wire - 20, 1)
        return _NETFLOW if is_set and _is_clock(be32(data, at + 8)) else 0
    if version == 10 and be16(data, at + 2) == wire:
        is_set = _is_set(data, at + 16, wire - 16, 3)
        return _IPFIX if is_set and _is_clock(be32(data, at + 4)) else 0
    return 0


@subkernel
def _is_clock(seconds: int) -> bool:
    """Whether this can be when a datagram was sent."""
    return _1995_S <= seconds < _2100_S


@subkernel
def _is_set(data: Octets, at: int, room: int, options: int) -> bool:
    """RFC 3954, 5.1 and RFC 7011, 3.3.2: a set of templates or of data that fits."""
    number, length = be16(data, at), be16(data, at + 2)
    return (number in (options - 1, options) or number >= 256) and 4 <= length <= room


@subkernel
def _is_sflow(data: Octets, at: int, size: int, wire: int) -> bool:
    """Version 5 of sFlow: agent's address, samples, and the first of them fits."""
    if be32(data, at) != 5:
        return False
    kind = be32(data, at + 4)
    if kind not in (1, 2):
        return False
    behind = 12 if kind == 1 else 24
    if size < behind + 24:
        return False
    count = be32(data, at + behind + 12)
    sample, length = be32(data, at + behind + 16), be32(data, at + behind + 20)
    is_known = sample >> 12 != 0 or 1 <= sample <= 5
    return 1 <= count <= _MOST_SAMPLES and is_known and behind + 24 + length <= wire
