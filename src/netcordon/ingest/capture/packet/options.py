"""TCP options of a SYN, in their order: a fingerprint of the sender's operating system.

The kernel keeps each distinct layout once; values that differ from packet to packet
(timestamps, cookies) are left out. Kinds: https://www.iana.org/assignments/tcp-parameters
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.flow.flowtable import FlowTable
from netcordon.ingest.capture.layout import OPTION_BYTES, Octets
from netcordon.ingest.capture.octets import wide

_END, _NOP, _MSS, _SCALE = 0, 1, 2, 3
_NAMES = {
    2: "mss",
    3: "ws",
    4: "sok",
    5: "sack",
    8: "ts",
    34: "tfo",
    30: "mptcp",
    19: "md5",
    29: "ao",
    28: "uto",
}


@subkernel
def intern_options(table: FlowTable, data: Octets, at: int, length: int) -> int:
    """Number of the layout of the options at ``data[at : at + length]``, -1 when out of room.

    A layout is stored as its length and then kind by kind; MSS and window scale keep their value.
    """
    counters = table.counters[0]
    if counters.layouts >= len(table.layouts):
        counters.layouts_lost += 1
        return -1
    row = counters.layouts  # composed in place of the next free row
    layout = table.layouts[row]
    used = _compose(data, at, at + length, layout)
    layout[0] = used
    hashed = np.uint64(1469598103934665603)  # FNV-1a
    for i in range(used + 1):
        hashed = (hashed ^ np.uint64(layout[i])) * np.uint64(1099511628211)
    mask = len(table.layout_index) - 1
    place = wide(hashed >> np.uint64(20)) & mask
    while table.layout_index[place] != 0:
        known = table.layout_index[place] - 1
        if _is_same(table.layouts, known, row, used):
            return wide(known)
        place = (place + 1) & mask
    table.layout_index[place] = row + 1
    counters.layouts += 1
    return wide(row)


@subkernel
def _is_same(layouts: NDArray[np.uint8], first: int, second: int, used: int) -> bool:
    for i in range(used + 1):  # noqa: SIM110 - compiled; a generator would not be
        if layouts[first, i] != layouts[second, i]:
            return False
    return True


@subkernel
def _compose(data: Octets, at: int, end: int, layout: Octets) -> int:
    used = 0
    for _ in range(OPTION_BYTES):
        if at >= end or used + 3 > OPTION_BYTES:
            break
        kind = data[at]
        used += 1
        layout[used] = kind
        if kind == _END:
            break
        if kind == _NOP:
            at += 1
            continue
        size = wide(data[at + 1]) if at + 1 < end else 0
        if size < 2 or at + size > end:
            break
        if kind == _MSS and size == 4:
            layout[used + 1] = data[at + 2]
            layout[used + 2] = data[at + 3]
            used += 2
        elif kind == _SCALE and size == 3:
            layout[used + 1] = data[at + 2]
            used += 1
        elif kind in (_MSS, _SCALE):
            break  # a wrong length: what follows cannot be trusted
        at += size
    return used


def layout_text(layout: NDArray[np.uint8]) -> str:
    """``mss=1460,sok,ts,nop,ws=7`` for one stored layout; empty when the SYN had no options."""
    stop = 1 + int(layout[0])
    parts = []
    i = 1
    while i < stop:
        kind = int(layout[i])
        i += 1
        if kind == _END:
            parts.append("eol")
        elif kind == _NOP:
            parts.append("nop")
        elif kind == _MSS and i + 2 <= stop:
            parts.append(f"mss={int(layout[i]) << 8 | int(layout[i + 1])}")
            i += 2
        elif kind == _SCALE and i + 1 <= stop:
            parts.append(f"ws={int(layout[i])}")
            i += 1
        else:
            parts.append(_NAMES.get(kind, str(kind)))
    return ",".join(parts)
