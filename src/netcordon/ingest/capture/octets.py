"""Integers out of bytes. The caller has checked that the bytes exist."""

from __future__ import annotations

from typing import Any

import numpy as np

from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.layout import Octets


@kernel
def wide(value: Any) -> int:
    """A value as a signed 64-bit integer (Numba turns mixed signedness into floats)."""
    return np.int64(value)  # type: ignore[return-value]


@kernel
def be16(data: Octets, at: int) -> int:
    """16 bits in network byte order."""
    return (wide(data[at]) << 8) | wide(data[at + 1])


@kernel
def be32(data: Octets, at: int) -> int:
    """32 bits in network byte order."""
    return (
        (wide(data[at]) << 24)
        | (wide(data[at + 1]) << 16)
        | (wide(data[at + 2]) << 8)
        | wide(data[at + 3])
    )


@kernel
def be64(data: Octets, at: int) -> np.uint64:
    """64 bits in network byte order."""
    value = np.uint64(0)
    for i in range(8):
        value = (value << np.uint64(8)) | np.uint64(data[at + i])
    return value


@kernel
def be48(data: Octets, at: int) -> np.uint64:
    """48 bits in network byte order (a MAC address)."""
    value = np.uint64(0)
    for i in range(6):
        value = (value << np.uint64(8)) | np.uint64(data[at + i])
    return value


@kernel
def u16(data: Octets, at: int, is_big: bool) -> int:
    """16 bits in the byte order of a file."""
    if is_big:
        return (wide(data[at]) << 8) | wide(data[at + 1])
    return (wide(data[at + 1]) << 8) | wide(data[at])


@kernel
def u32(data: Octets, at: int, is_big: bool) -> int:
    """32 bits in the byte order of a file."""
    if is_big:
        return (u16(data, at, True) << 16) | u16(data, at + 2, True)
    return (u16(data, at + 2, False) << 16) | u16(data, at, False)


@kernel
def u64(data: Octets, at: int, is_big: bool) -> np.uint64:
    """64 bits in the byte order of a file."""
    first = np.uint64(u32(data, at, is_big))
    second = np.uint64(u32(data, at + 4, is_big))
    if is_big:
        return (first << np.uint64(32)) | second
    return (second << np.uint64(32)) | first
