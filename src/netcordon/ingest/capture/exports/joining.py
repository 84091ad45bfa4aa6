"""Records become flows: halves of both directions meet, and pieces of long flows are put together.

An exporter reports each direction by itself, and a flow that lasts is cut by the active time-out.
Left like that, answers would look like requests of servers, and one connection like calls at the
beat of the time-out. What belongs together has the same ends, and no longer silence between than
ends a flow for Zeek (``tcp_inactivity_timeout`` and its kin).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.exports.records import (
    BY_DST,
    BY_SRC,
    BY_UNKNOWN,
    DROPPED,
    EXPORTED,
    UNKNOWN,
    copied,
    together,
)
from netcordon.ingest.capture.flow.orientation import SERVER_RANKS
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import ACK, FIN, RST, SYN, Record, Records
from netcordon.ingest.capture.octets import wide

MOST_WAITING = 1 << 19
"""Records that are joined at a time; a flow that goes on is carried over to the next."""
SILENCE_TCP_US, SILENCE_US = 300_000_000, 60_000_000
_SAME_MOMENT_US = 1_000_000
_ICMP, _ICMP6 = 1, 58


class Joining:
    """Collects the records of one exporter, and hands out the flows that they show.

    Args:
        silence_tcp_us: after so much silence a connection is another one.
        silence_us: the same for other protocols.
    """

    def __init__(self, silence_tcp_us: int = SILENCE_TCP_US, silence_us: int = SILENCE_US) -> None:
        self._silence = silence_tcp_us, silence_us
        self._waiting: list[Records] = []
        self._count = 0

    def add(self, records: Records) -> Records:
        """Take ``EXPORTED`` records; returns flows that are over, which may be none."""
        self._waiting.append(records)
        self._count += len(records)
        return self._join(is_last=False) if self._count >= MOST_WAITING else records[:0]

    def finish(self) -> Records:
        """The flows that are left."""
        return self._join(is_last=True)

    def _join(self, *, is_last: bool) -> Records:
        records = together(self._waiting)
        flows = join(records, *self._silence)
        self._waiting, self._count = [], 0
        if not is_last and len(flows):
            goes_on = flows["end_us"] >= records["start_us"].max() - self._silence[0]
            # Rather cut a flow than keep more than half for the next time.
            if 2 * np.count_nonzero(goes_on) < MOST_WAITING:
                self._waiting = [flows.take(np.flatnonzero(goes_on))]
                self._count = len(self._waiting[0])
                flows = flows.take(np.flatnonzero(~goes_on))
        orient(flows)
        return flows


def join(
    records: Records, silence_tcp_us: int = SILENCE_TCP_US, silence_us: int = SILENCE_US
) -> Records:
    """Flows of records, in the order of their starts; ends as the first record has them."""
    order = np.argsort(np.ascontiguousarray(records["start_us"]), kind="stable")
    slots = np.full(1 << max(4, (2 * len(records)).bit_length()), UNKNOWN, dtype=np.int32)
    flows = np.empty(len(records), dtype=EXPORTED)
    silence = np.array([silence_tcp_us, silence_us], dtype=np.int64)
    return copied(flows[: _join_records(records, order, silence, slots, flows)])


@kernel
def _join_records(
    records: Records,
    order: NDArray[np.int64],
    silence: NDArray[np.int64],
    slots: NDArray[np.int32],
    flows: Records,
) -> int:
    """Fill ``flows``; a slot holds the latest flow of its ends. Returns how many there are."""
    count = 0
    mask = np.uint64(len(slots) - 1)
    for place in range(len(order)):
        record = records[order[place]]
        at = _hash(record) & mask
        while slots[at] >= 0 and _relation(flows[slots[at]], record) == 0:
            at = (at + np.uint64(1)) & mask
        if slots[at] >= 0 and _goes_on(flows[slots[at]], record, silence):
            _merge(flows[slots[at]], record)
            continue
        slots[at] = count
        flows[count] = record
        count += 1
    return count


@subkernel
def _kind(record: Record) -> int:
    """ICMP: requests and their answers are of one kind; other protocols have none."""
    kind = wide(record.src_port)
    if record.protocol == _ICMP:
        return 8 if kind == 0 else kind - 1 if kind in (14, 16, 18) else kind
    if record.protocol == _ICMP6:
        return 128 if kind == 129 else kind
    return UNKNOWN


@subkernel
def _hash(record: Record) -> np.uint64:
    """Equal for both directions."""
    has_ports = _kind(record) == UNKNOWN
    ends = np.uint64(0)
    for hi, lo, port in (
        (record.src_hi, record.src_lo, record.src_port),
        (record.dst_hi, record.dst_lo, record.dst_port),
    ):
        number = wide(port) & 0xFFFFFFFF if has_ports else 0
        ends += mix(hi ^ mix(lo ^ mix(np.uint64(number))))
    return mix(ends ^ np.uint64(wide(record.protocol) << 32 | wide(record.exporter)))


@subkernel
def _relation(flow: Record, record: Record) -> int:
    """1 where both go the same way, 2 where they go opposite ways, 0 where they are others'."""
    if flow.protocol != record.protocol or flow.exporter != record.exporter:
        return 0
    has_ports = _kind(record) == UNKNOWN
    if not has_ports and _kind(flow) != _kind(record):
        return 0
    same = flow.src_hi == record.src_hi and flow.src_lo == record.src_lo
    same = same and flow.dst_hi == record.dst_hi and flow.dst_lo == record.dst_lo
    if has_ports:
        same = same and flow.src_port == record.src_port and flow.dst_port == record.dst_port
    if same:
        return 1
    opposite = flow.src_hi == record.dst_hi and flow.src_lo == record.dst_lo
    opposite = opposite and flow.dst_hi == record.src_hi and flow.dst_lo == record.src_lo
    if has_ports:
        opposite = opposite and flow.src_port == record.dst_port
        opposite = opposite and flow.dst_port == record.src_port
    return 2 if opposite else 0


@subkernel
def _goes_on(flow: Record, record: Record, most: NDArray[np.int64]) -> bool:
    silence = record.start_us - flow.end_us
    if flow.protocol != 6:
        return bool(silence <= most[1])
    is_over = max(flow.flags_out, 0) & (FIN | RST) or max(flow.flags_in, 0) & (FIN | RST)
    if silence > 0 and is_over and max(record.flags_out, 0) & SYN:
        return False
    return bool(silence <= most[0])


@subkernel
def _sum(one: int, other: int) -> int:
    if one == UNKNOWN:
        return other
    return one if other == UNKNOWN else one + other


@subkernel
def _both(one: int, other: int) -> int:
    if one == UNKNOWN:
        return other
    return one if other == UNKNOWN else one | other


@subkernel
def _earlier(one: int, other: int) -> int:
    if one == UNKNOWN:
        return other
    return one if other == UNKNOWN else min(one, other)


@subkernel
def _merge(flow: Record, record: Record) -> None:
    """Add a record to a flow."""
    flow.records += record.records
    flow.frame = min(flow.frame, record.frame)
    flow.end_us = max(flow.end_us, record.end_us)
    flow.sampling = max(flow.sampling, record.sampling)
    flow.sampler = max(flow.sampler, record.sampler)
    flow.vlan = flow.vlan if flow.vlan != UNKNOWN else record.vlan
    if flow.outcome in (0, DROPPED) or record.outcome > DROPPED:
        flow.outcome = max(record.outcome, flow.outcome if flow.outcome != DROPPED else 0)
    is_same = _relation(flow, record) == 1
    if record.begun_by != BY_UNKNOWN and flow.begun_by == BY_UNKNOWN:
        flow.begun_by = record.begun_by if is_same else BY_SRC + BY_DST - record.begun_by
    if is_same:
        # A device that meters what enters and what leaves tells of the same packets twice.
        is_twice = flow.meter != record.meter and flow.packets_out == record.packets_out
        if is_twice and abs(record.start_us - flow.start_out_us) <= _SAME_MOMENT_US:
            return
        flow.packets_out = _sum(flow.packets_out, record.packets_out)
        flow.octets_out = _sum(flow.octets_out, record.octets_out)
        flow.flags_out = _both(flow.flags_out, record.flags_out)
        flow.start_out_us = _earlier(flow.start_out_us, record.start_out_us)
        flow.packets_in = _sum(flow.packets_in, record.packets_in)
        flow.octets_in = _sum(flow.octets_in, record.octets_in)
        flow.flags_in = _both(flow.flags_in, record.flags_in)
        flow.start_in_us = _earlier(flow.start_in_us, record.start_in_us)
        return
    is_twice = flow.meter == record.meter and flow.packets_in == record.packets_out
    if is_twice and flow.meter != 0 and flow.start_in_us == record.start_out_us:
        return
    flow.packets_in = _sum(flow.packets_in, record.packets_out)
    flow.octets_in = _sum(flow.octets_in, record.octets_out)
    flow.flags_in = _both(flow.flags_in, record.flags_out)
    flow.start_in_us = _earlier(flow.start_in_us, record.start_out_us)
    flow.packets_out = _sum(flow.packets_out, record.packets_in)
    flow.octets_out = _sum(flow.octets_out, record.octets_in)
    flow.flags_out = _both(flow.flags_out, record.flags_in)
    flow.start_out_us = _earlier(flow.start_out_us, record.start_in_us)


@subkernel
def _is_begun_by_dst(flow: Record) -> bool:
    """Who began: what the record says, then flags, then who was heard first, then ports."""
    if flow.begun_by != BY_UNKNOWN:
        return bool(flow.begun_by == BY_DST)
    if flow.protocol in (_ICMP, _ICMP6):
        return bool(_kind(flow) != flow.src_port)
    out, back = max(flow.flags_out, 0), max(flow.flags_in, 0)
    if flow.protocol == 6:
        # Who sent a SYN and never acknowledged anything asked; who only reset was asked.
        if out & (SYN | ACK) == SYN or back & (SYN | ACK) == SYN:
            return bool(out & (SYN | ACK) != SYN)
        if out & RST and not out & SYN and back & SYN:
            return True
    src, dst = wide(flow.src_port), wide(flow.dst_port)
    if not (0 <= src < 65536 and 0 <= dst < 65536):
        return False
    src_rank, dst_rank = wide(SERVER_RANKS[src]), wide(SERVER_RANKS[dst])
    has_begin = flow.protocol != 6 or (out | back) & SYN
    has_both = flow.start_out_us != UNKNOWN and flow.start_in_us != UNKNOWN
    if has_begin and has_both and flow.start_out_us != flow.start_in_us:
        return bool(flow.start_in_us < flow.start_out_us)
    return bool(src_rank > dst_rank or (src_rank == dst_rank and src_rank < 2 and src < dst))


@kernel
def orient(flows: Records) -> None:
    """Turn flows round whose responder stands first, in place."""
    for i in range(len(flows)):
        flow = flows[i]
        if not _is_begun_by_dst(flow):
            continue
        flow.src_hi, flow.dst_hi = flow.dst_hi, flow.src_hi
        flow.src_lo, flow.dst_lo = flow.dst_lo, flow.src_lo
        if flow.protocol in (_ICMP, _ICMP6):
            flow.src_port = _kind(flow)
        else:
            flow.src_port, flow.dst_port = flow.dst_port, flow.src_port
        flow.packets_out, flow.packets_in = flow.packets_in, flow.packets_out
        flow.octets_out, flow.octets_in = flow.octets_in, flow.octets_out
        flow.flags_out, flow.flags_in = flow.flags_in, flow.flags_out
        flow.start_out_us, flow.start_in_us = flow.start_in_us, flow.start_out_us
        flow.src_mac, flow.dst_mac = flow.dst_mac, flow.src_mac
