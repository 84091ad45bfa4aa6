"""Information elements of 802.11 management frames: name, channel, security."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be32, u16, wide

NO_NAME = 255
PRIVACY, WPA, RSN, SAE, OWE, ENTERPRISE, PERSONAL, PROTECTS = 1, 2, 4, 8, 16, 32, 64, 128
"""What a network's announcement says of its security; ``PROTECTS``: its management frames too."""
_NAME, _CHANNEL, _RSN, _HT_OPERATION, _VENDOR = 0, 3, 48, 61, 221
_WPA_TYPE = 0x0050F201
_IEEE = 0x000FAC00
_MOST_ELEMENTS = 128
_MOST_SUITES = 16


@subkernel
def read_elements(data: Octets, at: int, end: int, row: Record) -> None:
    """Fill ``row``'s name, channel and security from the elements at ``at``."""
    for _ in range(_MOST_ELEMENTS):
        if at + 2 > end:
            return
        kind, length = data[at], wide(data[at + 1])
        body = at + 2
        at = body + length
        if at > end:
            return
        if kind == _NAME and row.name_length == NO_NAME and length <= 32:
            row.name_length = length
            for k in range(length):
                row.name[k] = data[body + k]
        elif length >= 1 and (kind == _CHANNEL or (kind == _HT_OPERATION and row.channel == 0)):
            row.channel = data[body]
        elif kind == _RSN:
            row.security |= RSN
            _read_suites(data, body, at, row)
        elif kind == _VENDOR and length >= 4 and be32(data, body) == _WPA_TYPE:
            row.security |= WPA


@subkernel
def _read_suites(data: Octets, at: int, stop: int, row: Record) -> None:
    """IEEE 802.11-2020, 9.4.2.24: version, group cipher, pairwise ciphers, key management."""
    at += 6
    if at + 2 > stop:
        return
    at += 2 + 4 * u16(data, at, False)
    if at + 2 > stop:
        return
    count = u16(data, at, False)
    at += 2
    for _ in range(min(count, _MOST_SUITES)):
        if at + 4 > stop:
            return
        suite = be32(data, at) - _IEEE
        at += 4
        if suite in (1, 3, 5, 11, 12, 13):
            row.security |= ENTERPRISE
        elif suite in (2, 4, 6):
            row.security |= PERSONAL
        elif suite in (8, 9, 24, 25):
            row.security |= SAE
        elif suite == 18:
            row.security |= OWE
    if count <= _MOST_SUITES and at + 2 <= stop and u16(data, at, False) & 0x00C0:
        row.security |= PROTECTS
