"""The parts of ``netcordon.toml`` about the network: zones, boundaries, devices, never-block."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import TypeVar

from netcordon.casefile.entries import EVERYTHING, Entry, entries
from netcordon.model.business import Business
from netcordon.model.handling import PAP
from netcordon.model.register import (
    INTERNET,
    Boundary,
    EnforcementPoint,
    Marking,
    Protected,
    Register,
    Zone,
)  # fmt: skip

SECTIONS = ("zone", "boundary", "device", "never_block", "isolation", "marking")

TEMPLATE = """\

# The network as containment must know it. What no zone holds is the internet.
# [[zone]]
# name = "office"
# networks = ["10.20.1.0/24", "fd00:20:1::/64"]
# business_line = "sales"

# What lies between two zones, and the devices that all its traffic passes (none: no control).
# [[boundary]]
# name = "border"
# zones = ["office", "internet"]
# devices = ["border-fw"]
# ipv6 = true                          # false: IPv6 does not cross here
# translated = ["10.20.1.0/24"]        # inside networks that are behind NAT here

# Devices that can be told to stop traffic. `netcordon plugins` lists actuators.
# [[device]]
# name = "border-fw"
# actuator = "nftables"
# transport = "ssh://netcordon@border-fw"   # or local, https://..., file:/directory; none: by hand
# capacity = 10000                          # rules it can take besides its own
# owner = "network team, +33 1 23 45 67 00"
# guards = ["10.20.1.0/24"]                 # a switch or endpoint agent: hosts it controls itself

# What a host may still reach when it is isolated: where it is examined from, and one resolver.
# [[isolation]]
# forensic = ["10.20.9.0/28"]
# resolvers = ["10.20.2.10"]

# What may be done with what others told in confidence (Permissible Actions Protocol): red, amber,
# green or clear. Only green and clear are blocked.
# [[marking]]
# name = "bad.example"                      # or address, or prefix
# pap = "amber"
# source = "sector CERT, ticket 4711"

# What no plan may block, besides what netcordon ships (public resolvers, root servers).
# [[never_block]]
# address = "10.20.2.2"                     # or prefix, or name
# reason = "our own resolver"
"""

_TRANSPORTS = ("local", "ssh://", "https://", "file:/", "double:/")


def read_register(
    values: Mapping[str, object], home_nets: Sequence[str], business: Business
) -> Register:
    """The register as declared.

    Raises:
        WrongKeyError: at the first entry that cannot be used.
    """
    zones = _named([(e, _zone(e)) for e in entries(values, "zone")])
    points = _named([(e, _point(e)) for e in entries(values, "device")])
    boundaries = [
        (e, _boundary(e, {z.name for z in zones}, {p.name for p in points}))
        for e in entries(values, "boundary")
    ]
    _no_network_twice(entries(values, "zone"), zones)
    isolation = [_isolation(e) for e in entries(values, "isolation")]
    return Register(
        home_nets=tuple(home_nets),
        zones=zones,
        boundaries=_named(boundaries),
        points=points,
        never_block=tuple(_protected(e) for e in entries(values, "never_block")),
        forensic=tuple(network for forensic, _ in isolation for network in forensic),
        resolvers=tuple(network for _, resolvers in isolation for network in resolvers),
        markings=tuple(_marking(e) for e in entries(values, "marking")),
        business=business,
    )


_Kind = TypeVar("_Kind", Zone, Boundary, EnforcementPoint)


def _named(read: Sequence[tuple[Entry, _Kind]]) -> tuple[_Kind, ...]:
    seen: set[str] = set()
    for entry, each in read:
        if each.name in seen:
            raise entry.wrong("name", f"{each.name!r} stands twice")
        seen.add(each.name)
    return tuple(each for _, each in read)


def _zone(entry: Entry) -> Zone:
    entry.check_keys(("name", "networks", "business_line"))
    name = entry.text("name", needed=True)
    if name == INTERNET:
        raise entry.wrong("name", "the internet is what no zone holds; choose another name")
    return Zone(
        name=name,
        networks=entry.parts("networks", needed=True),
        business_line=entry.text("business_line"),
    )


def _no_network_twice(read: Sequence[Entry], zones: Sequence[Zone]) -> None:
    """A network inside another is the smaller zone's; the same network cannot be two zones'."""
    holder: dict[str, str] = {}
    for entry, zone in zip(read, zones, strict=True):
        for network in zone.networks:
            if holder.setdefault(network, zone.name) != zone.name:
                raise entry.wrong(
                    "networks", f"{network} belongs to zone {holder[network]!r} already"
                )


def _point(entry: Entry) -> EnforcementPoint:
    entry.check_keys(("name", "actuator", "transport", "capacity", "owner", "guards", "options"))
    transport = entry.text("transport")
    if transport and not transport.startswith(_TRANSPORTS):
        raise entry.wrong(
            "transport", f"{transport!r} begins with none of {', '.join(_TRANSPORTS)}"
        )
    return EnforcementPoint(
        name=entry.text("name", needed=True),
        actuator=entry.text("actuator", needed=True),
        transport=transport,
        capacity=entry.whole("capacity", 1, 10_000_000) if entry.has("capacity") else None,
        owner=entry.text("owner"),
        guards=entry.parts("guards"),
        options=entry.options("options"),
    )


def _boundary(entry: Entry, zones: set[str], points: set[str]) -> Boundary:
    entry.check_keys(("name", "zones", "devices", "ipv4", "ipv6", "translated"))
    sides = entry.texts("zones", needed=True)
    if len(sides) != 2 or sides[0] == sides[1]:
        raise entry.wrong("zones", "a boundary lies between exactly two zones")
    for side in sides:
        if side != INTERNET and side not in zones:
            known = ", ".join(sorted(zones) + [INTERNET])
            raise entry.wrong("zones", f"no zone is called {side!r}; known: {known}")
    devices = entry.texts("devices")
    for device in devices:
        if device not in points:
            known = ", ".join(sorted(points)) or "none"
            raise entry.wrong("devices", f"no device is called {device!r}; known: {known}")
    families = [4] * entry.flag("ipv4", default=True) + [6] * entry.flag("ipv6", default=True)
    if not families:
        raise entry.wrong("ipv4", "a boundary that nothing crosses is none")
    return Boundary(
        name=entry.text("name", needed=True),
        zones=(sides[0], sides[1]),
        points=devices,
        families=tuple(families),
        translated=entry.networks("translated"),
    )


def _protected(entry: Entry) -> Protected:
    entry.check_keys(("address", "prefix", "name", "reason"))
    network, name = _told(entry)
    if network in EVERYTHING:
        raise entry.wrong(
            "prefix", f"{network} is every address there is: nothing could be blocked"
        )
    return Protected(network=network, name=name, reason=entry.text("reason", needed=True))


def _isolation(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    entry.check_keys(("forensic", "resolvers"))
    resolvers = entry.networks("resolvers")
    for network in resolvers:
        if ipaddress.ip_network(network).num_addresses != 1:
            raise entry.wrong("resolvers", f"{network} is a network; name the resolver itself")
    return entry.parts("forensic"), resolvers


def _marking(entry: Entry) -> Marking:
    entry.check_keys(("address", "prefix", "name", "pap", "source"))
    network, name = _told(entry)
    said = entry.text("pap", needed=True).upper().removeprefix("PAP:").replace("WHITE", "CLEAR")
    known = {pap.value.removeprefix("PAP:"): pap for pap in PAP}
    if said not in known:
        raise entry.wrong("pap", f"{said!r} is none of {', '.join(known).lower()}")
    return Marking(pap=known[said], network=network, name=name, source=entry.text("source"))


def _told(entry: Entry) -> tuple[str, str]:
    """Network and name, one of which is empty."""
    by = entry.one_of("address", "prefix", "name")
    network = entry.network(by) if by != "name" else ""
    if by == "address" and ipaddress.ip_network(network).num_addresses != 1:
        raise entry.wrong("address", f"{network} is a network; use prefix")
    return network, entry.domain("name") if by == "name" else ""
