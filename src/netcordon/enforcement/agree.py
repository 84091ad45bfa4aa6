"""What should stand at a device against what it says: lost, left over, over time, or in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from netcordon.enforcement.back import take_back
from netcordon.enforcement.device import Device
from netcordon.enforcement.effects import Dialogue, Save, now
from netcordon.enforcement.look import Seen, look
from netcordon.enforcement.order import Order, Work
from netcordon.enforcement.put import put_in_force
from netcordon.model.actuator import Actuator
from netcordon.model.command import InForce
from netcordon.model.enforced import ActionState, Outstanding
from netcordon.model.in_force import Drift, Kind

TIMERS_AGREE = timedelta(seconds=90)
"""Clocks and rounding differ by less; more than that, and somebody changed the timer."""

_WINDOW_S = 60


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What came of looking at one case's commands at a device; ``seen`` is what is there now."""

    device: Device
    seen: Mapping[str, InForce]
    drifts: tuple[Drift, ...]


def agree(
    device: Device,
    actuator: Actuator,
    case_id: str,
    *,
    run: str,
    repair: bool,
    known: Mapping[str, Outstanding],
) -> Dialogue[Agreed]:
    """Take back what is over time, then compare; mend the rest when told to.

    Args:
        device: nothing may be pending.
        actuator: of the device.
        case_id: whose commands.
        run: names what is done.
        repair: put back what is lost, remove what is left over.
        known: command id -> what is known of commands that once stood here.
    """
    at = yield from now()
    drifts: list[Drift] = []
    due = [each for each in device.of(case_id) if at >= each.expires_time]
    if due:
        back = yield from take_back(device, actuator, due, run, "its time is over")
        device = back.device
        done = "" if back.problem else "taken back"
        drifts += _each(device, due, Kind.EXPIRED, f"its time is over {back.problem}".strip(), done)
        if back.problem:
            return Agreed(device=device, seen={}, drifts=tuple(drifts))
    standing = device.of(case_id)
    commands = [each.command for each in standing]
    bare = device.at(case_id, [command.id for command in commands])
    seen = yield from look(device.key, actuator, bare, commands)
    if seen.error:
        said = f"it cannot be asked: {seen.error}"
        drifts += _each(device, standing, Kind.UNKNOWN, said, "")
        return Agreed(device=device, seen={}, drifts=tuple(drifts))
    if not seen.tells:
        return Agreed(device=device, seen={}, drifts=tuple(drifts))
    device, wrong = yield from _wrong(device, standing, seen, at)
    left = [known[i] for i in seen.there if i in known and i not in {c.id for c in commands}]
    drifts_now = [*wrong, *_each(device, left, Kind.LEFT_OVER, "it should be gone", "")]
    if repair and drifts_now:
        named = {drift.command_id for drift in wrong}
        lost = [each for each in device.of(case_id) if each.command.id in named]
        device, problem = yield from _mend(device, actuator, lost, left, run, at)
        done = f"not repaired: {problem}" if problem else "repaired"
        drifts_now = [replace(drift, settled=done) for drift in drifts_now]
        commands = [each.command for each in device.of(case_id)]
        bare = device.at(case_id, [command.id for command in commands])
        seen = yield from look(device.key, actuator, bare, commands)
    return Agreed(device=device, seen=seen.there, drifts=(*drifts, *drifts_now))


def _wrong(
    device: Device, standing: Sequence[Outstanding], seen: Seen, at: datetime
) -> Dialogue[tuple[Device, list[Drift]]]:
    """What is lost, or runs on another timer; the ledger keeps in mind what is lost."""
    lost = [each for each in standing if each.command.id not in seen.there]
    fresh = [each for each in lost if each.state is not ActionState.DRIFTED]
    found = [
        each
        for each in standing
        if each.state is ActionState.DRIFTED and each.command.id in seen.there
    ]
    for state, changed, why in (
        (ActionState.DRIFTED, fresh, "the device no longer has it"),
        (ActionState.ACTIVE, found, "the device has it again"),
    ):
        if changed:
            device = device.noting(changed, state, at, why)
            yield Save(device)
    drifts = _each(device, lost, Kind.LOST, "the device no longer has it", "")
    for each in standing:
        there = seen.there.get(each.command.id)
        ends = there.expires_time if there else None
        if ends is not None and abs(ends - each.expires_time) > TIMERS_AGREE:
            said = f"its own timer says {ends:%Y-%m-%d %H:%M:%S} UTC"
            drifts += _each(device, [each], Kind.TIMER, said, "")
    return device, drifts


def _mend(
    device: Device,
    actuator: Actuator,
    lost: Sequence[Outstanding],
    left: Sequence[Outstanding],
    run: str,
    at: datetime,
) -> Dialogue[tuple[Device, str]]:
    """Remove what is left over, put back what is lost for the time it has left."""
    if left:
        back = yield from take_back(device, actuator, left, f"{run}l", "it was left over")
        device = back.device
        if back.problem:
            return device, back.problem
    if not lost:
        return device, ""
    device = device.without(lost)
    wanted = tuple(replace(e, command=replace(e.command, duration_s=_left(e, at))) for e in lost)
    site = device.at(lost[0].case_id)
    order = Order(run=f"{run}r", window_s=_WINDOW_S, confirmed=True)
    work = Work(device=device, actuator=actuator, site=replace(site, standing=()), wanted=wanted)
    done = yield from put_in_force([work], order)
    (place,) = done.places
    refused = "; ".join(place.refused.values())
    return place.device, place.problem or refused


def _left(each: Outstanding, at: datetime) -> int:
    return max(1, int((each.expires_time - at).total_seconds()))


def _each(
    device: Device, outstanding: Sequence[Outstanding], kind: Kind, said: str, settled: str
) -> list[Drift]:
    return [
        Drift(
            point=device.point.name, case_id=each.case_id, command_id=each.command.id, kind=kind,
            said=said, settled=settled,
        )
        for each in outstanding
    ]  # fmt: skip
