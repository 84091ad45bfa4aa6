"""Integers out of bytes. The caller has checked that the bytes exist.

Indices are made unsigned, for Numba then leaves out Python's "negative counts from the end" at
every octet, and the compiler merges neighbouring loads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets


@subkernel
def wide(value: Any) -> int:
    """A value as a signed 64-bit integer (Numba turns mixed signedness into floats)."""
    return np.int64(value)  # type: ignore[return-value]


@subkernel
def _octet(data: Octets, at: int, k: int) -> np.uint64:
    return np.uint64(data[np.uint64(at) + np.uint64(k)])


@subkernel
def u8(data: Octets, at: int) -> int:
    """One octet."""
    return wide(data[np.uint64(at)])


@subkernel
def be16(data: Octets, at: int) -> int:
    """16 bits in network byte order."""
    return wide((_octet(data, at, 0) << np.uint64(8)) | _octet(data, at, 1))


@subkernel
def _be32(data: Octets, at: int) -> np.uint64:
    return (
        (_octet(data, at, 0) << np.uint64(24))
        | (_octet(data, at, 1) << np.uint64(16))
        | (_octet(data, at, 2) << np.uint64(8))
        | _octet(data, at, 3)
    )


@subkernel
def _le32(data: Octets, at: int) -> np.uint64:
    return (
        (_octet(data, at, 3) << np.uint64(24))
        | (_octet(data, at, 2) << np.uint64(16))
        | (_octet(data, at, 1) << np.uint64(8))
        | _octet(data, at, 0)
    )


@subkernel
def be32(data: Octets, at: int) -> int:
    """32 bits in network byte order."""
    return wide(_be32(data, at))


@subkernel
def be48(data: Octets, at: int) -> np.uint64:
    """48 bits in network byte order (a MAC address)."""
    return (_be32(data, at) << np.uint64(16)) | np.uint64(be16(data, at + 4))


@subkernel
def be64(data: Octets, at: int) -> np.uint64:
    """64 bits in network byte order."""
    return (_be32(data, at) << np.uint64(32)) | _be32(data, at + 4)


@subkernel
def u16(data: Octets, at: int, is_big: bool) -> int:
    """16 bits in the byte order of a file."""
    value = be16(data, at)
    return value if is_big else ((value & 255) << 8) | (value >> 8)


@subkernel
def u32(data: Octets, at: int, is_big: bool) -> int:
    """32 bits in the byte order of a file."""
    return wide(_be32(data, at) if is_big else _le32(data, at))


@subkernel
def u64(data: Octets, at: int, is_big: bool) -> np.uint64:
    """64 bits in the byte order of a file."""
    if is_big:
        return be64(data, at)
    return (_le32(data, at + 4) << np.uint64(32)) | _le32(data, at)
