"""The clock of a capture: what idle flows are measured against.

It follows the time stamps of all frames and does not go back, as Zeek's network time. A single
forged stamp from the far future is not believed until the next frame agrees; and where a recording
with an earlier clock was appended, the clock starts again and the open flows are over.

It is a function of the order of frames alone. So a flow ends at the same packet whether the table
was swept early or late, and whoever else decodes other flows of the same capture.
"""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.flow.flowtable import NEVER, FlowTable

_LEAP_NS = 3_600_000_000_000
"""A step that is no jitter between interfaces."""
_PATIENCE_FRAMES = 4096
"""Frames in a row that must lie a leap behind before the clock is set back."""
_LONG_AGO = -(1 << 62)


@subkernel
def tick(table: FlowTable, time_ns: int) -> None:
    """Move the clock on to a frame of this time."""
    counters = table.counters[0]
    if counters.frames == 1:
        counters.clock_ns = time_ns
        return
    step = time_ns - counters.clock_ns
    if step < -_LEAP_NS:
        counters.leapt = 0
        counters.behind += 1
        if counters.behind >= _PATIENCE_FRAMES:
            _start_again(table, time_ns)
        return
    counters.behind = 0
    if step <= _LEAP_NS:
        counters.leapt = 0
        counters.clock_ns = max(counters.clock_ns, time_ns)
    elif counters.leapt:
        counters.leapt = 0
        counters.clock_ns = min(counters.leap_ns, time_ns)
    else:
        counters.leapt = 1
        counters.leap_ns = time_ns


@subkernel
def _start_again(table: FlowTable, time_ns: int) -> None:
    counters = table.counters[0]
    counters.behind = 0
    counters.clock_ns = time_ns
    for slot in range(counters.high_water):
        if table.expiry[slot] != NEVER:
            table.expiry[slot] = _LONG_AGO
