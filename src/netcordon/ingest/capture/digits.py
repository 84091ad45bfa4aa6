"""Numbers in decimal, written by kernels."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets


@subkernel
def write_number(value: int, out: Octets, to: int) -> int:
    """A number that is not negative, in decimal; the caller has made sure that there is room."""
    digits = 1
    rest = value // 10
    while rest > 0:
        digits += 1
        rest //= 10
    for i in range(digits):
        out[to + digits - 1 - i] = 48 + value % 10
        value //= 10
    return to + digits
