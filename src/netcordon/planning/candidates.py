"""What could stop each way where: the lattice of commands from narrow to wide (Soldo et al. 2012).

For a way between a host of ours and an address outside, from narrow to wide: both ends and the
port, the far end's port, the far end, its neighbourhood when several bad ends share it. Beside them
its name, and the client's fingerprint within the neighbourhood. Between two hosts of ours the far
end is no enemy: only the pair is cut, or the host that was taken over is isolated.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from netcordon.model.command import Target
from netcordon.model.plan import Way
from netcordon.model.register import INTERNET, Register
from netcordon.model.wellformed import is_within

NEIGHBOURS = 3
"""Bad ends in one neighbourhood before it is worth asking for as a whole."""

NEIGHBOURHOOD = {4: 24, 6: 48}
"""Prefix length of a neighbourhood: the smallest that is routed (RFC 7454 section 6.1.3)."""

PRICE = {
    "pair": 1.6, "service": 1.3, "address": 1.0, "neighbourhood": 2.0, "name": 1.0, "client": 1.8,
}  # fmt: skip
"""What a rule of each kind costs by itself, in rules. An attacker's server changes its port more
easily than its address, so the wider rule is the cheaper one while it harms nobody."""

Refuses = Callable[[Target, str], str | None]
"""Target and name of an enforcement point -> why the device cannot express it, or ``None``."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One command that could be given, and which ways it would stop there.

    Attributes:
        kind: key of ``PRICE``.
        layer: ``packets`` or ``names``; a way with a name wants both closed.
        covers: places of the ways in the plan's list.
    """

    kind: str
    layer: str
    target: Target
    point: str
    boundary: str
    covers: tuple[int, ...]

    @property
    def price(self) -> float:
        """Without the harm it does."""
        return PRICE[self.kind]


@dataclass(frozen=True, kw_only=True)
class Need:
    """A way that must be closed at a boundary, at one layer.

    Attributes:
        way: place in the plan's list.
        reason: why nothing can close it, when no candidate can.
    """

    way: int
    boundary: str
    layer: str
    reason: str = ""


def candidates(
    ways: Sequence[Way], register: Register, refuses: Refuses
) -> tuple[tuple[Candidate, ...], tuple[Need, ...]]:
    """Every command that could be given, and everything that must be closed."""
    crowded = _crowded(ways, register)
    found: dict[tuple[str, str, str, Target], list[int]] = {}
    kinds: dict[Target, tuple[str, str]] = {}
    needs: list[Need] = []
    for place, way in enumerate(ways):
        offered = list(_targets(way, register, crowded))
        for boundary in way.boundaries:
            layers: dict[str, list[str]] = {}
            points = register.boundary(boundary).points
            for kind, layer, target in offered:
                kinds.setdefault(target, (kind, layer))
                for point in points:
                    refusal = refuses(target, point)
                    if refusal is None:
                        found.setdefault((boundary, point, layer, target), []).append(place)
                    layers.setdefault(layer, []).append(refusal or "")
            needs += _needs(place, boundary, layers)
    made = tuple(
        Candidate(
            kind=kinds[target][0], layer=layer, target=target, point=point, boundary=boundary,
            covers=tuple(dict.fromkeys(covers)),
        )
        for (boundary, point, layer, target), covers in found.items()
    )  # fmt: skip
    return made, tuple(needs)


def _needs(place: int, boundary: str, layers: dict[str, list[str]]) -> list[Need]:
    """Packets must be stopped; names too, where a device there sees them."""
    if not layers:
        reason = f"no device at {boundary} can be controlled"
        return [Need(way=place, boundary=boundary, layer="packets", reason=reason)]
    out: list[Need] = []
    for layer in ("packets", "names"):
        refusals = layers.get(layer, [])
        if "" in refusals:
            out.append(Need(way=place, boundary=boundary, layer=layer))
        elif layer == "packets":
            said = "; ".join(dict.fromkeys(refusals)) or "nothing of it can be matched"
            out.append(Need(way=place, boundary=boundary, layer=layer, reason=said))
    return out


def _targets(
    way: Way, register: Register, crowded: frozenset[str]
) -> list[tuple[str, str, Target]]:
    """Kind, layer and target of everything that would stop a way, narrow ones first."""
    far, near = _ends(way, register)
    port = way.port if way.protocol in ("tcp", "udp") else None
    # The responder's port stands at the far end, unless the far end called us.
    service = {"port": port, "protocol": way.protocol, "serves_inside": far == way.src}
    pair = Target(inside=_one(near), outside=_one(far), **service)  # type: ignore[arg-type]
    out = [("pair", "packets", pair)]
    if register.zone_of(far) != INTERNET:
        return out
    if far == way.dst:
        out.append(("service", "packets", Target(outside=_one(far), **service)))  # type: ignore[arg-type]
    out.append(("address", "packets", Target(outside=_one(far))))
    around = _around(far)
    if around in crowded:
        spared = tuple(p.network for p in register.never_block if _lies_in(p.network, around))
        out.append(("neighbourhood", "packets", Target(outside=around, except_for=spared)))
    if way.ja4:
        out.append(("client", "packets", Target(outside=around, ja4=way.ja4)))
    if way.name and far == way.dst and _is_name(way.name):
        out.append(("name", "names", Target(domain=way.name.lower().rstrip("."))))
    return out


def _ends(way: Way, register: Register) -> tuple[str, str]:
    """The far end and the near one: theirs and ours; between ours, who was asked and who asked."""
    if register.zone_of(way.dst) == INTERNET or register.zone_of(way.src) != INTERNET:
        return way.dst, way.src
    return way.src, way.dst


def _crowded(ways: Sequence[Way], register: Register) -> frozenset[str]:
    ends = {end for way in ways for end in (way.src, way.dst) if register.zone_of(end) == INTERNET}
    counted = Counter(_around(end) for end in ends)
    return frozenset(network for network, count in counted.items() if count >= NEIGHBOURS)


def _around(ip: str) -> str:
    version = ipaddress.ip_address(ip).version
    return str(ipaddress.ip_network((ip, NEIGHBOURHOOD[version]), strict=False))


def _lies_in(network: str, around: str) -> bool:
    return bool(network) and is_within(network, around)


def _one(ip: str) -> str:
    return str(ipaddress.ip_network(ip))


def _is_name(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return "." in text
    return False
