r"""Domain names and NetBIOS names out of packets, in kernels.

Names are written in presentation form: a dot between labels, ``\.`` and ``\\`` for these
characters within a label, ``\DDD`` (decimal) for octets that do not print (RFC 4343 section 2.1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.octets import wide

Octets = NDArray[np.uint8]

LONGEST_NAME = 1100
"""Octets that one name may take in presentation form (255 octets, four characters each)."""
_MOST_JUMPS = 64
_DOT, _BACKSLASH, _QUOTE = 46, 92, 34
_NETBIOS_LABEL = 32


@subkernel
def write_octet(octet: int, special: int, out: Octets, at: int) -> int:
    """One octet, escaped when it does not print or is a backslash or ``special``."""
    if octet < 0x20 or octet > 0x7E or (octet == 0x20 and special == _DOT):
        out[at] = _BACKSLASH
        out[at + 1] = 48 + octet // 100
        out[at + 2] = 48 + octet // 10 % 10
        out[at + 3] = 48 + octet % 10
        return at + 4
    if octet in (special, _BACKSLASH):
        out[at] = _BACKSLASH
        at += 1
    out[at] = octet
    return at + 1


@subkernel
def skip_name(data: Octets, at: int, end: int) -> int:
    """Offset behind a name, -1 when it is malformed or leaves the message."""
    while at < end:
        size = wide(data[at])
        if size == 0:
            return at + 1
        if size >= 0xC0:
            return at + 2 if at + 2 <= end else -1
        if size > 63:
            return -1
        at += size + 1
    return -1


@subkernel
def write_name(
    data: Octets, start: int, at: int, end: int, is_netbios: bool, out: Octets, to: int
) -> tuple[int, int, int]:
    """Write the name at ``at`` of the message ``data[start:end]`` to ``out[to:]``.

    Pointers must lead backwards and are followed a bounded number of times (RFC 1035 section
    4.1.4); a name has at most 255 octets.

    Returns:
        Offset behind the name (-1: malformed), end of the text in ``out``, octets of the name.
    """
    begin = to
    behind = -1
    octets = 1
    jumps = 0
    while True:
        if at >= end:
            return -1, begin, 0
        size = wide(data[at])
        if size == 0:
            break
        if size >= 0xC0:
            if at + 2 > end:
                return -1, begin, 0
            target = start + (((size & 0x3F) << 8) | wide(data[at + 1]))
            if behind < 0:
                behind = at + 2
            jumps += 1
            if target >= at or jumps > _MOST_JUMPS:
                return -1, begin, 0
            at = target
            continue
        if size > 63 or at + 1 + size > end or octets + size + 1 > 255:
            return -1, begin, 0
        if to > begin:
            out[to] = _DOT
            to += 1
        if is_netbios and to == begin and _is_netbios(data, at + 1, size):
            to = _write_netbios(data, at + 1, out, to)
        else:
            for i in range(size):
                to = write_octet(wide(data[at + 1 + i]), _DOT, out, to)
        octets += size + 1
        at += size + 1
    if behind < 0:
        behind = at + 1
    if to == begin:
        out[to] = _DOT
        to += 1
    return behind, to, octets


@subkernel
def _is_netbios(data: Octets, at: int, size: int) -> bool:
    if size != _NETBIOS_LABEL:
        return False
    for i in range(size):  # noqa: SIM110 - a generator does not compile
        if data[at + i] < 65 or data[at + i] > 80:
            return False
    return True


@subkernel
def _netbios_octet(data: Octets, at: int, i: int) -> int:
    return ((wide(data[at + 2 * i]) - 65) << 4) | (wide(data[at + 2 * i + 1]) - 65)


@subkernel
def _write_netbios(data: Octets, at: int, out: Octets, to: int) -> int:
    """RFC 1001 section 14.1: 15 padded octets and a suffix, written as ``NAME<20>``."""
    used = 15
    while used > 0 and _netbios_octet(data, at, used - 1) in (0, 0x20):
        used -= 1
    for i in range(used):
        to = write_octet(_netbios_octet(data, at, i), _QUOTE, out, to)
    suffix = _netbios_octet(data, at, 15)
    out[to] = 60
    out[to + 1] = _hex_digit(suffix >> 4)
    out[to + 2] = _hex_digit(suffix & 15)
    out[to + 3] = 62
    return to + 4


@subkernel
def _hex_digit(value: int) -> int:
    return 48 + value if value < 10 else 87 + value
