"""A containment plan on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.plan import Gap, Harm, Measure, Plan, Way
from netcordon.model.quantity import count_text, size_text, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_WAYS, _HARMS = 12, 3


def plan_text(plan: Plan, *, width: int = 100, detail: int = 0) -> str:
    """The whole plan; ``detail`` 1 names every way and harm, 2 also the rules."""
    page = Page(width)
    page.say("Plan", f"{plan.id}  for {plan.case_id}, {', '.join(plan.incident_ids)}")
    page.say(
        "", f"by {visible(plan.author)}, {time_text(plan.created_time)} UTC; measured on "
        f"{count_text(len(plan.evidence_ids), 'piece')} of evidence; "
        + ("nothing less harmful closes as much" if plan.optimal else "the best found in time"),
    )  # fmt: skip
    page.say("Note" if len(plan.notes) == 1 else "Notes", *map(visible, plan.notes))
    page.gap()
    _ways(page, plan.ways, detail)
    page.gap()
    if not plan.measures:
        page.say("Measures", "none: nothing of it can be cut where a device stands")
    for number, measure in enumerate(plan.measures):
        _measure(page, "Measures" if not number else "", measure, detail)
    page.gap()
    for number, gaps in enumerate(_alike(plan)):
        _gap(page, "Still open" if not number else "", gaps, plan)
    if not plan.gaps:
        page.say("Still open", "nothing: every way is closed at every boundary it crosses")
    for rules in plan.rules:
        page.gap()
        said = f"{rules.point} ({rules.actuator}): {count_text(len(rules.command_ids), 'command')}"
        page.say("Rules", said + ("" if detail > 1 else "; -vv shows them"))
        if detail > 1:
            page.listing(visible(rules.do, limit=None, lines=True))
        for command_id, why in sorted(rules.refused.items()):
            page.row(f"{command_id} is refused: {visible(why)}")
    page.gap()
    page.say("Next", "nothing is in force; a plan is rehearsed and approved before it is")
    return page.text()


def _ways(page: Page, ways: Sequence[Way], detail: int) -> None:
    certain = [way for way in ways if way.certain]
    shown = certain if detail else certain[:_WAYS]
    for number, way in enumerate(shown):
        page.say("Ways" if not number else "", _way(way))
    if len(certain) > len(shown):
        page.row(f"and {len(certain) - len(shown)} more (-v, --json)")
    likely = [way for way in ways if not way.certain]
    for number, way in enumerate(likely):
        page.say("Perhaps" if not number else "", f"{_way(way)}: {visible(way.reason, limit=200)}")


def _way(way: Way) -> str:
    port = f"/{way.port}" if way.port is not None else ""
    name = f" ({visible(way.name, limit=80)})" if way.name else ""
    where = ", ".join(way.boundaries) or "no declared boundary"
    return (
        f"{way.id}  {way.src} to {way.dst}{name} {way.protocol}{port}, "
        f"{visible(way.purpose, limit=100)}; crosses {visible(where)}"
    )


def _measure(page: Page, label: str, measure: Measure, detail: int) -> None:
    page.say(label, f"{measure.id}  {visible(measure.title, limit=200)}")
    page.row(f"  stops {', '.join(measure.covers)}, for {_hours(measure.duration_s)}")
    if not measure.harms:
        page.row("  harms nothing that was recorded")
    for harm in measure.harms if detail else measure.harms[:_HARMS]:
        page.row(f"  harms {_harm(harm)}")
    if not detail and len(measure.harms) > _HARMS:
        page.row(f"  harms {len(measure.harms) - _HARMS} more (-v)")
    if measure.approvals:
        page.row(f"  needs the word of {', '.join(map(visible, measure.approvals))}, beside IT")


def _harm(harm: Harm) -> str:
    owner = f", owner {visible(harm.owner)}" if harm.owner else ""
    vital = "VITAL " if harm.critical else ""
    return (
        f"{vital}{visible(harm.what, limit=100)}{owner}: {count_text(harm.flows, 'flow')}, "
        f"{size_text(harm.bytes)}, {count_text(harm.hosts, 'host')}"
    )


def _alike(plan: Plan) -> list[list[Gap]]:
    """Gaps that one host leaves for one reason are one thing to decide."""
    found: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in plan.gaps:
        found.setdefault((_of(plan, gap).src, gap.boundary, gap.reason), []).append(gap)
    return list(found.values())


def _of(plan: Plan, gap: Gap) -> Way:
    return next(way for way in plan.ways if way.id == gap.way_id)


def _gap(page: Page, label: str, gaps: Sequence[Gap], plan: Plan) -> None:
    gap, ways = gaps[0], [_of(plan, gap) for gap in gaps]
    at = f" at {visible(gap.boundary)}" if gap.boundary else ""
    ids = ", ".join(way.id for way in ways[:4]) + (f" and {len(ways) - 4} more" * (len(ways) > 4))
    ends = list(dict.fromkeys(way.dst for way in ways))
    to = ends[0] if len(ends) == 1 else f"{len(ends)} hosts"
    page.say(label, f"{ids}{at} ({ways[0].src} to {to}): {visible(gap.reason, limit=300)}")
    for harm in gap.harms[:_HARMS]:
        page.row(f"  closing it would stop {_harm(harm)}")
    for text in gap.alternatives[:3]:
        page.row(f"  instead: {visible(text, limit=200)}")


def _hours(seconds: int) -> str:
    return count_text(seconds // 3600, "hour") if seconds >= 3600 else f"{seconds // 60} minutes"


def plan_json(plan: Plan, not_recorded: str | None) -> str:
    """One object whose keys are stable; values are as observed."""
    shown = {
        "version": netcordon.__version__,
        "plan": plain(plan),
        "recorded": not_recorded is None,
    }
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
