"""What if: a recorded plan without some of it, or with wider commands, as a plan of its own.

Such a trial has another hash than the plan it was made from, names it, and is never recorded: it is
judged by a rehearsal and then forgotten. What it harms is measured there, not copied from the plan.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import replace

from netcordon.errors import UsageError
from netcordon.model.actuator import Actuator
from netcordon.model.command import Command, Target
from netcordon.model.plan import Cell, CellState, Gap, Measure, Plan
from netcordon.model.register import Register
from netcordon.planning.arranged import commands_of
from netcordon.planning.coverage import coverage
from netcordon.planning.hashing import sealed
from netcordon.planning.rendering import rules_of

_LEFT_OUT = "left out of this trial"


def changed(
    plan: Plan,
    register: Register,
    actuators: Mapping[str, Actuator],
    *,
    without: Collection[str] = (),
    widen: Mapping[str, int] | None = None,
) -> Plan:
    """The plan with changes.

    Args:
        plan: as it was sealed.
        register: that it was made with.
        actuators: by id, to write the rules anew.
        without: ids of measures and commands that are left out.
        widen: id of a command -> prefix length of the network it names from now on.

    Raises:
        UsageError: NC-825 no such measure or command, or one that cannot be widened like this.
    """
    widths = dict(widen or {})
    known = {command.id: command for command in commands_of(plan.measures)}
    for named in {*without, *widths}:
        if named not in known and named not in {measure.id for measure in plan.measures}:
            raise _refused(plan, f"{named!r} is neither a measure nor a command of it")
    wider = {each: _widened(known.get(each), each, plan, widths[each]) for each in widths}
    measures: list[Measure] = []
    for measure in plan.measures:
        commands = tuple(wider.get(c.id, c) for c in measure.commands if c.id not in without)
        if measure.id in without or (measure.commands and not commands):
            continue
        touched = any(command.id in wider for command in commands)
        measures.append(replace(measure, commands=commands, harms=() if touched else measure.harms))
    gaps = _gaps(plan, measures, register)
    ways = [way for way in plan.ways if way.id in {cell.way_id for cell in plan.coverage}]
    return sealed(
        replace(
            plan,
            measures=tuple(measures),
            gaps=gaps,
            rules=rules_of(commands_of(measures), register, actuators, plan.case_id),
            coverage=coverage(ways, measures, gaps, register, _left(plan)),
            optimal=False,
            changed_from=plan.id,
        )
    )


def _widened(command: Command | None, name: str, plan: Plan, length: int) -> Command:
    if command is None:
        raise _refused(plan, f"{name} is a measure; name one of its commands")
    target = command.target
    text = target.outside or target.inside
    if not text:
        raise _refused(plan, f"{command.id} names no address: {target.label()}")
    network = ipaddress.ip_network(text)
    if not 0 <= length <= network.prefixlen:
        raise _refused(plan, f"{text} cannot be widened to /{length}")
    wide = str(network.supernet(new_prefix=length))
    changed_target: Target = (
        replace(target, outside=wide) if target.outside else replace(target, inside=wide)
    )
    return replace(command, target=changed_target)


def _gaps(plan: Plan, measures: list[Measure], register: Register) -> tuple[Gap, ...]:
    """What stays open anyhow, and what nothing closes any more."""
    ways = [way for way in plan.ways if way.id in {cell.way_id for cell in plan.coverage}]
    before = {(gap.way_id, gap.boundary) for gap in plan.gaps}
    opened: list[Cell] = [
        cell
        for cell in coverage(ways, measures, plan.gaps, register, _left(plan))
        if not cell.command_ids and (cell.way_id, cell.boundary) not in before
    ]
    return (
        *plan.gaps,
        *(Gap(way_id=cell.way_id, boundary=cell.boundary, reason=_LEFT_OUT) for cell in opened),
    )


def _left(plan: Plan) -> set[str]:
    return {cell.way_id for cell in plan.coverage if cell.state is CellState.LEFT}


def _refused(plan: Plan, why: str) -> UsageError:
    return UsageError(
        "NC-825",
        f"{plan.id} cannot be changed like this.",
        why,
        f"netcordon contain plan --json names measures and commands; {plan.id} stays as it is",
    )
