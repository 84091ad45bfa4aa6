"""Isolating hosts and zones: commands for every device that sees them, and what stays open.

An isolated host keeps the networks it is examined from and one resolver, as ``netcordon.toml``
declares them. A device that guards the host at its own port is told first; where there is none, all
devices on the boundaries of its zone are, and its neighbours in the zone still reach it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from netcordon.model.command import Command, Target, Verb
from netcordon.model.register import Register
from netcordon.model.wellformed import is_within
from netcordon.planning.crossing import crossings
from netcordon.planning.rendering import boundary_of
from netcordon.planning.taken import Taken

QUARANTINE = "hosts"
"""Value of a device's option ``holds`` that makes it a list of hosts in quarantine (C9b)."""

RefusesCommand = Callable[[Command], str | None]
"""Why a device cannot be told a command, or ``None``."""


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """Commands that cut a host or a zone off, and in sentences what they leave open."""

    commands: tuple[Command, ...]
    left: tuple[str, ...]


def isolate_host(
    host: Taken, register: Register, refuses: RefusesCommand, duration_s: int
) -> Isolation:
    """Cut a host off from everything but where it is examined from."""
    guards = [p.name for p in register.points for n in p.guards if is_within(_one(host.ip), n)]
    zone = register.zone_of(host.ip)
    sides = [boundary for boundary in register.boundaries if zone in boundary.zones]
    around = [
        (point, boundary_of(register, [b.name for b in sides if point in b.points]))
        for point in dict.fromkeys(point for boundary in sides for point in boundary.points)
        if not is_quarantine(point, register)
    ]
    networks = [_one(ip) for ip in host.ips]
    commands, left = _told(
        [(point, "") for point in dict.fromkeys(guards)] or around,
        networks, register, refuses, duration_s,
    )  # fmt: skip
    # One device that can be told is enough: what the others said of it is of no use to anybody.
    left = left if not commands else []
    if not any(not command.boundary for command in commands):
        left.append(f"neighbours in zone {zone} still reach it: no device guards its own port")
    families = {ipaddress.ip_network(network).version for network in networks}
    if families == {4} and any(6 in b.families for b in register.boundaries if zone in b.zones):
        left.append(
            "IPv6 crosses the boundaries of its zone and its IPv6 address was not seen: isolate it "
            "by its MAC address at the switch"
        )
    return Isolation(commands=tuple(commands), left=tuple(left))


def quarantine(
    host: Taken, register: Register, refuses: RefusesCommand, duration_s: int
) -> Isolation:
    """Put a host on every list that servers and gates refuse hosts by."""
    lists = [
        (point.name, next((b.name for b in register.boundaries if point.name in b.points), ""))
        for point in register.points
        if is_quarantine(point.name, register)
    ]
    networks = [_one(ip) for ip in host.ips]
    commands, left = _told(lists, networks, register, refuses, duration_s, spare=False)
    return Isolation(commands=tuple(commands), left=tuple(left))


def isolate_zone(
    name: str, register: Register, refuses: RefusesCommand, duration_s: int
) -> Isolation:
    """Cut a zone off at every boundary it has, for both families.

    Raises:
        StopIteration: there is no such zone.
    """
    zone = next(zone for zone in register.zones if zone.name == name)
    commands: list[Command] = []
    left: list[str] = []
    sides = [boundary for boundary in register.boundaries if name in boundary.zones]
    if not sides:
        left.append(f"no boundary of zone {name} is declared")
    for boundary in sides:
        a, b = boundary.zones
        other = b if a == name else a
        if not boundary.points:
            left.append(f"{name} reaches {other} by {boundary.name}, where nothing is controllable")
        for family in boundary.families:
            networks = [n for n in zone.networks if ipaddress.ip_network(n).version == family]
            if not networks:
                left.append(
                    f"IPv{family} crosses {boundary.name}, and zone {name} declares no IPv{family} "
                    f"network: what it sends by IPv{family} is not stopped"
                )
            told, refused = _told(
                [(p, boundary.name) for p in boundary.points if not is_quarantine(p, register)],
                networks, register, refuses, duration_s,
            )  # fmt: skip
            commands += told
            # One device that can be told is enough: all traffic of the boundary passes each.
            left += refused if networks and not told else []
    return Isolation(commands=_merged(commands, register), left=tuple(dict.fromkeys(left)))


def protect_store(
    host: Taken, stores: Sequence[str], register: Register, refuses: RefusesCommand, duration_s: int
) -> Isolation:
    """Keep a host from networks that hold confidential data, where a device stands between them."""
    between = crossings(register)
    commands: list[Command] = []
    left: list[str] = []
    for store in stores:
        address = str(ipaddress.ip_network(store)[0])
        path = between.get((register.zone_of(host.ip), register.zone_of(address)), ())
        told: list[Command] = []
        for boundary in path:
            for point in register.boundary(boundary).points:
                target = Target(inside=_one(host.ip), outside=store)
                if _family(host.ip) != ipaddress.ip_network(store).version:
                    continue
                command = _command(Verb.DENY, target, point, boundary, duration_s)
                if refuses(command) is None:
                    told.append(command)
        commands += told
        if not told:
            left.append(
                f"confidential data {store} stay in reach of {host.ip}: no device between them can "
                "be told"
            )
    return Isolation(commands=_merged(commands, register), left=tuple(left))


def is_quarantine(point: str, register: Register) -> bool:
    """Whether a device is a list of hosts that others refuse."""
    return register.point(point).options.get("holds") == QUARANTINE


def _told(
    places: Sequence[tuple[str, str]],
    networks: Sequence[str],
    register: Register,
    refuses: RefusesCommand,
    duration_s: int,
    *,
    spare: bool = True,
) -> tuple[list[Command], list[str]]:
    commands: list[Command] = []
    left: list[str] = []
    for point, boundary in dict.fromkeys(places):
        for network in networks:
            spared = tuple(_spared(network, register)) if spare else ()
            target = Target(inside=network, except_for=spared)
            command = _command(Verb.CONTAIN, target, point, boundary, duration_s)
            why = refuses(command)
            if why is None:
                commands.append(command)
            else:
                left.append(f"{point} cannot be told to isolate {network}: {why}")
    return commands, left


def _merged(commands: Sequence[Command], register: Register) -> tuple[Command, ...]:
    """A device on two boundaries has one set of rules, so it is told a thing once."""
    places: dict[Command, list[str]] = {}
    for command in commands:
        places.setdefault(replace(command, boundary=""), []).append(command.boundary)
    return tuple(
        replace(command, boundary=boundary_of(register, names)) for command, names in places.items()
    )


def _spared(network: str, register: Register) -> Iterator[str]:
    version = ipaddress.ip_network(network).version
    for each in dict.fromkeys((*register.forensic, *register.resolvers)):
        # An exception that holds the isolated network itself would leave nothing of the command.
        if ipaddress.ip_network(each).version == version and not is_within(network, each):
            yield each


def _command(verb: Verb, target: Target, point: str, boundary: str, duration_s: int) -> Command:
    return Command(
        id="", verb=verb, target=target, point=point, boundary=boundary, duration_s=duration_s
    )


def _one(ip: str) -> str:
    return str(ipaddress.ip_network(ip))


def _family(ip: str) -> int:
    return ipaddress.ip_address(ip).version
