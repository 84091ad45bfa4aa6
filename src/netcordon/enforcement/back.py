"""Taking back: a change that nobody confirmed, or commands that have had their time.

Both are the same work: revert, look, compare with the configuration of before. What does not come
off stays pending, so that whoever comes next tries again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netcordon.enforcement.device import Aim, Device, Pending
from netcordon.enforcement.device_guard import disarm
from netcordon.enforcement.effects import Dialogue, Save, ask, failed, kept, now
from netcordon.enforcement.look import configuration, differences, look
from netcordon.enforcement.sharing import Shared, outcome, remember, shared
from netcordon.model.actuator import Actuator, Others, Rendered, Site
from netcordon.model.enforced import ActionState, Outstanding


@dataclass(frozen=True, kw_only=True)
class Back:
    """What came of taking back.

    Attributes:
        problem: why it is still pending; empty when it is done.
        differs: lines in which the configuration is not as before, counters and timers apart.
        compared: whether there was a configuration of before to compare with.
    """

    device: Device
    problem: str = ""
    differs: tuple[str, ...] = ()
    compared: bool = False


def take_back(
    device: Device, actuator: Actuator, gone: Sequence[Outstanding], run: str, why: str
) -> Dialogue[Back]:
    """Take commands of one case off a device, and say so only when it no longer tells them."""
    commands = [each.command for each in gone]
    ids = tuple(command.id for command in commands)
    site = device.at(gone[0].case_id, ids)
    do, undo = actuator.write(commands, site)
    rendered = Rendered(do=do, undo=undo, expressed=ids)
    found = yield from _beside(device, actuator, site, rendered)
    device = yield from remember(device, found)
    outcome_of = yield from outcome(found)
    at = yield from now()
    pending = Pending(
        run=run, aim=Aim.TAKE_BACK, outstanding=tuple(gone), site=site,
        revert=found.beside(actuator.revert(rendered, site)), why=why,
        snapshot=min(gone, key=lambda each: each.since).snapshot, outcome=outcome_of,
    )  # fmt: skip
    device = replace(device, pending=pending).noting(gone, ActionState.EXPIRING, at, why)
    yield Save(device)
    return (yield from finish(device, actuator, ActionState.UNDONE, why))


def _beside(device: Device, actuator: Actuator, site: Site, rendered: Rendered) -> Dialogue[Shared]:
    """What of the file is of others; a file that cannot be read now is found out by the revert.

    Lines of others never keep a rule in force beyond its time: what cannot stay is overwritten, and
    the comparison with the configuration of before names it.
    """
    if actuator.others is not Others.KEPT:
        return Shared()
    text, unread = yield from configuration(device.key, actuator, site)
    return (
        Shared()
        if unread
        else (yield from shared(device, actuator, text, rendered.do, rendered.undo))
    )


def roll_back(device: Device, actuator: Actuator, why: str) -> Dialogue[Back]:
    """Take the pending change of a device back, as if it had never been."""
    return (yield from finish(device, actuator, ActionState.ROLLED_BACK, why))


def finish(device: Device, actuator: Actuator, state: ActionState, why: str) -> Dialogue[Back]:
    """Revert what is pending, whatever of it reached the device."""
    pending = device.pending
    assert pending is not None
    # A change that died before its first call has nothing to revert, and leaves no trace. Only the
    # record says so: a device that denies what it has would say the same.
    untouched = pending.aim is Aim.PUT and not pending.touched
    if not untouched:
        problem = yield from _revert(device, actuator)
        if problem:
            return Back(device=device, problem=problem)
    yield from ask(device.key, disarm(device.point, pending.run))
    text, unread = yield from configuration(device.key, actuator, pending.site)
    before = yield from kept(pending.snapshot)
    at = yield from now()
    device = replace(
        device, pending=None, revision=device.revision + (0 if untouched else 2)
    ).noting(pending.outstanding, state, at, why)  # fmt: skip
    device = device.without(pending.outstanding)
    if pending.outcome and not untouched:
        device = replace(device, ours=pending.outcome.undo)
    yield Save(device)
    compared = before is not None and not unread
    return Back(
        device=device,
        compared=compared,
        differs=differences(before, text) if compared and before is not None else (),
    )


def _revert(device: Device, actuator: Actuator) -> Dialogue[str]:
    """Why the device still has it; empty when it says that it has not, or cannot be asked."""
    pending = device.pending
    assert pending is not None
    commands = [each.command for each in pending.outstanding]
    replies = yield from ask(device.key, pending.revert)
    if why := failed(replies):
        return why
    seen = yield from look(device.key, actuator, pending.site, commands)
    if seen.error:
        return f"it cannot be asked: {seen.error}"
    left = seen.has(commands)
    return f"it says that {', '.join(left)} is still there" if left else ""
