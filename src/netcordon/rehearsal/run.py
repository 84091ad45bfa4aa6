"""A rehearsal: the model on all traffic, real engines on a part of it, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from netcordon.model.actuator import Actuator, Call, Rendered
from netcordon.model.plan import Plan, Rules
from netcordon.model.register import Boundary, Register
from netcordon.model.rehearsal import CommandVerdict, EngineVerdict, Missed, Rehearsal
from netcordon.planning.rendering import site_of
from netcordon.rehearsal import kernel, proxy, resolver, sensor
from netcordon.rehearsal.model import judge_model
from netcordon.rehearsal.sample import crossing
from netcordon.rehearsal.trial import Judge, Packets, Trial
from netcordon.tables.engine import Engine

JUDGES: tuple[Judge, ...] = (kernel.JUDGE, sensor.JUDGE, resolver.JUDGE, proxy.JUDGE)
"""Each understands the rules of some actuators."""


def rehearse(
    engine: Engine,
    plan: Plan,
    register: Register,
    time: datetime,
    actuators: Mapping[str, Actuator],
    packets: Packets | None = None,
) -> Rehearsal:
    """Judge a plan.

    Args:
        engine: with the views and the home networks.
        plan: as it was sealed.
        register: that it was made with.
        time: of the rehearsal.
        actuators: by id, for what puts rules in force.
        packets: how recorded packets are had, for engines that read them.
    """
    model = judge_model(engine, plan, register)
    engines = tuple(
        verdict
        for rules in plan.rules
        if rules.do
        for boundary in register.boundaries
        if rules.point in boundary.points
        for verdict in _verdicts(engine, plan, register, rules, boundary, actuators, packets)
    )
    reasons = tuple(reasons_against(plan, model.commands, model.missed, engines))
    return Rehearsal(
        plan_id=plan.id,
        plan_hash=plan.hash,
        time=time,
        evidence_ids=plan.evidence_ids,
        flows=model.flows,
        commands=model.commands,
        missed=model.missed,
        engines=engines,
        passed=not reasons,
        reasons=reasons,
    )


def _verdicts(
    engine: Engine,
    plan: Plan,
    register: Register,
    rules: Rules,
    boundary: Boundary,
    actuators: Mapping[str, Actuator],
    packets: Packets | None,
) -> Sequence[EngineVerdict]:
    judge = next((judge for judge in JUDGES if rules.actuator in judge.actuators), None)
    actuator = actuators.get(rules.actuator)
    if judge is None or actuator is None:
        title = actuator.title if actuator else rules.actuator
        why = "no engine on this machine reads its rules"
        return (
            EngineVerdict(engine=title, point=rules.point, boundary=boundary.name, why_not=why),
        )
    trial = Trial(
        tables=engine,
        plan=plan,
        register=register,
        rules=rules,
        boundary=boundary,
        flows=crossing(engine, plan, register, rules, boundary),
        calls=_calls(plan, register, rules, actuator),
        packets=packets,
    )
    return judge.judge(trial)


def _calls(plan: Plan, register: Register, rules: Rules, actuator: Actuator) -> Sequence[Call]:
    site = site_of(register, plan.case_id, rules.point)
    rendered = Rendered(do=rules.do, undo=rules.undo, expressed=rules.command_ids)
    return actuator.apply(rendered, site)


def reasons_against(
    plan: Plan,
    commands: Sequence[CommandVerdict],
    missed: Sequence[Missed],
    engines: Sequence[EngineVerdict] = (),
) -> Iterator[str]:
    """Why a plan does not pass, one sentence each."""
    for command in commands:
        for harm in command.harms:
            if harm.critical:
                yield (
                    f"{command.command_id} would stop the vital flow {harm.critical}: "
                    f"{harm.flows:,} flows"
                )
    open_ways = {(gap.way_id, gap.boundary) for gap in plan.gaps}
    for each in missed:
        if (each.way_id, each.boundary) not in open_ways:
            yield (
                f"{each.way_id} goes on at {each.boundary}: {each.flows:,} of its flows meet no "
                "rule"
            )
    for verdict in engines:
        if verdict.disagreeing:
            yield (
                f"model and {verdict.engine} disagree on {verdict.disagreeing:,} {verdict.of}s at "
                f"{verdict.point}: one of them is wrong"
            )
        if verdict.open_flows > verdict.open_stopped:
            yield (
                f"{verdict.open_flows - verdict.open_stopped:,} connections that are open at "
                f"{verdict.point} go on under the rules"
            )
