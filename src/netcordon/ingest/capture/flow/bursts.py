"""Bursts: the rhythm inside one flow, in a record of fixed size.

A burst is new payload, of either end, after at least ``IDLE_NS`` without any. A second is longer
than an acknowledgement may be delayed (0.5 s, RFC 1122 section 4.2.3.2) and as long as the least
retransmission timeout (RFC 6298 section 2.4), so a silence of that length is the programs' and not
the transport's. Segments sent again and keep-alive probes (RFC 1122 section 4.2.3.6) are no new
payload.

Of the bursts that another one follows, a sample is kept: all up to ``SAMPLE``, then each equally
likely (algorithm R, Vitter 1985), in order of time. Chance is a hash of the flow's uid, so the same
capture gives the same sample. Memory is written from the second burst on: floods have no bursts.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import Record, Records
from netcordon.ingest.capture.octets import wide

IDLE_NS = 1_000_000_000
SAMPLE = 32
"""Bursts kept of a flow; enough for a test of regularity, few enough for a million flows."""
MOST_OCTETS = (1 << 16) - 1
"""Payload of one burst beyond which it is not told how much it was."""
_MOST_MS = (1 << 31) - 1

BURSTS = np.dtype(
    [
        ("first_ns", np.int64),  # when the first burst began
        ("octets_before_a", np.int64),  # payload of the initiator before the current burst
        ("octets_before_b", np.int64),  # of the responder
        ("begun_a", np.uint32),  # bursts that the initiator began
        ("begun_b", np.uint32),  # that the responder began
        ("gaps_ms", np.int32, (SAMPLE,)),  # from the begin of a burst to that of the next
        ("octets_a", np.uint16, (SAMPLE,)),  # payload of the initiator in it
        ("octets_b", np.uint16, (SAMPLE,)),  # of the responder
    ],
    align=True,
)
"""What is kept of the bursts of a flow that has two or more."""


@subkernel
def note_payload(
    flow: Record, bursts: Records, slot: int, sides: Records, packet: Record, direction: int
) -> None:
    """Take a packet with new payload, which ``sides`` have counted already."""
    silent_ns = packet.time_ns - flow.spoke_ns
    flow.spoke_ns = packet.time_ns
    if flow.bursts == 0:
        flow.bursts = 1
        flow.burst_ns = packet.time_ns
        flow.begun_by = direction
    elif silent_ns >= IDLE_NS:
        _begin(flow, bursts[slot], sides[slot, 0], sides[slot, 1], packet, direction)


@subkernel
def _begin(
    flow: Record, bursts: Record, a: Record, b: Record, packet: Record, direction: int
) -> None:
    if flow.bursts == 1:
        bursts.first_ns = flow.burst_ns
        bursts.octets_before_a = 0
        bursts.octets_before_b = 0
        bursts.begun_a = 1 - flow.begun_by
        bursts.begun_b = flow.begun_by
    now_a = a.payload_bytes - (packet.payload_length if direction == 0 else 0)
    now_b = b.payload_bytes - (packet.payload_length if direction == 1 else 0)
    place = _place(flow, bursts)
    if place >= 0:
        gap_ms = (packet.time_ns - flow.burst_ns) // 1_000_000
        bursts.gaps_ms[place] = min(max(gap_ms, 0), _MOST_MS)
        bursts.octets_a[place] = min(now_a - bursts.octets_before_a, MOST_OCTETS)
        bursts.octets_b[place] = min(now_b - bursts.octets_before_b, MOST_OCTETS)
    bursts.octets_before_a = now_a
    bursts.octets_before_b = now_b
    if direction == 0:
        bursts.begun_a += 1
    else:
        bursts.begun_b += 1
    flow.bursts += 1
    flow.burst_ns = packet.time_ns


@subkernel
def _place(flow: Record, bursts: Record) -> int:
    """Where in the sample the burst that has just ended goes; -1 when it is not kept."""
    gaps = wide(flow.bursts)
    if gaps <= SAMPLE:
        return gaps - 1
    drawn = wide(mix(flow.uid ^ np.uint64(gaps)) % np.uint64(gaps))
    if drawn >= SAMPLE:
        return -1
    for i in range(drawn, SAMPLE - 1):
        bursts.gaps_ms[i] = bursts.gaps_ms[i + 1]
        bursts.octets_a[i] = bursts.octets_a[i + 1]
        bursts.octets_b[i] = bursts.octets_b[i + 1]
    return SAMPLE - 1
