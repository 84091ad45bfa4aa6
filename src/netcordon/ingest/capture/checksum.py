"""A fast 64-bit checksum, to notice that bytes are not the ones that were read before.

It runs at the speed of memory, so that every byte of a capture can afford it. It is no proof
against a forger; that is what the SHA-256 of the whole is for.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import be64

_PRIME = np.uint64(0x9E3779B97F4A7C15)


@kernel
def checksum(data: Octets) -> int:
    """Checksum of the octets: four lanes of multiply and xor, joined at the end."""
    size = len(data)
    a = np.uint64(1)
    b = np.uint64(2)
    c = np.uint64(3)
    d = np.uint64(4)
    whole = size - size % 32
    for at in range(0, whole, 32):
        a = (a ^ be64(data, at)) * _PRIME
        b = (b ^ be64(data, at + 8)) * _PRIME
        c = (c ^ be64(data, at + 16)) * _PRIME
        d = (d ^ be64(data, at + 24)) * _PRIME
        a ^= a >> np.uint64(32)
        b ^= b >> np.uint64(32)
        c ^= c >> np.uint64(32)
        d ^= d >> np.uint64(32)
    for at in range(whole, size):
        a = (a ^ np.uint64(data[at])) * _PRIME
        a ^= a >> np.uint64(29)
    for lane in (b, c, d, np.uint64(size)):
        a = (a ^ lane) * _PRIME
        a ^= a >> np.uint64(32)
    return a  # type: ignore[return-value]
