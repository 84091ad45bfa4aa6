"""Putting commands in force: written down, guarded, applied, read back, proven, confirmed.

The order is the promise. Before the first call to any device, what it takes to undo all of them is
durable and a guard is armed that does so by itself. A device that refuses, or that accepts and does
not have the rule when it is asked, is taken back alone; a flow that must work and stops working
takes everything back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from netcordon.enforcement.back import roll_back
from netcordon.enforcement.device import Aim, Pending
from netcordon.enforcement.device_guard import arm, disarm
from netcordon.enforcement.effects import (
    Arm,
    Dialogue,
    Save,
    ask,
    attempt,
    failed,
    keep,
    now,
)
from netcordon.enforcement.look import configuration, look
from netcordon.enforcement.order import Enforced, Order, Place, Work
from netcordon.enforcement.settle import settle
from netcordon.enforcement.sharing import outcome, remember, shared
from netcordon.model.command import Command, Probe, Verb
from netcordon.model.enforced import ActionState, Attempted, Outstanding

_APPLY_S = 300
"""Time to tell all devices; whoever applies is alive, or else the guard sees that nobody is."""


def put_in_force(works: Sequence[Work], order: Order) -> Dialogue[Enforced]:
    """Put all of it in force, or leave every device as it was.

    What people have to type they are told last: when the rest was taken back, nothing.
    """
    found = yield from _told([work for work in works if not work.by_hand], order)
    if found.why_back:
        return found
    typed: list[Place] = []
    for work in works:
        if work.by_hand:
            typed.append((yield from _by_hand(work)))
    return replace(found, places=(*found.places, *typed))


def _told(works: Sequence[Work], order: Order) -> Dialogue[Enforced]:
    probes = (*order.positive, *(p for each in order.negative.values() for p in each))
    before = yield from attempt(probes)
    must_work = tuple(a.probe for a in before if a.probe.must_work and a.worked)
    places: list[Place] = []
    for work in works:
        places.append((yield from _prepared(work, order, must_work)))
    going = [place for place in places if place.device.pending is not None]
    if not going:
        return Enforced(places=tuple(places), before=before)
    deadline = yield from _written_down(going)
    no_guard: str = yield Arm(order.run)
    if no_guard:
        yield from _all_back(going, f"no guard could be set: {no_guard}")
        return Enforced(places=tuple(places), before=before, why_back=no_guard)
    for place in going:
        yield from _apply(place, order, deadline)
        if place.problem:
            yield from _back(place, place.problem)
    there = [place for place in going if not place.problem]
    if not there:
        return Enforced(places=tuple(places), before=before)
    deadline = yield from _awaiting(there, order)
    after = yield from attempt(probes)
    worked_before = {a.probe for a in before if a.worked}
    broken = [
        a for a in after if a.probe.must_work and a.probe in worked_before and a.worked is False
    ]
    # One packet may get lost on any day.
    broken = [a for a in (yield from attempt([a.probe for a in broken])) if a.worked is False]
    if broken:
        probe = broken[0].probe
        why = f"{probe.why} stopped working: {probe.src} to {probe.dst}, {broken[0].said}"
        yield from _all_back(there, why)
        return Enforced(places=tuple(places), before=before, after=after, why_back=why)
    yield from _judged(there, order, before, after)
    if not order.confirmed:
        return Enforced(places=tuple(places), deadline=deadline, before=before, after=after)
    for place in there:
        place.device, place.problem = yield from settle(
            place.device, place.work.actuator, "every probe went as it must"
        )
    return Enforced(places=tuple(places), before=before, after=after)


def _prepared(work: Work, order: Order, must_work: tuple[Probe, ...]) -> Dialogue[Place]:
    """What has to be done at a device; its ledger gets a pending change if anything has."""
    device, actuator = work.device, work.actuator
    place = Place(work, device)
    ids = [each.command.id for each in work.wanted]
    commands = [each.command for each in work.wanted]
    stands = {each.command.id: each for each in device.of(work.site.case_id)}
    site = replace(
        work.site, standing=device.others(ids, work.site.case_id), revision=device.revision
    )
    seen = yield from look(device.key, actuator, site, commands)
    if seen.error:
        place.problem = f"it cannot be asked: {seen.error}"
        return place
    place.already = tuple(
        each.command.id
        for each in work.wanted
        if each.command.id in stands
        and _same(stands[each.command.id].command, each.command)
        and (each.command.id in seen.there or not seen.tells)
    )
    yield from _taken_over(place)
    device = place.device
    wanted = [each for each in work.wanted if each.command.id not in place.already]
    if not wanted:
        return place
    site = replace(
        site, standing=device.others([w.command.id for w in wanted], site.case_id)
    )  # fmt: skip
    rendered = actuator.render([each.command for each in wanted], site)
    place.refused = rendered.refused
    wanted = [each for each in wanted if each.command.id in rendered.expressed]
    if not wanted:
        return place
    text, unread = yield from configuration(device.key, actuator, site)
    if unread:
        place.problem = f"its configuration cannot be read: {unread}"
        return place
    found = yield from shared(device, actuator, text, rendered.do, rendered.undo)
    if found.problem:
        place.problem = found.problem
        return place
    device = yield from remember(device, found)
    outcome_of = yield from outcome(found)
    digest = yield from keep(text)
    place.device = replace(
        device.knowing(work.site),
        pending=Pending(
            run=order.run, aim=Aim.PUT, site=site, snapshot=digest, probes=must_work,
            outstanding=tuple(replace(each, snapshot=digest) for each in wanted),
            apply=found.beside(actuator.apply(rendered, site)),
            revert=found.beside(actuator.revert(rendered, site)),
            outcome=outcome_of,
        ),
    )  # fmt: skip
    return place


def _taken_over(place: Place) -> Dialogue[None]:
    """What an earlier plan of the case put there is this plan's from now on, untouched.

    So taking the earlier plan back leaves what the later one needs; it holds as long as it did.
    """
    ours = {each.command.id: each for each in place.work.wanted}
    at = yield from now()
    for stands in place.device.of(place.work.site.case_id):
        mine = ours.get(stands.command.id)
        if mine is None or stands.command.id not in place.already:
            continue
        if (stands.plan_id, stands.measure_id) == (mine.plan_id, mine.measure_id):
            continue
        taken = replace(stands, plan_id=mine.plan_id, measure_id=mine.measure_id)
        why = f"it stood already, by {stands.plan_id}"
        place.device = place.device.holding([taken]).noting([taken], stands.state, at, why)
        place.notes = (*place.notes, f"{stands.command.id} {why}, until "
                       f"{stands.expires_time:%Y-%m-%d %H:%M} UTC")  # fmt: skip
    if place.device is not place.work.device:
        yield Save(place.device)


def _same(stands: Command, wanted: Command) -> bool:
    """Whether it is the same but for the time; what was repaired holds for what was left of it."""
    return replace(stands, duration_s=wanted.duration_s) == wanted


def _by_hand(work: Work) -> Dialogue[Place]:
    """Nothing is called: a person types it, and says so afterwards."""
    place = Place(work, work.device)
    stands = {each.command.id: each.command for each in work.device.of(work.site.case_id)}
    place.already = tuple(
        each.command.id
        for each in work.wanted
        if each.command.id in stands and _same(stands[each.command.id], each.command)
    )
    yield from _taken_over(place)
    new = [each for each in work.wanted if each.command.id not in place.already]
    site = replace(
        work.site, revision=work.device.revision,
        standing=place.device.others([each.command.id for each in new], work.site.case_id),
    )  # fmt: skip
    rendered = work.actuator.render([each.command for each in new], site)
    place.refused, place.typed = rendered.refused, rendered.do
    new = [each for each in new if each.command.id in rendered.expressed]
    if not new:
        return place
    at = yield from now()
    new = [replace(e, since=at, expires_time=_until(e, at)) for e in new]
    place.device = (
        place.device.knowing(place.work.site)
        .holding(new)
        .noting(new, ActionState.APPLYING, at, "a person is to type it")
    )
    yield Save(place.device)
    return place


def _written_down(going: Sequence[Place]) -> Dialogue[datetime]:
    """Until everything is applied the deadline is a distant one: the window is for people."""
    at = yield from now()
    deadline = at + timedelta(seconds=_APPLY_S)
    for place in going:
        pending = replace(
            place.pending,
            deadline=deadline,
            outstanding=tuple(
                replace(each, since=at, expires_time=_until(each, at))
                for each in place.pending.outstanding
            ),
        )
        place.device = replace(place.device, pending=pending).noting(
            pending.outstanding, ActionState.APPLYING, at
        )
        yield Save(place.device)
    return deadline


def _awaiting(there: Sequence[Place], order: Order) -> Dialogue[datetime]:
    """From here on somebody has the window to confirm, and guards on devices begin anew."""
    for place in there:
        device = place.device
        if guard := arm(device.point, order.run, place.pending.revert, order.window_s):
            yield from ask(device.key, (*disarm(device.point, order.run), *guard))
    at = yield from now()
    deadline = at + timedelta(seconds=order.window_s)
    for place in there:
        pending = replace(place.pending, deadline=deadline, awaiting=True)
        place.device = replace(place.device, pending=pending)
        yield Save(place.device)
    return deadline


def _apply(place: Place, order: Order, deadline: datetime) -> Dialogue[None]:
    """Calls, then what the device says; only that counts."""
    device, actuator, pending = place.device, place.work.actuator, place.pending
    at = yield from now()
    if at >= deadline:
        place.problem = f"it was not its turn within {_APPLY_S} s"
        return
    calls = arm(device.point, pending.run, pending.revert, order.window_s)
    guard = yield from ask(device.key, calls)
    if why := failed(guard):
        place.notes = (f"no guard on the device itself: {why}",)
    commands = [each.command for each in pending.outstanding]
    pending = replace(pending, touched=True)
    place.device = device = replace(device, pending=pending)
    yield Save(device)
    replies = yield from ask(device.key, pending.apply)
    if why := failed(replies):
        place.problem = f"it refuses: {why}"
        return
    lasting = [command for command in commands if command.verb is not Verb.STOP]
    seen = yield from look(device.key, actuator, pending.site, lasting)
    if seen.error:
        place.problem = f"it cannot be asked: {seen.error}"
    elif seen.tells and (lacking := seen.lacks(lasting)):
        place.problem = f"it accepted, but does not have {', '.join(lacking)}"
    if place.problem:
        return
    cut = yield from ask(device.key, actuator.cut(commands, pending.site))
    if why := failed(cut):
        place.notes = (*place.notes, f"open connections were not cut: {why}")
    yield from _on_record(place, tells=seen.tells, uncut=why or "")


def _on_record(place: Place, *, tells: bool, uncut: str) -> Dialogue[None]:
    """What was read back, from now on; what only ends connections leaves nothing that stands."""
    pending = place.pending
    at = yield from now()
    state = ActionState.ACTIVE if tells else ActionState.ACCEPTED
    timed = [
        replace(each, since=at, expires_time=_until(each, at), state=state)
        for each in pending.outstanding
    ]
    lasting = tuple(each for each in timed if each.command.verb is not Verb.STOP)
    ended = [each for each in timed if each.command.verb is Verb.STOP]
    device = replace(
        place.device, pending=replace(pending, outstanding=lasting, in_force=True)
    ).noting(lasting, state, at, "read back" if tells else "it cannot be asked")
    if uncut:
        device = device.noting(ended, ActionState.FAILED, at, f"nothing was ended: {uncut}")
    else:
        said = "open connections were ended, and nothing of it stays"
        device = device.noting(ended, ActionState.ACCEPTED, at, said)
    place.device = device
    yield Save(device)


def _judged(
    there: Sequence[Place],
    order: Order,
    before: Sequence[Attempted],
    after: Sequence[Attempted],
) -> Dialogue[None]:
    """A probe that worked before proves a measure when it fails now, and the opposite otherwise."""
    worked = {a.probe for a in before if a.worked}
    at = yield from now()
    for measure, probes in order.negative.items():
        made = [
            a for a in after if a.probe in probes and a.probe in worked and a.worked is not None
        ]
        if not made:
            continue
        through = [a for a in made if a.worked]
        state = ActionState.FAILED if through else ActionState.VERIFIED
        why = (
            f"{through[0].probe.src} still reaches {through[0].probe.dst}: {through[0].said}"
            if through
            else "probes that worked before fail now"
        )
        for place in there:
            named = [e for e in place.pending.outstanding if e.measure_id == measure]
            if not named:
                continue
            outstanding = tuple(
                replace(e, state=state) if e in named else e for e in place.pending.outstanding
            )
            place.device = replace(
                place.device, pending=replace(place.pending, outstanding=outstanding)
            ).noting(named, state, at, why)
            yield Save(place.device)


def _all_back(places: Sequence[Place], why: str) -> Dialogue[None]:
    for place in reversed(places):
        yield from _back(place, why)


def _back(place: Place, why: str) -> Dialogue[None]:
    back = yield from roll_back(place.device, place.work.actuator, why)
    place.device, place.differs = back.device, back.differs
    place.problem = (
        f"{why}; and it could not be taken back: {back.problem}" if back.problem else why
    )


def _until(each: Outstanding, at: datetime) -> datetime:
    return at + timedelta(seconds=each.command.duration_s)
