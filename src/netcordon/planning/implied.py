"""The register a plan is made with, where the organisation has declared little or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netcordon.model.register import INTERNET, Boundary, EnforcementPoint, Register, Zone
from netcordon.planning.crossing import IMPLIED

INSIDE = "inside"
ACTUATOR = "nftables"
RESOLVER = "resolver"


def completed(
    register: Register, home_nets: Sequence[str], *, relays: bool = False
) -> tuple[Register, tuple[str, ...]]:
    """The register, and in sentences what was assumed.

    Without zones, all home networks are one; without boundaries, one border lies between it and the
    internet, whose rules are written for nftables and carried by a person.

    Args:
        register: as declared.
        home_nets: as declared or inferred from the traffic.
        relays: whether the attacker asks a resolver of ours, which can be told to refuse names.
    """
    if register.boundaries:
        return register, ()
    networks = tuple(home_nets) or (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"
    )  # fmt: skip
    zones = register.zones or (Zone(name=INSIDE, networks=networks),)
    points = [EnforcementPoint(name=f"{IMPLIED}-device", actuator=ACTUATOR)]
    points += [EnforcementPoint(name=RESOLVER, actuator="dns_rpz")] if relays else []
    names = tuple(point.name for point in points)
    boundaries = tuple(
        Boundary(
            name=IMPLIED if len(zones) == 1 else f"{IMPLIED}-{zone.name}",
            zones=(zone.name, INTERNET),
            points=names,
        )
        for zone in zones
    )
    said = (
        f"no boundary is declared: one border to the internet is assumed around "
        f"{', '.join(networks) if not register.zones else 'each zone'}, and its rules are written "
        f"for {ACTUATOR}{' and names for our resolver' if relays else ''}, to be carried there by "
        "hand; declare zones, boundaries and devices in "
        "netcordon.toml",
    )
    return replace(register, zones=zones, boundaries=boundaries, points=tuple(points)), said


def missing(register: Register) -> tuple[str, ...]:
    """What must be declared before containment can be trusted, one sentence each."""
    said: list[str] = []
    if not register.zones:
        said.append("no zone is declared: what lies where is inferred from the traffic")
    joined = {side for boundary in register.boundaries for side in boundary.zones}
    for zone in register.zones:
        if zone.name not in joined:
            said.append(f"zone {zone.name} has no boundary: nothing is known to stand around it")
    for boundary in register.boundaries:
        a, b = boundary.zones
        if not boundary.points:
            said.append(
                f"zone {a} reaches {b} by boundary {boundary.name}, "
                "which has no controllable device"
            )
    used = {name for boundary in register.boundaries for name in boundary.points}
    for point in register.points:
        if point.name not in used and not point.guards:
            said.append(f"device {point.name} stands on no boundary")
        if not point.owner:
            said.append(f"device {point.name} has no owner to call at night")
        if not point.transport:
            said.append(f"device {point.name} has no transport: a person carries its rules")
    for flow in register.business.vital_flows:
        if not flow.owner or not flow.business_line:
            said.append(f"vital flow {flow.name} names no owner and business line to ask")
    if not register.business.vital_flows:
        said.append("no vital flow is declared: nothing tells what must not be cut")
    if not any(not entry.shipped for entry in register.never_block):
        said.append("no never-block entry of your own: gateways, resolvers, update services")
    return tuple(said)
