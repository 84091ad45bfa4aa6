"""What is in force: of one plan, of all cases, and whether devices agree with the ledger."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from netcordon.casefile.actions import changes, done, latest, still_trying
from netcordon.casefile.journal import Journal
from netcordon.casefile.plans import plan_documents, register_document
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.enforcement.agree import Agreed, agree
from netcordon.enforcement.approved import may_enforce
from netcordon.enforcement.device import Aim, Device
from netcordon.enforcement.transports import by_hand
from netcordon.errors import NetcordonError
from netcordon.model.approval import Grant
from netcordon.model.command import InForce
from netcordon.model.enforced import ActionState, Change, Outstanding
from netcordon.model.in_force import Drift, Kind, PlanStatus, Reconciled, Row
from netcordon.model.plan import Plan
from netcordon.planning.reading import plan_of, register_of
from netcordon.workflow.devices import Devices
from netcordon.workflow.enforce import tasks_of
from netcordon.workflow.plan_named import plan_named


def status(workspace: Path, plan_id: str | None, devices: Devices) -> PlanStatus:
    """Where each command of a plan is; what is over its time is taken back on the way.

    Raises:
        UsageError: NC-823 no such plan.
        WorkspaceError: no workspace; NC-844 a ledger is damaged.
    """
    problems = devices.sweep()
    with open_workspace(workspace, create=False, clock=devices.clock, readonly=True) as opened:
        plan = plan_named(opened, plan_id)
        origin = opened.journal.entry(1).hash
        approved = _approved(opened.journal, plan, devices.clock())
    seen, drifts, more = _agreed(devices, {plan.case_id: origin}, {}, repair=False)
    told = devices.tell()
    with open_workspace(workspace, create=False, clock=devices.clock, readonly=True) as opened:
        known = latest(changes(opened.journal, plan.id))
        tasks = tasks_of(plan, done(opened.journal, plan.id))
        trying = still_trying(opened.journal, plan.id)
    rows = []
    for measure in plan.measures:
        for command in measure.commands:
            place = (plan.case_id, command.point, command.id)
            change = known.get(place)
            pending = _pending(devices, place, plan.id)
            rows.append(
                Row(
                    plan_id=plan.id, case_id=plan.case_id, measure_id=measure.id,
                    command_id=command.id, point=command.point, what=command.target.label(),
                    state=change.state if change else
                    ActionState.APPROVED if approved else ActionState.DRAFT,
                    why=change.why if change else "", since=change.time if change else None,
                    expires_time=change.expires_time if change else None,
                    seen=seen.get(place), deadline=pending,
                    trying=trying.get(command.id, ()),
                )
            )  # fmt: skip
    of_plan = tuple(d for d in drifts if (d.case_id, d.point, d.command_id) in known)
    return PlanStatus(
        plan_id=plan.id,
        case_id=plan.case_id,
        rows=tuple(rows),
        drifts=of_plan,
        problems=(*problems, *more, *told),
        tasks=tasks,
    )


def reconcile(workspace: Path | None, devices: Devices, *, repair: bool) -> Reconciled:
    """Compare ledger and devices for all cases of a workspace, or of all workspaces of this user.

    Raises:
        WorkspaceError: no workspace; NC-844 a ledger is damaged.
    """
    problems = devices.sweep()
    cases: Mapping[str, str] | None = None
    known: Mapping[tuple[str, str], Mapping[str, Outstanding]] = {}
    if workspace is not None:
        with open_workspace(workspace, create=False, clock=devices.clock, readonly=True) as opened:
            origin = opened.journal.entry(1).hash
            cases = {case.id: origin for case in opened.cases.cases()}
            known = _once_here(opened, origin)
    seen, drifts, more = _agreed(devices, cases, known, repair=repair)
    return Reconciled(
        looked_at=len(seen), drifts=drifts, problems=(*problems, *more, *devices.tell())
    )


def ledger(devices: Devices) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """What stands anywhere, of all cases of all workspaces of this user, soonest to expire first.

    Raises:
        WorkspaceError: NC-844 a ledger is damaged.
    """
    problems = devices.sweep()
    rows = []
    for device in devices.records.all():
        pending = device.pending
        coming = pending.outstanding if pending is not None and pending.aim is Aim.PUT else ()
        for each in (*device.standing, *coming):
            rows.append(
                Row(
                    plan_id=each.plan_id, case_id=each.case_id, measure_id=each.measure_id,
                    command_id=each.command.id, point=device.point.name,
                    what=each.command.target.label(), state=each.state, since=each.since,
                    expires_time=each.expires_time, workspace=each.workspace,
                    deadline=pending.deadline if pending is not None and each in coming else None,
                )
            )  # fmt: skip
    rows.sort(key=lambda r: (str(r.expires_time), r.point, r.case_id, r.command_id))
    return tuple(rows), problems


def _agreed(
    devices: Devices,
    cases: Mapping[str, str] | None,
    known: Mapping[tuple[str, str], Mapping[str, Outstanding]],
    *,
    repair: bool,
) -> tuple[dict[tuple[str, str, str], InForce], tuple[Drift, ...], tuple[str, ...]]:
    """Place -> as seen, every difference, and what could not be looked at."""
    seen: dict[tuple[str, str, str], InForce] = {}
    drifts: list[Drift] = []
    problems: list[str] = []
    run = f"{devices.clock():%Y%m%dt%H%M%S%f}p{os.getpid()}"
    for stale in devices.records.all():
        for case_id in [s.case_id for s in stale.sites if cases is None or s.case_id in cases]:
            theirs = {e.workspace_id for e in stale.of(case_id)}
            if cases is not None and theirs - {cases[case_id]}:
                continue
            try:
                with devices.alone([stale.key]):
                    found = _agree(
                        devices,
                        stale.key,
                        case_id,
                        run,
                        repair,
                        known.get((stale.point.name, case_id), {}),
                    )
            except NetcordonError as error:
                problems.append(f"{stale.point.name}: {error.why or error.what}")
                continue
            if found is None:
                continue
            drifts += found.drifts
            seen |= {(case_id, stale.point.name, name): each for name, each in found.seen.items()}
    return seen, tuple(drifts), tuple(problems)


def _agree(
    devices: Devices,
    key: str,
    case_id: str,
    run: str,
    repair: bool,
    known: Mapping[str, Outstanding],
) -> Agreed | None:
    device = devices.records.by_key(key)
    if device is None:
        return None
    if by_hand(device.point):
        return _overdue_by_hand(devices, device, case_id)
    if device.pending is not None and devices.records.is_guarded(device.pending.run):
        return _under_way(devices, device, case_id)
    device = devices.free(device)
    devices.meet(device)
    return devices.performer.perform(
        agree(device, devices.actuator(device), case_id, run=run, repair=repair, known=known)
    )


def _overdue_by_hand(devices: Devices, device: Device, case_id: str) -> Agreed:
    at = devices.clock()
    due = [e for e in device.of(case_id) if at >= e.expires_time]
    drifts = tuple(
        Drift(
            point=device.point.name, case_id=case_id, command_id=each.command.id,
            kind=Kind.EXPIRED, said="its time is over, and a person must take it back: "
            "netcordon contain undo shows what to type",
        )
        for each in due
    )  # fmt: skip
    return Agreed(device=device, seen={}, drifts=drifts)


def _under_way(devices: Devices, device: Device, case_id: str) -> Agreed | None:
    """What waits for its confirmation is looked at and left alone."""
    from netcordon.enforcement.look import look

    pending = device.pending
    if pending is None or pending.site.case_id != case_id:
        return None
    devices.meet(device)
    commands = [each.command for each in pending.outstanding]
    seen = devices.performer.perform(
        look(device.key, devices.actuator(device), pending.site, commands)
    )
    return Agreed(device=device, seen=seen.there, drifts=())


def _pending(devices: Devices, place: tuple[str, str, str], plan_id: str) -> datetime | None:
    """Until when a command of this very plan must be confirmed; ids repeat from plan to plan."""
    for device in devices.records.all():
        pending = device.pending
        if pending is None or pending.aim is not Aim.PUT or device.point.name != place[1]:
            continue
        here = ((e.plan_id, e.case_id, e.command.id) for e in pending.outstanding)
        if (plan_id, place[0], place[2]) in here:
            return pending.deadline
    return None


def _approved(journal: Journal, plan: Plan, at: datetime) -> bool:
    register = register_document(journal, plan.register_hash)
    return register is not None and isinstance(
        may_enforce(journal, plan, register_of(register), at), Grant
    )


def _once_here(opened: Workspace, origin: str) -> dict[tuple[str, str], dict[str, Outstanding]]:
    """Point and case -> commands that were in force there once, by their id."""
    past: Sequence[Change] = changes(opened.journal)
    plans = {change.plan_id for change in past}
    found: dict[tuple[str, str], dict[str, Outstanding]] = {}
    last = latest(past)
    for case in opened.cases.cases():
        for document in plan_documents(opened.journal, case.id):
            if document["id"] not in plans:
                continue
            plan = plan_of(document)
            for measure in plan.measures:
                for command in measure.commands:
                    change = last.get((case.id, command.point, command.id))
                    if change is None or change.plan_id != plan.id:
                        continue
                    found.setdefault((command.point, case.id), {})[command.id] = Outstanding(
                        workspace=str(opened.path), workspace_id=origin, case_id=case.id,
                        plan_id=plan.id, measure_id=measure.id, command=command,
                        state=change.state, since=change.time, snapshot=change.snapshot,
                        expires_time=change.expires_time or change.time,
                    )  # fmt: skip
    return found
