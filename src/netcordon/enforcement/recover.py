"""What a netcordon that died left under way is finished, or taken back, by the next one."""

from __future__ import annotations

from datetime import datetime

from netcordon.enforcement.back import Back, finish, roll_back
from netcordon.enforcement.device import Aim, Device
from netcordon.enforcement.effects import Dialogue
from netcordon.model.actuator import Actuator
from netcordon.model.enforced import ActionState


def is_orphan(device: Device, *, guarded: bool) -> bool:
    """Whether nobody sees to the pending change of a device.

    It is asked while we hold the device, so nobody works on it now; what waits for its confirmation
    under a living guard is no orphan.
    """
    return device.pending is not None and not guarded


def recover(device: Device, actuator: Actuator, at: datetime) -> Dialogue[Back]:
    """Finish what was being taken back; take back what was being put in force."""
    pending = device.pending
    assert pending is not None
    if pending.aim is Aim.TAKE_BACK:
        return (yield from finish(device, actuator, ActionState.UNDONE, pending.why))
    late = pending.deadline is not None and at >= pending.deadline
    why = "nobody confirmed it in time" if late else "whoever put it in force died before the end"
    return (yield from roll_back(device, actuator, why))
