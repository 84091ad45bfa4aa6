"""A command as rules of packet filters: who begins, and which packets then go each way."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from netcordon.model.command import Command, Direction
from netcordon.model.register import IpNetwork

ANY = {4: "0.0.0.0/0", 6: "::/0"}
"""All addresses of a family."""


class TooManyLegsError(ValueError):
    """What must be spared cuts a command into more rules than anybody would read."""


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One row of a packet filter; both networks are of one family, in canonical CIDR notation.

    Attributes:
        src_port: ``None`` for any, like ``dst_port`` and an empty ``protocol``.
        leaves: whether it goes from the command's ``inside`` to its ``outside``.
    """

    src: str
    dst: str
    protocol: str = ""
    src_port: int | None = None
    dst_port: int | None = None
    leaves: bool = True

    @property
    def family(self) -> int:
        """4 or 6."""
        return ipaddress.ip_network(self.src).version

    def reply(self) -> Leg:
        """The packets that answer it."""
        return replace(
            self,
            src=self.dst,
            dst=self.src,
            src_port=self.dst_port,
            dst_port=self.src_port,
            leaves=not self.leaves,
        )


def sessions(command: Command, families: Sequence[int] = (4, 6)) -> tuple[Leg, ...]:
    """From initiators to responders: what a filter that follows connections is told.

    Args:
        command: well-formed, with addresses or a port.
        families: those that cross where it is meant for; used where no address tells.
    """
    target = command.target
    service = {"icmp": (4,), "icmp6": (6,)}.get(target.protocol, (4, 6))
    found = []
    for family in [target.family] if target.family else [f for f in families if f in service]:
        out = Leg(
            src=target.inside or ANY[family],
            dst=target.outside or ANY[family],
            protocol=target.protocol,
            dst_port=None if target.serves_inside else target.port,
        )
        back = replace(out, src=out.dst, dst=out.src, leaves=False)
        if target.port is not None:
            found.append(replace(back, dst_port=target.port) if target.serves_inside else out)
            continue
        if command.direction is not Direction.INGRESS:
            found.append(out)
        if command.direction is not Direction.EGRESS and (back.src, back.dst) != (out.src, out.dst):
            found.append(back)
    return tuple(found)


def packets(command: Command, families: Sequence[int] = (4, 6)) -> tuple[Leg, ...]:
    """All packets of both ends: what a filter is told that judges each packet by itself."""
    begun = sessions(command, families)
    both = [leg for session in begun for leg in (session, session.reply())]
    return tuple(dict.fromkeys(both))


def sparing(legs: Iterable[Leg], networks: Iterable[str], most: int) -> tuple[Leg, ...]:
    """The legs without traffic from or to some networks.

    Raises:
        TooManyLegsError: more than ``most`` would be needed.
    """
    holes = [ipaddress.ip_network(network) for network in networks]
    found: list[Leg] = []
    for leg in legs:
        srcs, dsts = _ends(leg, holes, most)
        found += [replace(leg, src=src, dst=dst) for src in srcs for dst in dsts]
        if len(found) > most:
            raise TooManyLegsError
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Connections from any of some networks to any of others: a rule of a stateful firewall.

    Attributes:
        srcs: of initiators, in canonical CIDR notation, all of one family like ``dsts``.
        port: of the responder, ``None`` for any.
        leaves: whether the initiator is the command's ``inside``.
    """

    srcs: tuple[str, ...]
    dsts: tuple[str, ...]
    protocol: str
    port: int | None
    family: int
    leaves: bool


def rules(
    command: Command, families: Sequence[int], networks: Iterable[str], most: int
) -> tuple[Rule, ...]:
    """What a filter is told that follows connections and takes several networks in one rule.

    Args:
        command: as for ``sessions``.
        families: as for ``sessions``.
        networks: to be left out, whichever end they are.
        most: prefixes at one end.

    Raises:
        TooManyLegsError: one end would need more than ``most`` prefixes.
    """
    holes = [ipaddress.ip_network(network) for network in networks]
    found = []
    for leg in sessions(command, families):
        srcs, dsts = _ends(leg, holes, most)
        if srcs and dsts:
            found.append(
                Rule(
                    srcs=srcs,
                    dsts=dsts,
                    protocol=leg.protocol,
                    port=leg.dst_port,
                    family=leg.family,
                    leaves=leg.leaves,
                )
            )
    return tuple(found)


def _ends(
    leg: Leg, holes: Sequence[IpNetwork], most: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both ends without the holes.

    A hole in an end that is named is cut out there alone: what lies in the attacker's network is
    not among our hosts, and cutting it out of all addresses would make dozens of prefixes.
    """
    named = [end for end in (leg.src, leg.dst) if end not in ANY.values()]
    there = [hole for hole in holes if any(_overlap(hole, end) for end in named)]
    elsewhere = [hole for hole in holes if hole not in there]
    src, dst = (
        tuple(_without(end, there if end in named else elsewhere, most))
        for end in (leg.src, leg.dst)
    )
    return src, dst


def _overlap(hole: IpNetwork, network: str) -> bool:
    other = ipaddress.ip_network(network)
    return hole.version == other.version and hole.overlaps(other)


def _without(network: str, holes: Sequence[IpNetwork], most: int) -> list[str]:
    left: list[IpNetwork] = [ipaddress.ip_network(network)]
    for hole in holes:
        left = [part for whole in left for part in _cut(whole, hole)]
        if len(left) > most:
            raise TooManyLegsError
    return [str(part) for part in sorted(left, key=lambda part: (part.network_address, part))]


def _cut(whole: IpNetwork, hole: IpNetwork) -> Iterable[IpNetwork]:
    # The types of the two families do not mix, hence the questions by version.
    if isinstance(whole, ipaddress.IPv4Network) and isinstance(hole, ipaddress.IPv4Network):
        if hole.subnet_of(whole):
            return whole.address_exclude(hole)
        return [] if whole.subnet_of(hole) else [whole]
    if isinstance(whole, ipaddress.IPv6Network) and isinstance(hole, ipaddress.IPv6Network):
        if hole.subnet_of(whole):
            return whole.address_exclude(hole)
        return [] if whole.subnet_of(hole) else [whole]
    return [whole]
