"""A kernel that takes lines of the kernel's packet log apart: a prefix, then words and fields."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]

_SPACE, _EQUALS, _BRACKET = 32, 61, 91
_MOST_INTERFACE = 32


@kernel
def packets(
    data: Bytes, begins: Places, finishes: Places, names: Bytes, places: Places, bits: Places,
    starts: NDArray[np.int32], ends: NDArray[np.int32], prefixes: NDArray[np.int32],
    flags: NDArray[np.int64], fine: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Find the fields of each packet.

    Args:
        data: of the block; ``0 <= begin <= finish <= len(data)`` for every line.
        begins: of the messages.
        finishes: of the messages; a line whose end lies before its beginning is none.
        names: of the fields and then of the words, one after the other.
        places: where each name begins in them, one more at the end.
        bits: of each word; as many as there are words.
        starts: of the fields, shape (fields, lines); written.
        ends: of the fields, before the beginning where the line lacks it; written.
        prefixes: shape (2, lines): where the letters of the prefix begin and end; written.
        flags: the bits of the words of each line; written.
        fine: of the lines: those built plainly; written.
    """
    fields = starts.shape[0]
    for line in range(len(begins)):
        begin, finish = begins[line], finishes[line]
        fine[line] = False
        flags[line] = 0
        prefixes[0, line], prefixes[1, line] = 0, 0
        for field in range(fields):
            starts[field, line], ends[field, line] = 0, -1
        body = _body(data, begin, finish)
        if body < 0:
            continue
        first, last = body, begin
        for at in range(begin, body):
            octet = data[at]
            if 65 <= octet <= 90 or 97 <= octet <= 122:
                first, last = min(first, at), at + 1
        prefixes[0, line], prefixes[1, line] = first, max(first, last)
        at, is_fine = body, True
        while at < finish and is_fine:
            if data[at] == _SPACE:
                at += 1
                continue
            if data[at] == _BRACKET and at > body:
                break  # the packet that an ICMP error is about
            sign, stop = -1, at
            while stop < finish and data[stop] != _SPACE:
                if data[stop] == _EQUALS and sign < 0:
                    sign = stop
                is_fine = is_fine and data[stop] < 127
                stop += 1
            size = (stop if sign < 0 else sign) - at
            low, high = (0, fields) if sign >= 0 else (fields, len(places) - 1)
            for name in range(low, high):
                begins_at = places[name]
                if places[name + 1] - begins_at != size:
                    continue
                step = 0
                while step < size and data[at + step] == names[begins_at + step]:
                    step += 1
                if step < size:
                    continue
                if sign < 0:
                    flags[line] |= bits[name - fields]
                elif ends[name, line] < starts[name, line]:
                    starts[name, line], ends[name, line] = sign + 1, stop
                break
            at = stop
        fine[line] = is_fine


@kernel
def _body(data: Bytes, begin: int, finish: int) -> int:
    """Where ``IN=`` stands with ``OUT=`` behind it; -1 where the first ``IN=`` is not like that."""
    at = begin
    while at + 3 <= finish:
        if data[at] == 73 and data[at + 1] == 78 and data[at + 2] == _EQUALS:
            break
        at += 1
    if at + 3 > finish:
        return -1
    if at > begin:
        before = data[at - 1]
        is_word = 48 <= before <= 57 or 65 <= before <= 90 or 97 <= before <= 122
        if is_word or before == 95 or before > 126:
            return -1
    stop = at + 3
    while stop < finish and data[stop] != _SPACE:
        stop += 1
    if stop - at - 3 > _MOST_INTERFACE or finish - stop < 5:
        return -1
    is_out = data[stop + 1] == 79 and data[stop + 2] == 85 and data[stop + 3] == 84
    return at if is_out and data[stop + 4] == _EQUALS else -1
