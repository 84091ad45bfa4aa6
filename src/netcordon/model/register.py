"""The organisation's network as containment must know it: zones, boundaries, and what stands there.

A *zone* is a part of the network, a *boundary* what lies between two of them, an *enforcement
point* a device on a boundary that can be told to stop traffic. What no zone holds is the internet.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from netcordon.model.business import Business
from netcordon.model.crisis import CrisisRules
from netcordon.model.handling import PAP

INTERNET = "internet"
"""The zone of every address that no declared zone holds."""

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A part of the network.

    Attributes:
        networks: in canonical CIDR notation, of both families.
        business_line: who works there.
    """

    name: str
    networks: tuple[str, ...]
    business_line: str = ""


@dataclass(frozen=True, kw_only=True)
class EnforcementPoint:
    """A device that can be told to stop traffic.

    Attributes:
        actuator: id of the plug-in that speaks its language, e.g. ``nftables``.
        transport: how to reach it: ``local``, ``ssh://user@host``, ``https://host/path``,
            ``file:/directory``; empty when a person carries the commands.
        capacity: rules it can take beside its own; ``None`` when nobody said.
        owner: who answers for it, and how to reach them.
        guards: networks whose hosts it controls at their own port or from within (a switch, an
            endpoint agent), so that it sees all their traffic; empty for a device on boundaries.
        options: what its actuator wants to know, e.g. the name of an interface or a list.
    """

    name: str
    actuator: str
    transport: str = ""
    capacity: int | None = None
    owner: str = ""
    guards: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


_OPTIONS_OF_TRANSPORTS = {
    "": (),
    "local": ("netns", "directory"),
    "ssh": ("identity", "known_hosts", "directory", "sudo"),
    "https": ("ca", "cert", "key", "token_file"),
    "file": (),
    "double": ("fault", "fault_at", "fault_s"),
}


def transport_options(point: EnforcementPoint) -> tuple[str, ...]:
    """Options that are read by what reaches a device."""
    return _OPTIONS_OF_TRANSPORTS.get(point.transport.partition(":")[0], ())


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """What lies between two zones.

    Attributes:
        zones: the two sides; ``internet`` may be one.
        points: names of the enforcement points all its traffic passes; empty when nothing there
            can be controlled.
        families: 4 and 6, those that cross here.
        translated: networks on the inside whose addresses are translated here (NAT); empty for
            none.
    """

    name: str
    zones: tuple[str, str]
    points: tuple[str, ...] = ()
    families: tuple[int, ...] = (4, 6)
    translated: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Protected:
    """What no plan may block.

    Attributes:
        network: in canonical CIDR notation; empty when it is told by name.
        name: a domain, with all names under it.
        reason: why.
        shipped: whether netcordon brought it, rather than the organisation.
    """

    network: str = ""
    name: str = ""
    reason: str
    shipped: bool = False

    def label(self) -> str:
        """``8.8.8.8 (public resolver)``."""
        return f"{self.network.removesuffix('/32').removesuffix('/128') or self.name}" + (
            f" ({self.reason})" if self.reason else ""
        )


@dataclass(frozen=True, kw_only=True)
class Marking:
    """What may be done with what is known of an address or a name.

    Attributes:
        network: in canonical CIDR notation; empty when it is told by name.
        name: a domain, with all names under it.
        source: who gave it with this marking.
    """

    pap: PAP
    network: str = ""
    name: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Register:
    """All of it, as ``netcordon.toml`` declares it.

    Attributes:
        home_nets: networks that belong to the organisation.
        never_block: the organisation's own entries and the shipped ones.
        forensic: networks that an isolated host may still talk to: where it is examined from.
        resolvers: addresses of resolvers that an isolated host may still ask.
        markings: of addresses and names that others told of.
        crisis: what calls the crisis cell.
        vouched_only: whether approvals count only of people whom others vouch for.
    """

    home_nets: tuple[str, ...] = ()
    zones: tuple[Zone, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    points: tuple[EnforcementPoint, ...] = ()
    never_block: tuple[Protected, ...] = ()
    forensic: tuple[str, ...] = ()
    resolvers: tuple[str, ...] = ()
    markings: tuple[Marking, ...] = ()
    business: Business = field(default_factory=Business)
    crisis: CrisisRules = field(default_factory=CrisisRules)
    vouched_only: bool = False

    def zone_of(self, ip: str) -> str:
        """Name of the zone with the smallest network that holds the address, else ``internet``."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return INTERNET
        return next((name for network, name in self._by_size if address in network), INTERNET)

    def point(self, name: str) -> EnforcementPoint:
        """The enforcement point of this name.

        Raises:
            KeyError: there is none.
        """
        return self._points[name]

    def boundary(self, name: str) -> Boundary:
        """The boundary of this name.

        Raises:
            KeyError: there is none.
        """
        return self._boundaries[name]

    @cached_property
    def _by_size(self) -> tuple[tuple[IpNetwork, str], ...]:
        found = [(ipaddress.ip_network(n), zone.name) for zone in self.zones for n in zone.networks]
        return tuple(sorted(found, key=lambda each: (-each[0].prefixlen, str(each[0]), each[1])))

    @cached_property
    def _points(self) -> Mapping[str, EnforcementPoint]:
        return {point.name: point for point in self.points}

    @cached_property
    def _boundaries(self) -> Mapping[str, Boundary]:
        return {boundary.name: boundary for boundary in self.boundaries}
