"""LZO1X, as nfdump packs its blocks by default: one compiled pass that checks every place.

No permissive library reads it. Source: "LZO stream format as understood by Linux' LZO decompressor"
(Documentation/staging/lzo.rst), without its run-length extension.
"""

from __future__ import annotations

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import u8

_AFTER_LITERALS = 4


@kernel
def unpack_lzo(data: Octets, out: Octets) -> int:
    """Unpack one stream; returns the octets written, -1 where it is damaged or does not fit."""
    size, room = len(data), len(out)
    at, to, state = 0, 0, 0
    if size == 0:
        return -1
    first = u8(data, 0)
    if first > 17:
        at, count = 1, first - 17
        if at + count > size or count > room:
            return -1
        for i in range(count):
            out[to + i] = data[at + i]
        at, to = at + count, to + count
        state = count if count < _AFTER_LITERALS else _AFTER_LITERALS
    while at + 3 <= size:
        code = u8(data, at)
        at += 1
        if code < 16 and state == 0:
            length, at = _length(data, at, code, 15)
            length += 3
            if at < 0 or at + length > size or to + length > room:
                return -1
            for i in range(length):
                out[to + i] = data[at + i]
            at, to = at + length, to + length
            state = _AFTER_LITERALS
            continue
        if code < 16:
            near = state != _AFTER_LITERALS
            back = (u8(data, at) << 2) + (code >> 2) + (1 if near else 2049)
            at, length, state = at + 1, 2 if near else 3, code & 3
        elif code >= 64:
            back = (u8(data, at) << 3) + (code >> 2 & 7) + 1
            at, length, state = at + 1, (code >> 5) + 1, code & 3
        else:
            is_far = code < 32
            length, at = _length(data, at, code & 7 if is_far else code & 31, 7 if is_far else 31)
            if at < 0 or at + 2 > size:
                return -1
            low = u8(data, at) | u8(data, at + 1) << 8
            at, length, state = at + 2, length + 2, low & 3
            back = (low >> 2) + 1
            if is_far:
                back = (low >> 2) + ((code & 8) << 11) + 16384
                if back == 16384:
                    return to if at == size else -1
        if back > to or to + length + state > room or at + state > size:
            return -1
        for i in range(length):
            out[to + i] = out[to + i - back]
        to += length
        for i in range(state):
            out[to + i] = data[at + i]
        at, to = at + state, to + state
    return -1


@subkernel
def _length(data: Octets, at: int, short: int, most: int) -> tuple[int, int]:
    """A length and where it ends; a short one of 0 goes on in octets, -1 where these run out."""
    if short:
        return short, at
    length = most
    while at < len(data) and data[at] == 0:
        length += 255
        at += 1
    if at >= len(data):
        return 0, -1
    return length + u8(data, at), at + 1
