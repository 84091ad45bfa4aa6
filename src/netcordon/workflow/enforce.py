"""Put an approved plan in force: the gate, the devices one by one, and the journal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from netcordon.casefile.actions import done, record_begun
from netcordon.casefile.journal import Journal
from netcordon.casefile.plans import register_document
from netcordon.casefile.workspace import Workspace, effective_user, open_workspace
from netcordon.enforcement.approved import may_enforce
from netcordon.enforcement.order import Order, Place, Work
from netcordon.enforcement.put import put_in_force
from netcordon.enforcement.transports import by_hand
from netcordon.errors import UsageError, WorkspaceError
from netcordon.model.actuator import Actuator, Site
from netcordon.model.approval import Grant
from netcordon.model.command import Command
from netcordon.model.enforced import ActionState, Outstanding
from netcordon.model.in_force import EnforcedPlan, Placed, Task
from netcordon.model.plan import Measure, Plan
from netcordon.model.register import Register
from netcordon.planning.reading import register_of
from netcordon.planning.rendering import site_of
from netcordon.workflow.devices import Devices
from netcordon.workflow.plan_named import plan_named

Gate = Callable[[Journal, Plan, Register, datetime, Sequence[str]], Grant | tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class EnforceRequest:
    """What is to be put in force.

    Attributes:
        plan_id: ``None`` for the latest plan.
        only: ids of measures; empty for all.
        window_s: time to confirm; what nobody confirms is taken back.
        confirmed: confirm without a person's word when every probe goes as it must.
    """

    plan_id: str | None = None
    only: Sequence[str] = ()
    window_s: int = 60
    confirmed: bool = False


def enforce(
    workspace: Path, request: EnforceRequest, devices: Devices, *, gate: Gate = may_enforce
) -> EnforcedPlan:
    """Put a plan in force.

    Raises:
        UsageError: NC-823 no such plan, NC-840 the gate refuses, NC-846 a device cannot be reached,
            NC-848 no such measure, NC-842 people have to do something first.
        WorkspaceError: NC-841 a device is worked on, NC-844 its ledger cannot be used, NC-845 the
            rules are not those that were approved, NC-849 another workspace has the same case
            there; no workspace, or its journal cannot be written.
    """
    at = devices.clock()
    problems = devices.sweep()
    with open_workspace(workspace, create=False, clock=devices.clock, beside=True) as opened:
        plan = plan_named(opened, request.plan_id)
        register = _register(opened, plan)
        grant = _granted(gate(opened.journal, plan, register, at, request.only), plan)
        measures = _measures(plan, request.only)
        tasks = tasks_of(plan, done(opened.journal, plan.id))
        _in_order(measures, tasks)
        run = f"{at:%Y%m%dt%H%M%S%f}p{os.getpid()}"
        wanted = _wanted(opened, plan, measures)
        works = _works(devices, plan, register, opened.config.register, wanted)
        order = Order(
            run=run,
            window_s=request.window_s,
            confirmed=request.confirmed,
            positive=tuple(dict.fromkeys(p for m in measures for p in m.positive_probes)),
            negative={m.id: m.negative_probes for m in measures},
        )
        record_begun(
            opened.journal,
            plan.id,
            {"run": run, "measures": [m.id for m in measures], "window_s": request.window_s,
             "grant": grant},
        )  # fmt: skip
    with devices.alone([work.device.key for work in works]):
        fresh = [_fresh(devices, work) for work in works]
        found = devices.performer.perform(put_in_force(fresh, order))
    return EnforcedPlan(
        plan_id=plan.id, case_id=plan.case_id, run=run, deadline=found.deadline,
        devices=tuple(_placed(place) for place in found.places), before=found.before,
        after=found.after, why_back=found.why_back, tasks=tasks,
        problems=(*problems, *devices.tell()),
    )  # fmt: skip


def _placed(place: Place) -> Placed:
    device = place.device
    there = (*device.standing, *(device.pending.outstanding if device.pending else ()))
    mine = {each.command.id for each in place.work.wanted}
    return Placed(
        point=device.point.name,
        states={
            each.command.id: each.state
            for each in there
            if each.command.id in mine and each.case_id == place.work.site.case_id
        },
        already=place.already, refused=place.refused, problem=place.problem, typed=place.typed,
        notes=place.notes, differs=place.differs,
    )  # fmt: skip


def _granted(answer: Grant | tuple[str, ...], plan: Plan) -> Grant:
    if isinstance(answer, Grant):
        return answer
    raise UsageError(
        "NC-840",
        f"{plan.id} may not be put in force.",
        "; ".join(answer),
        "netcordon contain approvals shows who said what; netcordon contain approve",
    )


def _register(opened: Workspace, plan: Plan) -> Register:
    known = register_document(opened.journal, plan.register_hash)
    if known is None:
        raise WorkspaceError(
            "NC-845",
            f"{plan.id} cannot be put in force.",
            "the register that it was made with is not in the journal",
            "netcordon contain plan",
        )
    return register_of(known)


def _measures(plan: Plan, only: Sequence[str]) -> tuple[Measure, ...]:
    known = {measure.id: measure for measure in plan.measures}
    for name in only:
        if name not in known:
            raise UsageError(
                "NC-848",
                f"There is no measure {name!r} in {plan.id}.",
                f"it has {', '.join(known) or 'none'}",
                "netcordon contain plan lists them",
            )
    return tuple(m for m in plan.measures if m.commands and (not only or m.id in only))


def tasks_of(plan: Plan, said: Mapping[str, str]) -> tuple[Task, ...]:
    """What people do of a plan; ``said`` is measure -> who said that it is done."""
    return tuple(
        Task(measure_id=m.id, title=m.title, owner=m.owner, done=said.get(m.id, ""))
        for m in plan.measures
        if not m.commands
    )


def _in_order(measures: Sequence[Measure], tasks: Sequence[Task]) -> None:
    """Memory is gone when its host is isolated: what people must do first, they do first."""
    still_open = {task.measure_id: task for task in tasks if not task.done}
    for measure in measures:
        for name in measure.after:
            if name in still_open:
                raise UsageError(
                    "NC-842",
                    f"{measure.id} comes after {name}, which nobody has done yet.",
                    still_open[name].title,
                    f"netcordon contain done {name}, or leave {measure.id} out with --only",
                )


def _wanted(
    opened: Workspace, plan: Plan, measures: Sequence[Measure]
) -> dict[str, tuple[Outstanding, ...]]:
    """Point -> commands, in the order of the measures."""
    found: dict[str, list[Outstanding]] = {}
    origin = opened.journal.entry(1).hash
    for measure in measures:
        for command in measure.commands:
            found.setdefault(command.point, []).append(
                Outstanding(
                    workspace=str(opened.path), workspace_id=origin, case_id=plan.case_id,
                    plan_id=plan.id, measure_id=measure.id, command=command,
                    state=ActionState.APPLYING, since=plan.created_time,
                    expires_time=plan.created_time, who=effective_user(),
                )
            )  # fmt: skip
    return {point: tuple(each) for point, each in found.items()}


def _works(
    devices: Devices,
    plan: Plan,
    register: Register,
    declared: Register,
    wanted: Mapping[str, tuple[Outstanding, ...]],
) -> list[Work]:
    works: list[Work] = []
    for point, outstanding in wanted.items():
        site = site_of(register, plan.case_id, point)
        device = devices.records.device(site.point)
        actuator = devices.actuator(device)
        _same_rules(plan, point, actuator, site)
        _still_allowed(plan, declared, actuator, site, [each.command for each in outstanding])
        if not by_hand(site.point):
            devices.meet(device)
        works.append(
            Work(
                device=device, actuator=actuator, site=site, wanted=outstanding,
                by_hand=by_hand(site.point),
            )
        )  # fmt: skip
    return works


def _same_rules(plan: Plan, point: str, actuator: Actuator, site: Site) -> None:
    """What people approved is what will be typed: the same commands give the same text."""
    commands = [c for m in plan.measures for c in m.commands if c.point == point]
    approved = next((rules for rules in plan.rules if rules.point == point), None)
    if approved is None or actuator.render(commands, site).do != approved.do:
        raise WorkspaceError(
            "NC-845",
            f"What {point} would be told is not what was approved.",
            "the commands of the plan give another text now; netcordon may have been updated",
            "make, rehearse and approve the plan again: netcordon contain plan",
        )


def _still_allowed(
    plan: Plan, declared: Register, actuator: Actuator, site: Site, commands: Sequence[Command]
) -> None:
    """What netcordon.toml protects since the plan was made is protected."""
    now = tuple(p.network for p in declared.never_block if p.network)
    names = [p.name for p in declared.never_block if p.name]
    stricter = replace(site, never_block=tuple(dict.fromkeys([*site.never_block, *now])))
    for command in commands:
        why = actuator.refusal(command, stricter)
        name = command.target.domain
        if any(
            p == name or p.endswith(f".{name}") or name.endswith(f".{p}") for p in names if name
        ):
            why = f"{name} must not be blocked"
        if why and not actuator.refusal(command, site):
            raise WorkspaceError(
                "NC-845",
                f"{command.id} of {plan.id} may no longer be put in force.",
                f"netcordon.toml has changed since: {why}",
                "make, rehearse and approve the plan again: netcordon contain plan",
            )


def _fresh(devices: Devices, work: Work) -> Work:
    """The device as it is now that we hold it."""
    device = devices.records.device(work.site.point)
    if not work.by_hand:
        device = devices.free(device)
    mine = work.wanted[0]
    for each in device.of(mine.case_id):
        if each.workspace_id != mine.workspace_id:
            raise WorkspaceError(
                "NC-849",
                f"Another workspace has a case {mine.case_id} with rules at {device.point.name!r}.",
                f"it is {each.workspace}; rules are told apart by case and command",
                "work in that workspace, or open the case under another id",
            )
    # How the device is reached may have changed since; its ledger follows the declaration.
    return replace(work, device=replace(device, point=work.site.point))
