"""What may be done with what is known of a way: markings of its source, and who overrides them.

PAP:AMBER and PAP:RED were given in confidence that the attacker does not notice, and he notices a
block (MISP taxonomy PAP). A marking comes from the register, from lists that were hunted, or from a
person; the most restrictive holds, except that a person's own word about a way beats the others.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import replace

from netcordon.model.command import Target
from netcordon.model.handling import PAP
from netcordon.model.plan import Override, Way
from netcordon.model.register import Marking
from netcordon.planning.picks import Picks

_RANK = {pap: rank for rank, pap in enumerate(PAP)}


def marked(
    ways: Sequence[Way], markings: Sequence[Marking], picks: Picks, author: str
) -> tuple[Way, ...]:
    """The ways, each with its marking and who gave it.

    What a person says of a way is said of its far end: other ways to it, or under its name, would
    tell the attacker the same.
    """
    said = [(way, picks.pap[way.id]) for way in ways if way.id in picks.pap]
    out: list[Way] = []
    for way in ways:
        own = [pap for named, pap in said if named.id == way.id]
        alike = own or [pap for named, pap in said if _same_end(named, way)]
        if alike:
            strict = max(alike, key=_RANK.__getitem__)
            out.append(replace(way, pap=strict, pap_source=author))
            continue
        fitting = [marking for marking in markings if _fits(marking, way)]
        strictest = max(fitting, key=lambda marking: _RANK[marking.pap], default=None)
        if strictest is not None:
            way = replace(way, pap=strictest.pap, pap_source=strictest.source)
        out.append(way)
    return tuple(out)


def _same_end(named: Way, way: Way) -> bool:
    if named.relayed or way.relayed:  # their far end is our resolver
        return named.name is not None and named.name == way.name
    return named.dst == way.dst or (named.name is not None and named.name == way.name)


def would_tell(target: Target, silent: Sequence[Way]) -> str:
    """Why a command must not be given: it would block a far end that must not be; empty if not.

    Args:
        target: of the command.
        silent: ways that must not be blocked because of their marking.
    """
    for way in silent:
        name = (way.name or "").lower().rstrip(".")
        by_name = target.domain and (name == target.domain or name.endswith(f".{target.domain}"))
        end = ipaddress.ip_address(way.dst)
        by_address = (
            target.outside
            and not target.inside
            and end in ipaddress.ip_network(target.outside)
            and not any(end in ipaddress.ip_network(spared) for spared in target.except_for)
        )
        if by_name or (by_address and not way.relayed):
            return f"it would block {way.id} too, which is marked {way.pap}"
    return ""


def refusal(way: Way, picks: Picks) -> str:
    """Why a way must not be blocked; empty when it may."""
    if way.pap is None or way.pap.allows_blocking or way.id in picks.override:
        return ""
    source = f" by {way.pap_source}" if way.pap_source else ""
    return f"it is marked {way.pap}{source}: a block would tell the attacker what is known of him"


def overrides(ways: Sequence[Way], picks: Picks, author: str) -> tuple[Override, ...]:
    """Who blocks which way against its marking, and why."""
    return tuple(
        Override(way_id=way.id, pap=way.pap, reason=picks.reason, author=author)
        for way in ways
        if way.id in picks.override and way.pap is not None and not way.pap.allows_blocking
    )


def _fits(marking: Marking, way: Way) -> bool:
    if marking.name:
        name = (way.name or "").lower().rstrip(".")
        return name == marking.name or name.endswith(f".{marking.name}")
    network = ipaddress.ip_network(marking.network)
    ends = [ipaddress.ip_address(end) for end in (way.src, way.dst)]
    return any(end.version == network.version and end in network for end in ends)
