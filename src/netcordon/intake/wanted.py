"""Observables of a report as something to hunt for, and what a hunt found as hits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from netcordon.model.hunt import Atom, HuntResult, Trace, Wanted, WantedType
from netcordon.model.intake import Hit, Hunted, Observable
from netcordon.model.quantity import utc

_MOST_HOSTS, _MOST_HITS = 8, 200
_NOT_HUNTED = (WantedType.PORT.value,)


def wanted(observables: Sequence[Observable], source: str) -> tuple[Wanted, ...]:
    """What is looked for: everything but bare ports, which prove nothing.

    Args:
        observables: of the report.
        source: its id.
    """
    return tuple(
        Wanted(
            parts=(Atom(WantedType(one.type), one.value),),
            given=one.value,
            source=source,
        )
        for one in observables
        if one.type not in _NOT_HUNTED
    )


def hunted(result: HuntResult, observables: Sequence[Observable], now: datetime) -> Hunted:
    """The hits: what is not ours first, then by rows."""
    ours = {(one.type, one.value) for one in observables if one.is_ours}
    hits = [_hit(trace, (trace.wanted.type, trace.wanted.value) in ours) for trace in result.traces]
    hits.sort(key=lambda hit: (hit.is_ours, -hit.rows, hit.type, hit.value))
    return Hunted(
        time=now,
        searched=len(result.evidence_ids),
        looked_for=len(result.traces) + len(result.nothing),
        hits=tuple(hits[:_MOST_HITS]),
    )


def _hit(trace: Trace, is_ours: bool) -> Hit:
    """A hit; a resolver asks for others, so it is named only where nobody else is."""
    ours = [host for host in trace.hosts if host.is_internal]
    hosts = [host for host in ours if not host.is_resolver] or ours or list(trace.hosts)
    named = () if is_ours else hosts
    ways = sorted({way for host in named for way in host.ways})
    return Hit(
        type=trace.wanted.type,
        value=trace.wanted.value,
        is_ours=is_ours,
        rows=trace.rows,
        host_count=trace.host_count if is_ours else max(len(hosts), 1),
        hosts=tuple(host.ip for host in named[:_MOST_HOSTS]),
        ways=tuple(ways),
        first_seen_time=utc(trace.first_seen_time),
        last_seen_time=utc(trace.last_seen_time),
        caution="" if is_ours else trace.caution or "",
    )
