"""What commands mean for people: title, countermeasure, expected effect, probes, who must agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netcordon.model.business import VitalFlow
from netcordon.model.command import Command, Probe
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import Harm, Measure, Way
from netcordon.model.register import INTERNET, Register
from netcordon.planning.lint import touches

_MOST_PROBES = 5
_EFFECTS = {
    "slow": "{} goes on, no faster than it may",
    "end_connections": "{} end at once; what comes back is counted",
    "pin": "{} is answered for known clients; everybody else is refused and counted",
    "isolate_host": "{} reaches nothing but where it is examined from, and nothing else reaches it",
    "quarantine": "servers and gates that read the list refuse {}",
    "isolate_area": "nothing crosses from or to {} but what was kept open",
    "protect_store": "{} is refused and counted",
}
"""Kind of measure -> what will be seen, where it is not about single ways."""


def measure(
    kind: str,
    what: str,
    commands: Sequence[Command],
    ways: Sequence[Way],
    harms: tuple[Harm, ...],
    register: Register,
    duration_s: int,
) -> Measure:
    """One thing to do, with everything that must be known before it is done.

    Args:
        kind: key of the catalogue.
        what: it is done to, for the title.
        commands: one for each place and target, not yet numbered.
        ways: that it stops.
        harms: what it would stop besides.
        register: of the network, for owners and vital flows.
        duration_s: how long it holds.

    Returns:
        The measure without its id.
    """
    known = KINDS[kind]
    places = ", ".join(_places(commands, ways, register))
    owners = dict.fromkeys(register.point(command.point).owner for command in commands)
    lines = dict.fromkeys(harm.business_line for harm in harms)
    lines |= dict.fromkeys(
        flow.business_line
        for flow in register.business.vital_flows
        if any(_concerns(command, flow) for command in commands)
    )
    return Measure(
        id="",
        kind=kind,
        title=f"{known.verb} {what} at {places}",
        d3fend=known.d3fend,
        react=known.react,
        commands=tuple(commands),
        covers=tuple(way.id for way in ways),
        owner=", ".join(filter(None, owners)),
        expected_effect=_effect(kind, what, ways),
        negative_probes=_negative(ways) if kind != "slow" else (),
        positive_probes=_positive(register),
        reversibility=known.reversibility,
        duration_s=duration_s,
        harms=harms,
        approvals=tuple(filter(None, lines)),
    )


def _concerns(command: Command, flow: VitalFlow) -> bool:
    """Whether a flow's owner is asked; who serves everybody does not miss one stranger."""
    met = touches(command, flow)
    from_anywhere = flow.src.endswith("/0") and not command.target.inside
    return met is not None and (met or not from_anywhere)


def _places(commands: Sequence[Command], ways: Sequence[Way], register: Register) -> Iterable[str]:
    """Boundaries at which it holds and one of the ways crosses; a guarding device by its name."""
    found: dict[str, None] = {}
    for command in commands:
        stands = [b.name for b in register.boundaries if command.point in b.points]
        crossed = [name for name in stands if any(name in way.boundaries for way in ways)]
        found |= dict.fromkeys(crossed or [command.boundary or command.point])
    return found


def _effect(kind: str, what: str, ways: Sequence[Way]) -> str:
    if kind in _EFFECTS:
        return _EFFECTS[kind].format(what)
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


def alternatives(way: Way, register: Register) -> tuple[str, ...]:
    """What can be done about a way that no device may or can cut."""
    out = [f"isolate {way.src} until it is cleaned: --isolate {way.src}"]
    if way.boundaries and way.port is not None and not way.relayed:
        out.append(f"slow it down instead of cutting it: --prefer {way.id}=slow")
        if register.zone_of(way.dst) != INTERNET:
            out.append(
                f"leave our service {way.dst} to its known clients (--prefer {way.id}=pin), limit "
                "them by country (=geo), ask for a second factor (=mfa)"
            )
    out.append(
        f"leave it, alert and watch, with a person named and a time to decide again: --prefer "
        f"{way.id}=leave"
    )
    return tuple(out)
