"""Packets as targets of OpenC2's filtering profiles: ``ipv4_net``, ``ipv6_connection``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from netcordon.model.leg import ANY, Leg

_PROTOCOL = {"132": "sctp"}


def packet_targets(legs: Iterable[Leg]) -> Iterator[Mapping[str, object]]:
    """Each leg as a target; a network alone is matched as source and as destination, once."""
    seen: set[str] = set()
    for leg in legs:
        named = [end for end in (leg.src, leg.dst) if end != ANY[leg.family]]
        if len(named) == 1 and not leg.protocol:
            if named[0] not in seen:
                seen.add(named[0])
                yield {f"ipv{leg.family}_net": named[0]}
        else:
            yield {f"ipv{leg.family}_connection": _connection(leg)}


def _connection(leg: Leg) -> Mapping[str, object]:
    said: dict[str, object] = {}
    if leg.protocol:
        said["protocol"] = _PROTOCOL.get(leg.protocol, leg.protocol)
    if leg.src != ANY[leg.family]:
        said["src_addr"] = leg.src
    if leg.dst != ANY[leg.family]:
        said["dst_addr"] = leg.dst
    if leg.dst_port:
        said["dst_port"] = leg.dst_port
    return said
