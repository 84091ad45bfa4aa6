"""Confirm what waits for it: changes at devices, and what a person typed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from netcordon.casefile.workspace import effective_user, open_workspace
from netcordon.enforcement.device import Aim, Device
from netcordon.enforcement.settle import settle
from netcordon.enforcement.transports import by_hand
from netcordon.errors import UsageError
from netcordon.model.enforced import ActionState, Outstanding
from netcordon.model.in_force import Confirmed
from netcordon.workflow.devices import Devices
from netcordon.workflow.plan_named import plan_named


def confirm(
    workspace: Path, plan_id: str | None, devices: Devices, *, points: Sequence[str] = ()
) -> Confirmed:
    """Let pending changes of a plan stand, and take a person's word for what was typed by hand.

    Raises:
        UsageError: NC-823 no such plan, NC-843 nothing of it waits.
        WorkspaceError: no workspace; NC-841 a device is worked on, NC-844 its ledger is damaged.
    """
    with open_workspace(workspace, create=False, clock=devices.clock, readonly=True) as opened:
        plan = plan_named(opened, plan_id)
        origin = opened.journal.entry(1).hash
    waiting = [d for d in devices.records.all() if _waiting(d, plan.id, origin)]
    if points:
        mine = [device for device in waiting if device.point.name in points]
    else:  # whoever confirms in a hurry means the devices with a deadline, not what he must type;
        # a moment too late he means them still, and never says that he typed anything
        mine = [device for device in waiting if device.pending is not None]
    if waiting and not mine and not points:
        where = " ".join(f"--at {shlex.quote(device.point.name)}" for device in waiting)
        raise UsageError(
            "NC-843",
            f"No device waits to let {plan.id} stand: it was confirmed, or is taken back.",
            "what a person types is believed only where its device is named",
            f"netcordon contain status; when it is typed: netcordon contain confirm {where}",
        )
    if not mine:
        raise UsageError(
            "NC-843",
            f"Nothing of {plan.id} waits to be confirmed.",
            "it was confirmed, taken back, or never begun",
            "netcordon contain status",
        )
    stands: list[str] = []
    taken_back: dict[str, str] = {}
    with devices.alone([device.key for device in mine]):
        for stale in mine:
            device = devices.records.by_key(stale.key)
            if device is None or not _waiting(device, plan.id, origin):
                taken_back[stale.point.name] = "its time was over"
                continue
            why = _confirm(devices, device, plan.id, origin)
            if why:
                taken_back[device.point.name] = why
            else:
                stands.append(device.point.name)
    return Confirmed(
        plan_id=plan.id,
        stands=tuple(stands),
        taken_back=taken_back,
        problems=devices.tell(),
        by_hand=tuple(d.point.name for d in waiting if d not in mine and by_hand(d.point)),
    )


def _confirm(devices: Devices, device: Device, plan_id: str, origin: str) -> str:
    who = effective_user()
    if not by_hand(device.point):
        devices.meet(device)
        _, why = devices.performer.perform(settle(device, devices.actuator(device), f"by {who}"))
        return why
    at = devices.clock()
    typed = _typed(device, plan_id, origin, ActionState.APPLYING)
    gone = _typed(device, plan_id, origin, ActionState.EXPIRING)
    if typed:
        device = device.noting(typed, ActionState.ACCEPTED, at, f"{who} says that it is typed")
    if gone:
        device = device.noting(gone, ActionState.UNDONE, at, f"{who} says that it is gone")
        device = device.without(gone)
    devices.records.save(device)
    return ""


def _waiting(device: Device, plan_id: str, origin: str) -> bool:
    pending = device.pending
    if pending is not None and pending.aim is Aim.PUT:
        return any(e.plan_id == plan_id and e.workspace_id == origin for e in pending.outstanding)
    if not by_hand(device.point):
        return False
    waits = (ActionState.APPLYING, ActionState.EXPIRING)
    return any(_typed(device, plan_id, origin, state) for state in waits)


def _typed(
    device: Device, plan_id: str, origin: str, state: ActionState
) -> tuple[Outstanding, ...]:
    return tuple(
        e
        for e in device.standing
        if e.plan_id == plan_id and e.workspace_id == origin and e.state is state
    )
