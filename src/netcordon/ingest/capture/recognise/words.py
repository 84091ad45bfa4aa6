"""Fixed words in payload."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import u8


def word(text: bytes) -> Octets:
    """A word as kernels compare it."""
    return np.frombuffer(text, dtype=np.uint8).copy()


@subkernel
def begins(data: Octets, at: int, size: int, text: Octets) -> bool:
    """Whether ``size`` octets at ``at`` begin with a word."""
    if size < len(text):
        return False
    for i in range(len(text)):
        if u8(data, at + i) != text[i]:
            return False
    return True


@subkernel
def holds(data: Octets, at: int, size: int, text: Octets) -> bool:
    """Whether a word stands somewhere in ``size`` octets at ``at``."""
    for start in range(size - len(text) + 1):
        if begins(data, at + start, len(text), text):
            return True
    return False


@subkernel
def is_printable(data: Octets, at: int, size: int) -> bool:
    """Whether octets are ASCII text with line ends and tabs."""
    for i in range(size):
        octet = u8(data, at + i)
        if not 0x20 <= octet < 0x7F and octet not in (9, 10, 13):
            return False
    return True
