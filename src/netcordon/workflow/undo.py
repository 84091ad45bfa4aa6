"""Take back what stands: a plan, some of its measures, or single commands; newest first."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from netcordon.casefile.workspace import effective_user, open_workspace
from netcordon.enforcement.back import roll_back, take_back
from netcordon.enforcement.device import Aim, Device
from netcordon.enforcement.transports import by_hand
from netcordon.errors import UsageError
from netcordon.model.actuator import Actuator
from netcordon.model.enforced import ActionState, Outstanding
from netcordon.model.in_force import Undone, UndonePlan
from netcordon.workflow.devices import Devices
from netcordon.workflow.plan_named import plan_named

Chosen = Callable[[Sequence[Outstanding]], tuple[Outstanding, ...]]


def undo(
    workspace: Path,
    plan_id: str | None,
    devices: Devices,
    *,
    only: Sequence[str] = (),
    why: str = "",
) -> UndonePlan:
    """Take back what stands of a plan.

    Args:
        workspace: of the plan.
        plan_id: ``None`` for the latest.
        devices: to take it back at.
        only: ids of measures or commands; empty for all.
        why: for the journal.

    Raises:
        UsageError: NC-823 no such plan, NC-847 nothing of it stands.
        WorkspaceError: no workspace; NC-841 a device is worked on, NC-844 its ledger is damaged.
    """
    with open_workspace(workspace, create=False, clock=devices.clock, readonly=True) as opened:
        plan = plan_named(opened, plan_id)
        origin = opened.journal.entry(1).hash

    def chosen(all_there: Sequence[Outstanding]) -> tuple[Outstanding, ...]:
        return tuple(
            e
            for e in all_there
            if e.plan_id == plan.id and e.workspace_id == origin
            and (not only or e.measure_id in only or e.command.id in only)
        )  # fmt: skip

    mine = [d for d in devices.records.all() if chosen(_there(d))]
    if not mine:
        raise UsageError(
            "NC-847",
            f"Nothing of {plan.id} stands anywhere." if not only else "Nothing of that stands.",
            "by the ledger of this user",
            "netcordon contain ledger",
        )
    mine.sort(key=lambda d: max(e.since for e in chosen(_there(d))), reverse=True)
    run = f"{devices.clock():%Y%m%dt%H%M%S%f}p{os.getpid()}"
    said = why or f"taken back by {effective_user()}"
    done: list[Undone] = []
    with devices.alone([device.key for device in mine]):
        for stale in mine:
            device = devices.records.by_key(stale.key)
            if device is None:
                continue
            done += _undo(devices, device, chosen, run, said)
    return UndonePlan(plan_id=plan.id, devices=tuple(done), problems=devices.tell())


def _there(device: Device) -> tuple[Outstanding, ...]:
    """What stands, and what is about to."""
    pending = device.pending
    coming = pending.outstanding if pending is not None and pending.aim is Aim.PUT else ()
    return (*device.standing, *coming)


def _undo(
    devices: Devices,
    device: Device,
    chosen: Chosen,
    run: str,
    why: str,
) -> list[Undone]:
    done: list[Undone] = []
    actuator = devices.actuator(device)
    if by_hand(device.point):
        return [_by_hand(devices, device, actuator, chosen(device.standing), why)]
    devices.meet(device)
    pending = device.pending
    if pending is not None and pending.aim is Aim.PUT and chosen(pending.outstanding):
        # It waits for its confirmation; saying no to a part of it is saying no to all.
        back = devices.performer.perform(roll_back(device, actuator, why))
        ids = tuple(each.command.id for each in pending.outstanding)
        done.append(
            Undone(
                point=device.point.name, command_ids=ids, problem=back.problem,
                differs=back.differs, compared=back.compared,
            )
        )  # fmt: skip
        device = back.device
        if back.problem:
            return done
    device = devices.free(device)
    gone = chosen(device.standing)
    if gone:
        back = devices.performer.perform(take_back(device, actuator, gone, run, why))
        ids = tuple(each.command.id for each in gone)
        done.append(
            Undone(
                point=device.point.name, command_ids=ids, problem=back.problem,
                differs=back.differs, compared=back.compared,
            )
        )  # fmt: skip
    return done


def _by_hand(
    devices: Devices,
    device: Device,
    actuator: Actuator,
    gone: Sequence[Outstanding],
    why: str,
) -> Undone:
    commands = [each.command for each in gone]
    ids = tuple(command.id for command in commands)
    _, text = actuator.write(commands, device.at(gone[0].case_id, ids))
    devices.records.save(device.noting(gone, ActionState.EXPIRING, devices.clock(), why))
    return Undone(point=device.point.name, command_ids=ids, typed=text)
