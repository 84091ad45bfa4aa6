"""A plan beside the same with changes, on a terminal and as JSON."""

from __future__ import annotations

import json

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.plan import Harm, Plan
from netcordon.model.quantity import count_text, size_text
from netcordon.model.rehearsal import CommandVerdict, ModelVerdict, WhatIf
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_SHOWN = 10


def what_if_text(found: WhatIf, plan: Plan, other: Plan, *, width: int = 100) -> str:
    """What is different; what stays as it was is left out."""
    page = Page(width)
    page.say("What if", f"{plan.id} {', '.join(visible(change) for change in found.changes)}")
    page.say(
        "", f"the model alone, on {count_text(found.after.flows, 'recorded flow')}; this would be "
        f"another plan, {other.id}: it is not recorded, and nobody has approved it",
    )  # fmt: skip
    page.gap()
    page.say("Stopped", _change(found.before.effect.stopped, found.after.effect.stopped,
                                "flow of the attacker's", "flows of the attacker's"))  # fmt: skip
    page.say("Harmed", _change(found.before.effect.harmed, found.after.effect.harmed,
                               "ordinary flow", "ordinary flows")
             + f"; hosts {found.before.effect.hosts_harmed:,} -> "
             f"{found.after.effect.hosts_harmed:,}")  # fmt: skip
    _harms(page, found)
    _missed(page, found)
    page.gap()
    page.say("Commands", *(_commands(found, plan, other) or ["the same effect each"]))
    page.gap()
    verdict = "would not pass:" if found.reasons else "would pass, by the model"
    page.say("Verdict", verdict, *(visible(reason, limit=300) for reason in found.reasons))
    page.say("Next", f"make it for real with: netcordon contain plan; {plan.id} stays as it is")
    return page.text()


def _change(before: int, after: int, one: str, many: str) -> str:
    return f"{before:,} -> {after:,} {one if after == 1 else many}"


_HarmKey = tuple[str, str]


def _of(verdict: ModelVerdict) -> dict[_HarmKey, tuple[str, Harm]]:
    """What is harmed, with the first command that does it."""
    out: dict[_HarmKey, tuple[str, Harm]] = {}
    for command in verdict.commands:
        for harm in command.harms:
            out.setdefault((harm.critical, harm.what), (command.command_id, harm))
    return out


def _harms(page: Page, found: WhatIf) -> None:
    before, after = _of(found.before), _of(found.after)
    new = [after[key] for key in after if key not in before]
    gone = [before[key] for key in before if key not in after]
    for sign, harms in (("+", new), ("-", gone)):
        for command_id, harm in sorted(harms, key=lambda each: not each[1].critical)[:_SHOWN]:
            owner = f", {visible(harm.owner)} answers for it" if harm.owner else ""
            page.row(
                f"{sign} {'VITAL ' if harm.critical else ''}{visible(harm.what, limit=100)} by "
                f"{command_id}: {count_text(harm.flows, 'flow')}, {size_text(harm.bytes)}, "
                f"{count_text(harm.hosts, 'host')}{owner}"
            )
        if len(harms) > _SHOWN:
            page.row(f"{sign} {len(harms) - _SHOWN:,} more")


def _missed(page: Page, found: WhatIf) -> None:
    before = {(m.way_id, m.boundary): m for m in found.before.missed}
    after = {(m.way_id, m.boundary): m for m in found.after.missed}
    page.say(
        "Missed", f"{sum(m.flows for m in before.values()):,} -> "
        f"{sum(m.flows for m in after.values()):,} flows of the attacker's",
    )  # fmt: skip
    for key, each in after.items():
        was = before[key].flows if key in before else 0
        if each.flows != was:
            page.row(f"+ {each.way_id} goes on at {visible(each.boundary)}: "
                     f"{count_text(each.flows, 'flow')}, {was:,} before")  # fmt: skip
    for key, each in before.items():
        if key not in after:
            page.row(f"- {each.way_id} is closed at {visible(each.boundary)}")


def _commands(found: WhatIf, plan: Plan, other: Plan) -> list[str]:
    before = {verdict.command_id: verdict for verdict in found.before.commands}
    after = {verdict.command_id: verdict for verdict in found.after.commands}
    was = {c.id: c.target.label() for m in plan.measures for c in m.commands}
    now = {c.id: c.target.label() for m in other.measures for c in m.commands}
    said = [
        f"{id_} gone  {visible(was[id_], limit=100)}: {_stops(verdict)}"
        for id_, verdict in before.items()
        if id_ not in after
    ]
    said += [
        f"{id_} {verdict.verdict}  {visible(was[id_], limit=100)} -> "
        f"{visible(now[id_], limit=100)}: {_stops(before[id_])} -> {_stops(verdict)}"
        for id_, verdict in after.items()
        if was[id_] != now[id_]
    ]
    return said


def _stops(verdict: CommandVerdict) -> str:
    harms = sum(harm.flows for harm in verdict.harms)
    return f"stops {verdict.flows_stopped:,}, harms {harms:,}"


def what_if_json(found: WhatIf) -> str:
    """One object whose keys are stable."""
    shown = {"version": netcordon.__version__, "what_if": plain(found), "recorded": False}
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
