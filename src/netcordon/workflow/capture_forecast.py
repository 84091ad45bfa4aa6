"""How large a recording will be, told by the traffic that evidence here shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.casefile.workspace import Workspace
from netcordon.ingest.capture.selection.terms import Term
from netcordon.ingest.slices import weighed_flows
from netcordon.model.capture_plan import Forecast
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake

_PER_PACKET = 34
"""Octets of pcapng around a frame: the block's head and end, and padding."""
_MINUTE = 60
_LONGEST_S = 100 * 86_400
"""Evidence over more days is told from its first hundred."""
_NS = 1_000_000_000


def forecast(
    opened: Workspace, term: Term | None, *, snaplen: int, duration_s: int
) -> Forecast | None:
    """What to expect; ``None`` when no evidence here has flows.

    Args:
        opened: the workspace.
        term: the filter; ``None`` for everything.
        snaplen: octets kept of each frame; 0 keeps all.
        duration_s: how long is to be recorded.
    """
    registered = [r for r in opened.readable() if r.has_tables and r.evidence.first_time]
    seen_s = flows = volume = pieces = 0
    busiest = 0
    with Engine(Lake(opened.lake_dir), [r.evidence.id for r in registered]) as engine:
        for registration in registered:
            first, last = registration.evidence.first_time, registration.evidence.last_time
            if first is None or last is None:
                continue
            start_ns = int(first.timestamp()) * _NS
            seconds = min(int((last - first).total_seconds()) + 1, _LONGEST_S)
            rates = np.zeros(seconds + 1, dtype=np.int64)
            any_flow = False
            for spans, octets, packets in weighed_flows(engine, registration.evidence.id):
                any_flow = True
                kept = octets if not snaplen else np.minimum(octets, packets * snaplen)
                kept = kept + packets * _PER_PACKET
                if term is not None:
                    may, _ = term.judge(spans)
                    kept = np.where(may, kept, 0)
                    flows += int(may.sum())
                else:
                    flows += len(spans)
                begin = np.clip((spans.first_ns - start_ns) // _NS, 0, seconds - 1)
                end = np.clip((spans.last_ns - start_ns) // _NS, begin, seconds - 1)
                _spread(rates, begin, end, kept)
                volume += int(kept.sum())
            if any_flow:
                pieces += 1
                seen_s += seconds
                busiest = max(busiest, _busiest(np.cumsum(rates[:seconds]), seconds))
    if not pieces:
        return None
    mean = -(-volume // seen_s)
    return Forecast(
        evidence=pieces, seen_s=seen_s, flows=flows, bytes_per_s=mean,
        busiest_per_s=max(busiest, mean), total=mean * duration_s,
        at_most=max(busiest, mean) * duration_s,
    )  # fmt: skip


def _spread(
    rates: NDArray[np.int64],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    volume: NDArray[np.int64],
) -> None:
    """Add flows to the steps of a rate, evenly over their seconds; whole octets, so in any order
    the sum is the same."""  # noqa: D205, D209
    each, rest = np.divmod(volume, end - begin + 1)
    np.add.at(rates, begin, each + rest)
    np.add.at(rates, begin + 1, -rest)
    np.add.at(rates, end + 1, -each)


def _busiest(rates: NDArray[np.int64], seconds: int) -> int:
    """Octets a second in the busiest minute."""
    whole = np.add.reduceat(rates, np.arange(0, seconds, _MINUTE))
    lengths = np.minimum(_MINUTE, seconds - np.arange(0, seconds, _MINUTE))
    # A last minute that is short says little: what it has is spread over a whole one.
    return int((whole // np.maximum(lengths, min(_MINUTE, seconds))).max(initial=0))
