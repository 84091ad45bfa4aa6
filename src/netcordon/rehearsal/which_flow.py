"""Which recorded flows an engine speaks of, told by ends, ports and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from netcordon.rehearsal.suricata import Seen

_SLACK = timedelta(seconds=1)
"""The engine's clock has microseconds, and it may speak when a flow is over."""

_Ends = tuple[frozenset[tuple[str, int]], str]


class FlowsByEnds:
    """Flows of one piece of evidence.

    Args:
        flows: ``uid``, the ends and ports, ``protocol``, ``start_time``, ``end_time``.
    """

    def __init__(self, flows: Iterable[Mapping[str, Any]]) -> None:
        self._flows: dict[_Ends, list[Mapping[str, Any]]] = defaultdict(list)
        for flow in flows:
            at = (flow["src_ip"], flow["src_port"], flow["dst_ip"], flow["dst_port"])
            self._flows[_ends(*at, flow["protocol"])].append(flow)

    def of(self, seen: Seen) -> Sequence[Mapping[str, Any]]:
        """The flows that a packet is of; all between its ends when none was open then."""
        ends = _ends(seen.src_ip, seen.src_port, seen.dst_ip, seen.dst_port, seen.protocol)
        between = self._flows.get(ends, [])
        if len(between) < 2:
            return between
        open_then = [
            flow for flow in between
            if _utc(flow["start_time"]) - _SLACK <= seen.time <= _utc(flow["end_time"]) + _SLACK
        ]  # fmt: skip
        return open_then or between


def _ends(src: str, sport: int, dst: str, dport: int, protocol: str) -> _Ends:
    ported = protocol in ("tcp", "udp", "sctp")
    return frozenset({(src, sport if ported else 0), (dst, dport if ported else 0)}), protocol


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
