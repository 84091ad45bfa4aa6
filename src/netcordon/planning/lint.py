"""What is wrong with commands before any traffic is asked: too wide, useless, or against ourselves.

Pure functions of commands and register. A serious remark forbids the command; the others must be
read by whoever approves it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from netcordon.model.business import VitalFlow
from netcordon.model.command import Command, Direction, Target, Verb
from netcordon.model.register import Register
from netcordon.model.wellformed import is_within, malformed
from netcordon.tables.names import registered_domain


class Fault(StrEnum):
    """What a remark is about."""

    MALFORMED = "malformed"
    TOO_WIDE = "too wide"
    DUPLICATE = "duplicate"
    SHADOWED = "shadowed"
    NEVER_BLOCK = "never block"
    OWN_NETWORK = "own network"
    CRITICAL_FLOW = "critical flow"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How wide commands may be.

    Attributes:
        shortest_ipv4: prefix length of a network outside; a /24 is the smallest that is routed, so
            beyond it other people's networks are hit.
        shortest_ipv6: likewise.
    """

    shortest_ipv4: int = 24
    shortest_ipv6: int = 48


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One thing that is wrong with a command.

    Attributes:
        serious: whether the command must not be given as it is.
        text: one sentence.
        other: id of the command that it collides with, empty for none.
    """

    command_id: str
    fault: Fault
    serious: bool
    text: str
    other: str = ""


def lint(
    commands: Sequence[Command], register: Register, limits: Limits | None = None
) -> tuple[Remark, ...]:
    """Everything that is wrong with commands, in their order."""
    found: list[Remark] = []
    for place, command in enumerate(commands):
        if why := malformed(command):
            found.append(_remark(command, Fault.MALFORMED, why))
            continue
        if command.verb in (Verb.ALLOW, Verb.STOP):
            continue
        found += _too_wide(command, limits or Limits())
        found += _never_block(command, register)
        found += _own_network(command, register)
        found += _critical(command, register)
        found += _useless(place, commands)
    return tuple(found)


def _remark(
    command: Command, fault: Fault, text: str, *, serious: bool = True, other: str = ""
) -> Remark:
    return Remark(command_id=command.id, fault=fault, serious=serious, text=text, other=other)


def _too_wide(command: Command, limits: Limits) -> Iterator[Remark]:
    target = command.target
    if target.outside:
        network = ipaddress.ip_network(target.outside)
        shortest = limits.shortest_ipv4 if network.version == 4 else limits.shortest_ipv6
        if network.prefixlen < shortest:
            text = f"{target.outside} is wider than /{shortest}"
            yield _remark(command, Fault.TOO_WIDE, text)
    if target.domain and registered_domain(target.domain) is None:
        text = f"anybody may have a name under {target.domain}"
        yield _remark(command, Fault.TOO_WIDE, text)
    if not (target.inside or target.outside or target.domain):
        text = f"it denies {target.protocol}/{target.port} between everybody"
        yield _remark(command, Fault.TOO_WIDE, text, serious=False)


def _never_block(command: Command, register: Register) -> Iterator[Remark]:
    target = command.target
    for each in register.never_block:
        for end in (target.inside, target.outside) if each.network else ():
            if end and is_within(end, each.network):
                text = f"{end} must not be blocked: {each.label()}"
                yield _remark(command, Fault.NEVER_BLOCK, text)
            elif end and is_within(each.network, end):
                text = f"{each.label()} lies in {end} and is left out"
                yield _remark(command, Fault.NEVER_BLOCK, text, serious=False)
        names = (each.name, target.domain)
        if all(names) and (_is_under(*names) or _is_under(*reversed(names))):
            text = f"{target.domain} would stop {each.label()}"
            yield _remark(command, Fault.NEVER_BLOCK, text)


def _own_network(command: Command, register: Register) -> Iterator[Remark]:
    target = command.target
    zoned = [network for zone in register.zones for network in zone.networks]
    ours = tuple(dict.fromkeys([*register.home_nets, *zoned]))
    if target.outside and not target.inside:
        hit = [network for network in ours if _overlap(target.outside, network)]
        if hit:
            text = f"{target.outside} is a network of ours ({hit[0]}), denied to everybody"
            yield _remark(command, Fault.OWN_NETWORK, text)
    if target.inside and ours and not any(_overlap(target.inside, network) for network in ours):
        text = f"{target.inside} is no network of ours"
        yield _remark(command, Fault.OWN_NETWORK, text, serious=False)
    for zone in register.zones:
        whole = [network for network in zone.networks if _holds(target.inside, network)]
        if whole and not target.outside and not target.domain:
            line = f" ({zone.business_line})" if zone.business_line else ""
            text = f"all of zone {zone.name}{line} is denied what it names"
            yield _remark(command, Fault.OWN_NETWORK, text, serious=False)


def _critical(command: Command, register: Register) -> Iterator[Remark]:
    for flow in register.business.vital_flows:
        how = touches(command, flow)
        if how is None:
            continue
        owner = f", owner {flow.owner}" if flow.owner else ""
        part = "all of" if how else "part of"
        text = f"it stops {part} {flow.name!r}{owner}"
        yield _remark(command, Fault.CRITICAL_FLOW, text, serious=how)


def touches(command: Command, flow: VitalFlow) -> bool | None:
    """Whether all of a flow is met; ``False`` for a part of its clients, ``None`` for nothing."""
    target = command.target
    port_fits = None in (target.port, flow.port) or target.port == flow.port
    protocol_fits = "" in (target.protocol, flow.protocol) or target.protocol == flow.protocol
    if not port_fits or not protocol_fits or target.ja4:
        return None
    if target.domain:
        if not flow.dst_name:
            return None
        if not _is_under(flow.dst_name, target.domain):
            return False if _is_under(target.domain, flow.dst_name) else None
        named = [end for end in (target.inside,) if end]
        if not all(_overlap(end, flow.src) for end in named):
            return None
        return all(_holds(end, flow.src) for end in named)
    # Whichever end of the flow is ours; a far end that is told by name may be anywhere.
    met = [_pairs(target, first, flow) for first in _initiators(command)]
    return max((each for each in met if each is not None), default=None)


def _initiators(command: Command) -> tuple[str, ...]:
    """Which ends of the target may begin what it denies."""
    if command.target.port is not None:
        return ("outside",) if command.target.serves_inside else ("inside",)
    begun = {Direction.EGRESS: ("inside",), Direction.INGRESS: ("outside",)}
    return begun.get(command.direction, ("inside", "outside"))


def _pairs(target: Target, first: str, flow: VitalFlow) -> bool | None:
    src, dst = target.inside, target.outside
    if first == "outside":
        src, dst = dst, src
    if src and not _overlap(src, flow.src):
        return None
    if dst and not (flow.dst and _overlap(dst, flow.dst)):
        return None
    for spared in target.except_for:
        if is_within(flow.src, spared) or (flow.dst and is_within(flow.dst, spared)):
            return None
    return (not src or _holds(src, flow.src)) and (not dst or _holds(dst, flow.dst))


def _useless(place: int, commands: Sequence[Command]) -> Iterator[Remark]:
    """What another command of the same place does already; of two equal ones, the later."""
    command = commands[place]
    for at, other in enumerate(commands):
        if at == place or not _same_place(command, other) or malformed(other):
            continue
        same = command.target == other.target and command.direction is other.direction
        if same and at < place:
            text = f"{other.id} does the same"
            yield _remark(command, Fault.DUPLICATE, text, serious=False, other=other.id)
        elif not same and _covers(other, command):
            text = f"{other.id} stops all of it already ({other.target.label()})"
            yield _remark(command, Fault.SHADOWED, text, serious=False, other=other.id)


def _same_place(command: Command, other: Command) -> bool:
    verbs = {Verb.DENY, Verb.CONTAIN}
    alike = command.verb is other.verb or {command.verb, other.verb} <= verbs
    places = (command.point, command.boundary) == (other.point, other.boundary)
    return alike and places and command.packets_per_s == other.packets_per_s


def _covers(wide: Command, narrow: Command) -> bool:
    """Whether everything that one command stops is stopped by another, for as long."""
    a, b = wide.target, narrow.target
    if wide.duration_s < narrow.duration_s or wide.direction not in (
        Direction.BOTH,
        narrow.direction,
    ):
        return False
    if set(a.except_for) - set(b.except_for) or a.ja4 not in ("", b.ja4):
        return False
    if a.domain and not (b.domain and _is_under(b.domain, a.domain)):
        return False
    if a.protocol not in ("", b.protocol):
        return False
    if a.port is not None and (a.port, a.serves_inside) != (b.port, b.serves_inside):
        return False
    networks = ((a.inside, b.inside), (a.outside, b.outside))
    return all(not outer or (inner and is_within(inner, outer)) for outer, inner in networks)


def _is_under(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _overlap(one: str, other: str) -> bool:
    return is_within(one, other) or is_within(other, one)


def _holds(holder: str, network: str) -> bool:
    return bool(holder) and is_within(network, holder)
