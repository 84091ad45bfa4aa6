"""Confirming: what is pending and still there becomes what stands."""

from __future__ import annotations

from dataclasses import replace

from netcordon.enforcement.back import roll_back
from netcordon.enforcement.device import Device
from netcordon.enforcement.device_guard import disarm
from netcordon.enforcement.effects import Dialogue, Save, ask, failed, now
from netcordon.enforcement.look import look
from netcordon.model.actuator import Actuator
from netcordon.model.enforced import ActionState


def settle(device: Device, actuator: Actuator, why: str) -> Dialogue[tuple[Device, str]]:
    """Let a pending change stand, if the device still has all of it and there is still time.

    Returns:
        The ledger, and why the change was taken back instead; empty when it stands.
    """
    pending = device.pending
    assert pending is not None
    assert pending.deadline is not None
    at = yield from now()
    commands = [each.command for each in pending.outstanding]
    seen = yield from look(device.key, actuator, pending.site, commands)
    lacking = seen.lacks(commands) if seen.tells else []
    gone = ""
    if at >= pending.deadline:
        gone = "nobody confirmed it in time"
    elif not pending.in_force:
        gone = "it was never read back"
    elif seen.error:
        gone = f"it cannot be asked: {seen.error}"
    elif lacking:
        gone = f"{', '.join(lacking)} is no longer there"
    if not gone and (
        problem := failed((yield from ask(device.key, disarm(device.point, pending.run))))
    ):
        gone = f"its own guard cannot be called off: {problem}"
    if gone:
        back = yield from roll_back(device, actuator, gone)
        return back.device, f"{gone}; still pending: {back.problem}" if back.problem else gone
    outstanding = tuple(
        replace(
            each,
            state=each.state
            if each.state in (ActionState.VERIFIED, ActionState.FAILED)
            else (ActionState.ACTIVE if seen.tells else ActionState.ACCEPTED),
        )
        for each in pending.outstanding
    )
    device = replace(device, pending=None, revision=device.revision + 2).holding(outstanding)
    if pending.outcome:
        device = replace(device, ours=pending.outcome.do)
    for state in sorted({each.state for each in outstanding}):
        named = [each for each in outstanding if each.state is state]
        device = device.noting(named, state, at, f"confirmed: {why}")
    yield Save(device)
    return device, ""
