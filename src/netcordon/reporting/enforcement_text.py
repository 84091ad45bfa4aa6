"""Enforcement on a terminal: what was done where, what waits, what was seen to work."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.model.enforced import Attempted
from netcordon.model.in_force import Confirmed, EnforcedPlan, Placed, Task, UndonePlan
from netcordon.model.quantity import count_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_LONGEST = 300


def enforced_text(found: EnforcedPlan, *, width: int = 100) -> str:
    """What came of ``contain enforce``."""
    page = Page(width)
    some = any(placed.states or placed.typed for placed in found.devices)
    by_hand = bool(found.devices) and all(placed.typed for placed in found.devices)
    word = "PARTLY" if some else "NOTHING"
    if found.holds:
        word = "By hand" if by_hand else "Enforced"
    page.say(word, f"{found.plan_id} for {found.case_id}: " + _summary(found, some))
    if found.why_back:
        page.say("", f"TAKEN BACK: {_said(found.why_back)}")
    page.gap()
    for number, placed in enumerate(found.devices):
        _placed(page, "Devices" if not number else "", placed)
    _probes(page, found.before, found.after)
    page.gap()
    if found.deadline is not None:
        page.say(
            "Confirm", f"before {found.deadline:%H:%M:%S} UTC, or all of it is taken back: "
            f"netcordon contain confirm {found.plan_id}",
        )  # fmt: skip
    typists = [placed.point for placed in found.devices if placed.typed]
    if typists:
        where = " ".join(f"--at {visible(point)}" for point in typists)
        page.say("By hand", f"when it is typed: netcordon contain confirm {found.plan_id} {where}")
    _tasks(page, [task for task in found.tasks if not task.done])
    if found.deadline is not None or typists:
        return page.text()
    page.say("Next", f"netcordon contain status {found.plan_id}")
    return page.text()


def _tasks(page: Page, still_open: Sequence[Task]) -> None:
    if not still_open:
        return
    page.gap()
    page.say("People", "do these besides, and then say netcordon contain done MEASURE:")
    for task in still_open:
        page.row(f"{task.measure_id} {_said(task.title)}")
    page.gap()


def _summary(found: EnforcedPlan, some: bool) -> str:
    wrong = [d.point for d in found.devices if d.problem or d.refused]
    if found.holds and not found.devices:
        return "it tells no device anything"
    if found.holds:
        typed = sum(bool(placed.typed) for placed in found.devices)
        there = len(found.devices) - typed
        if not typed:
            return "every device has it"
        told = count_text(typed, "device")
        waiting = f"{told} to be told by hand; nothing holds there until it is typed"
        return f"{count_text(there, 'device')} by itself, {waiting}" if there else waiting
    much = "not all" if some else "nothing"
    return f"{much} of it is in force, see {', '.join(map(visible, wrong))}"


def _placed(page: Page, label: str, placed: Placed) -> None:
    new = [name for name in placed.states if name not in placed.already]
    said = []
    if placed.problem:
        said.append(f"NOTHING stands: {_said(placed.problem)}")
    elif new and not placed.typed:
        said.append(f"{count_text(len(new), 'command')} {_worst(placed, new)}")
    if placed.already:
        said.append(f"{count_text(len(placed.already), 'command')} in force already")
    page.say(label, f"{visible(placed.point)}: {'; '.join(said) or 'a person types it'}")
    for name, why in placed.refused.items():
        page.row(f"{name} is refused: {_said(why)}")
    for note in placed.notes:
        page.row(f"note: {_said(note)}")
    if placed.typed:
        page.row("type this there:")
        page.listing(visible(placed.typed, limit=None, lines=True))
    _differs(page, placed.differs)


def _worst(placed: Placed, names: Sequence[str]) -> str:
    counts: dict[str, int] = {}
    for name in names:
        counts[placed.states[name]] = counts.get(placed.states[name], 0) + 1
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))


def _probes(page: Page, before: Sequence[Attempted], after: Sequence[Attempted]) -> None:
    earlier = {each.probe: each for each in before}
    made = [each for each in (after or before) if each.worked is not None]
    if not before:
        return
    page.gap()
    page.say("Probes", f"{len(made)} of {count_text(len(before), 'probe')} could be made from here")
    if not any(each.probe.must_work for each in made):
        page.row("nothing proves from here that what must go on does; ask its owners")
    for each in made:
        probe, was = each.probe, earlier.get(each.probe)
        word = "good" if each.good else "WRONG"
        if was is not None and not was.worked:
            word = "says nothing, it failed before as well"
        port = f" {probe.protocol}/{probe.port}" if probe.port is not None else ""
        must = "must work" if probe.must_work else "must fail"
        page.row(
            f"{word}: {visible(probe.src)} to {visible(probe.dst)}{port} {must}, {_said(each.said)}"
        )


def undone_text(found: UndonePlan, *, width: int = 100) -> str:
    """What came of ``contain undo``."""
    page = Page(width)
    for number, each in enumerate(found.devices):
        label = "Taken back" if not number else ""
        ids = f"{count_text(len(each.command_ids), 'command')} ({', '.join(each.command_ids[:8])}"
        ids += ", …)" if len(each.command_ids) > 8 else ")"
        if each.problem:
            page.say(
                label, f"{visible(each.point)}: {ids} STILL THERE: {_said(each.problem)}",
            )  # fmt: skip
            page.row("netcordon contain reconcile tries again")
            continue
        if each.typed:
            page.say(label, f"{visible(each.point)}: {ids}; type this there:")
            page.listing(visible(each.typed, limit=None, lines=True))
            page.row(f"then netcordon contain confirm {found.plan_id} --at {visible(each.point)}")
            continue
        same = (
            "nothing to compare with"
            if not each.compared
            else "not as before in these lines:"
            if each.differs
            else "its configuration is as before"
        )
        page.say(label, f"{visible(each.point)}: {ids}; {same}")
        _differs(page, each.differs)
    return page.text()


def confirmed_text(found: Confirmed, *, width: int = 100) -> str:
    """What came of ``contain confirm``."""
    page = Page(width)
    if found.stands:
        page.say("Confirmed", f"{found.plan_id} at {', '.join(map(visible, found.stands))}")
    for number, (point, why) in enumerate(found.taken_back.items()):
        page.say("Taken back" if not number else "", f"{visible(point)}: {_said(why)}")
    for number, point in enumerate(found.by_hand):
        page.say(
            "By hand" if not number else "", f"{visible(point)} waits until somebody typed it: "
            f"netcordon contain confirm {found.plan_id} --at {visible(point)}",
        )  # fmt: skip
    return page.text()


def _differs(page: Page, lines: Sequence[str]) -> None:
    page.listing("\n".join(visible(line, limit=200) for line in lines))


def _said(text: str) -> str:
    return visible(text, limit=_LONGEST)
