"""Flows that are over are settled: gaps judged, ends swapped where payload says so, rows sorted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.flow import history
from netcordon.ingest.capture.layout import SIDE, Record, Records


def settle(flows: Records, sides: Records, to: Records, to_sides: Records) -> NDArray[np.int64]:
    """Settle n flows in place, and copy them in the order of ``NETWORK_ACTIVITY.sort``.

    Args:
        flows: FLOW records, n of them.
        sides: SIDE records, (n, 2).
        to: takes the flows in order; n of them.
        to_sides: takes their sides.

    Returns:
        The order: which flow became which row.
    """
    _settle(flows, sides, np.zeros(1, dtype=SIDE))
    keys = (
        flows["src_hi"],
        flows["src_lo"],
        flows["dst_hi"],
        flows["dst_lo"],
        flows["dst_port"],
        flows["start_ns"] // 1000,
        flows["first_frame"],
    )
    order: NDArray[np.int64] = np.lexsort([np.ascontiguousarray(key) for key in reversed(keys)])
    _copy(flows, sides, order, to, to_sides)
    return order


@kernel
def _settle(flows: Records, sides: Records, spare: Records) -> None:
    for row in range(len(flows)):
        flow = flows[row]
        for direction in range(2):
            _judge_gaps(flow, sides[row, direction], direction)
        if flow.flip:
            _swap_ends(flow)
            spare[0] = sides[row, 0]
            sides[row, 0] = sides[row, 1]
            sides[row, 1] = spare[0]


@subkernel
def _judge_gaps(flow: Record, side: Record, direction: int) -> None:
    """Bytes acknowledged but never seen join the missed ones; nothing can fill a hole any more."""
    if side.packets == 0:
        return
    unseen = side.highest_ack - side.next - 1  # a FIN takes one octet of the sequence space
    if unseen > 0:
        side.missed += unseen
    if side.missed > 0:
        history.note(flow, side, direction, history.G)


@subkernel
def _swap_ends(flow: Record) -> None:
    src_hi, src_lo, src_port, src_mac = flow.src_hi, flow.src_lo, flow.src_port, flow.src_mac
    flow.src_hi, flow.src_lo, flow.src_port = flow.dst_hi, flow.dst_lo, flow.dst_port
    flow.dst_hi, flow.dst_lo, flow.dst_port = src_hi, src_lo, src_port
    flow.src_mac, flow.dst_mac = flow.dst_mac, src_mac


@kernel
def _copy(
    flows: Records, sides: Records, order: NDArray[np.int64], to: Records, to_sides: Records
) -> None:
    for row in range(len(order)):
        to[row] = flows[order[row]]
        to_sides[row, 0] = sides[order[row], 0]
        to_sides[row, 1] = sides[order[row], 1]
