"""What commands mean for people: title, countermeasure, expected effect, probes, who must agree."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.model.command import Command, Probe, Target
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import Harm, Measure, Way
from netcordon.model.register import Register
from netcordon.planning.lint import touches

_MOST_PROBES = 5


def measure(
    measure_id: str,
    kind: str,
    target: Target,
    commands: Sequence[Command],
    ways: Sequence[Way],
    harms: tuple[Harm, ...],
    register: Register,
    duration_s: int,
) -> Measure:
    """One thing to do, with everything that must be known before it is done.

    Args:
        measure_id: within the plan.
        kind: of the candidates behind it.
        target: that all its commands share.
        commands: one for each place.
        ways: that it stops.
        harms: what it would stop besides.
        register: of the network, for owners and vital flows.
        duration_s: how long it holds.
    """
    known = KINDS[kind]
    places = ", ".join(dict.fromkeys(command.boundary for command in commands))
    owners = dict.fromkeys(register.point(command.point).owner for command in commands)
    lines = dict.fromkeys(harm.business_line for harm in harms)
    lines |= dict.fromkeys(
        flow.business_line
        for flow in register.business.vital_flows
        if any(touches(command, flow) is not None for command in commands)
    )
    return Measure(
        id=measure_id,
        kind=kind,
        title=f"{known.verb} {target.label()} at {places}",
        d3fend=known.d3fend,
        react=known.react,
        commands=tuple(commands),
        covers=tuple(way.id for way in ways),
        owner=", ".join(filter(None, owners)),
        expected_effect=_effect(kind, ways),
        negative_probes=_negative(ways),
        positive_probes=_positive(register),
        reversibility=known.reversibility,
        duration_s=duration_s,
        harms=harms,
        approvals=tuple(filter(None, lines)),
    )


def _effect(kind: str, ways: Sequence[Way]) -> str:
    hosts = ", ".join(dict.fromkeys(way.src for way in ways[:4]))
    if kind == "name":
        return f"look-ups by {hosts} get no answer; no new connection under this name begins"
    return f"no packet of {hosts} passes any more; open connections stop, and retries are counted"


def _negative(ways: Sequence[Way]) -> tuple[Probe, ...]:
    return tuple(
        Probe(
            src=way.src, dst=way.dst, port=way.port, protocol=way.protocol, must_work=False,
            why=f"{way.id}: {way.purpose}",
        )
        for way in ways[:_MOST_PROBES]
    )  # fmt: skip


def _positive(register: Register) -> tuple[Probe, ...]:
    """A vital flow must go on whatever is blocked beside it."""
    return tuple(
        Probe(
            src=_first(flow.src), dst=flow.dst_name or _first(flow.dst), port=flow.port,
            protocol=flow.protocol or "tcp", must_work=True, why=f"vital flow {flow.name}",
        )
        for flow in register.business.vital_flows[:_MOST_PROBES]
    )  # fmt: skip


def _first(network: str) -> str:
    return network.partition("/")[0]


def alternatives(way: Way) -> tuple[str, ...]:
    """What can be done about a way that no device may or can cut."""
    out = [f"isolate {way.src} at its switch port or by its own agent until it is cleaned"]
    if way.boundaries and way.port is not None:
        out.append(f"slow {way.src} to {way.dst} down instead of cutting it")
    if way.boundaries and way.name:
        out.append(f"take {way.name} out of the resolver's answers")
    out.append("alert on it and watch, with a person named and a time to decide again")
    return tuple(out)
