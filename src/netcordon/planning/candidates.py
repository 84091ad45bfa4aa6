"""What could stop each way where: the lattice of commands from narrow to wide (Soldo et al. 2012).

For a way between a host of ours and an address outside, from narrow to wide: both ends and the
port, the far end's port, the far end, its neighbourhood when several bad ends share it. Beside them
its name, and the client's fingerprint within the neighbourhood. Between two hosts of ours the far
end is no enemy: only the pair is cut, or the host that was taken over is isolated.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from netcordon.model.command import Target, Verb
from netcordon.model.plan import Way
from netcordon.model.register import INTERNET, Register
from netcordon.model.wellformed import is_domain, is_within
from netcordon.planning.picks import Picks, Preference

NEIGHBOURS = 3
"""Bad ends in one neighbourhood before it is worth asking for as a whole."""

NEIGHBOURHOOD = {4: 24, 6: 48}
"""Prefix length of a neighbourhood: the smallest that is routed (RFC 7454 section 6.1.3)."""

PRICE = {
    "pair": 1.6, "service": 1.3, "address": 1.0, "neighbourhood": 2.0, "name": 1.0, "client": 1.8,
    "slow": 1.0, "pin": 1.0,
}  # fmt: skip
"""What a rule of each kind costs by itself, in rules. An attacker's server changes its port more
easily than its address, so the wider rule is the cheaper one while it harms nobody."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a device could be told about a way.

    Attributes:
        kind: key of ``PRICE``.
        layer: ``packets`` or ``names``; a way with a name wants both closed.
        packets_per_s: for verb ``set``.
    """

    kind: str
    layer: str
    target: Target
    verb: Verb = Verb.DENY
    packets_per_s: int | None = None


Refuses = Callable[[Order, str], str | None]
"""Order and name of an enforcement point -> why the device cannot express it, or ``None``."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One command that could be given, and which ways it would stop where.

    A device on two boundaries has one set of rules: what it is told holds at both.

    Attributes:
        covers: places of ways in the list, each with a boundary that it crosses there; the boundary
            is empty at a device that guards the host itself.
    """

    order: Order
    point: str
    covers: tuple[tuple[int, str], ...]

    @property
    def ways(self) -> tuple[int, ...]:
        """Places of the ways, each once."""
        return tuple(dict.fromkeys(way for way, _ in self.covers))

    @property
    def price(self) -> float:
        """Without the harm it does."""
        return PRICE[self.order.kind]


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
    ways: Sequence[Way],
    register: Register,
    refuses: Refuses,
    picks: Picks,
    clients: Mapping[str, Sequence[str]],
) -> tuple[tuple[Candidate, ...], tuple[Need, ...]]:
    """Every command that could be given, and everything that must be closed.

    Args:
        ways: that are to be closed.
        register: of the network.
        refuses: what a device cannot be told.
        picks: what a person prefers to cutting.
        clients: id of a way that is left to known clients -> these.
    """
    crowded = _crowded(ways, register)
    found: dict[tuple[str, Order], list[tuple[int, str]]] = {}
    needs: list[Need] = []
    for place, way in enumerate(ways):
        offered = _orders(way, register, crowded, picks, clients.get(way.id, ()))
        for boundary in way.boundaries or ("",):
            points = register.boundary(boundary).points if boundary else _guards(way, register)
            if not boundary and not points:
                continue
            layers: dict[str, list[str]] = {}
            for order in offered:
                for point in points:
                    refusal = refuses(order, point)
                    if refusal is None:
                        found.setdefault((point, order), []).append((place, boundary))
                    layers.setdefault(order.layer, []).append(refusal or "")
            needs += _needs(place, boundary, layers, "names" if way.relayed else "packets")
    made = tuple(
        Candidate(order=order, point=point, covers=tuple(dict.fromkeys(covers)))
        for (point, order), covers in found.items()
    )
    return made, tuple(needs)


def _guards(way: Way, register: Register) -> tuple[str, ...]:
    """Devices that control one of the two hosts by themselves."""
    ends = [_one(end) for end in (way.src, way.dst)]
    return tuple(
        point.name
        for point in register.points
        if any(is_within(end, network) for end in ends for network in point.guards)
    )


def _needs(place: int, boundary: str, layers: dict[str, list[str]], must: str) -> list[Need]:
    """Packets must be stopped; names too, where a device there sees them."""
    if not layers:
        reason = f"no device at {boundary} can be controlled"
        return [Need(way=place, boundary=boundary, layer=must, reason=reason)]
    out: list[Need] = []
    for layer in dict.fromkeys((must, "names")):
        refusals = layers.get(layer, [])
        if "" in refusals:
            out.append(Need(way=place, boundary=boundary, layer=layer))
        elif layer == must:
            said = "; ".join(dict.fromkeys(refusals)) or "nothing of it can be matched"
            out.append(Need(way=place, boundary=boundary, layer=layer, reason=said))
    return out


def _orders(
    way: Way, register: Register, crowded: frozenset[str], picks: Picks, clients: Sequence[str]
) -> list[Order]:
    """Everything that would stop a way, narrow orders first; or what is preferred to that."""
    far, near = _ends(way, register)
    by_name = [
        Order(kind="name", layer="names", target=Target(domain=name))
        for name in [(way.name or "").lower().rstrip(".")]
        if far == way.dst and is_domain(name)
    ]
    if way.relayed:
        return by_name
    port = way.port if way.protocol in ("tcp", "udp") else None
    # The responder's port stands at the far end, unless the far end called us.
    serves_inside = far == way.src
    pair = Target(
        inside=_one(near), outside=_one(far), port=port, protocol=way.protocol,
        serves_inside=serves_inside,
    )  # fmt: skip
    if picks.prefer.get(way.id) is Preference.SLOW:
        slow = Order(
            kind="slow", layer="packets", target=pair, verb=Verb.SET, packets_per_s=picks.pace
        )
        return [slow]
    if picks.prefer.get(way.id) is Preference.PIN:
        known = tuple(_one(client) for client in clients)
        target = Target(
            inside=_one(near) if serves_inside else "", outside="" if serves_inside else _one(far),
            port=port, protocol=way.protocol, serves_inside=serves_inside, except_for=known,
        )  # fmt: skip
        return [Order(kind="pin", layer="packets", target=target)]
    out = [Order(kind="pair", layer="packets", target=pair)]
    if register.zone_of(far) != INTERNET:
        return out
    if not serves_inside:
        service = Target(outside=_one(far), port=port, protocol=way.protocol)
        out.append(Order(kind="service", layer="packets", target=service))
    out.append(Order(kind="address", layer="packets", target=Target(outside=_one(far))))
    around = _around(far)
    if around in crowded:
        spared = tuple(p.network for p in register.never_block if _lies_in(p.network, around))
        near_by = Target(outside=around, except_for=spared)
        out.append(Order(kind="neighbourhood", layer="packets", target=near_by))
    if way.ja4:
        client = Target(outside=around, ja4=way.ja4)
        out.append(Order(kind="client", layer="packets", target=client))
    return out + by_name


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
