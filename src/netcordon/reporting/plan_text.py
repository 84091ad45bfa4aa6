"""A containment plan on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import CellState, Gap, Harm, Measure, Plan, Rules, Way
from netcordon.model.quantity import count_text, size_text, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.plan_matrix import covered_text, matrix_rows, still_open
from netcordon.reporting.visible import visible

_WAYS, _HARMS, _CELLS = 12, 2, 24


def plan_text(plan: Plan, *, width: int = 100, detail: int = 0) -> str:
    """The whole plan; ``detail`` 1 names every way, step and harm, 2 also the rules."""
    page = Page(width)
    _head(page, plan)
    page.gap()
    _ways(page, plan.ways, detail)
    page.gap()
    _matrix(page, plan, detail)
    page.gap()
    if not plan.measures:
        page.say("Measures", "none: nothing of it can be cut where a device stands")
    by_device = [measure for measure in plan.measures if measure.commands]
    by_hand = [measure for measure in plan.measures if not measure.commands]
    for number, measure in enumerate(by_device):
        _measure(page, "By devices" if not number else "", measure, detail)
    if by_device and by_hand:
        page.gap()
    for number, measure in enumerate(by_hand):
        _task(page, "By people" if not number else "", measure, detail)
    page.gap()
    opened = still_open(plan)
    for number, gaps in enumerate(_alike(plan, opened)):
        _gap(page, "Still open" if not number else "", gaps, plan)
    if not opened:
        page.say("Still open", "nothing, once all of the above is done")
    page.gap()
    for number, rules in enumerate(plan.rules):
        _rules(page, "Rules" if not number else "", rules, detail)
    page.gap()
    page.say("Next", *_next(plan, detail))
    return page.text()


def _head(page: Page, plan: Plan) -> None:
    page.say("Plan", f"{plan.id}  for {plan.case_id}, {', '.join(plan.incident_ids)}")
    page.say(
        "", f"by {visible(plan.author)}, {time_text(plan.created_time)} UTC; measured on "
        f"{count_text(len(plan.evidence_ids), 'piece')} of evidence; "
        + ("nothing less harmful closes as much" if plan.optimal else "the best found in time")
        + ("; discreet: all cuts at once, when all else is done"
           if plan.posture == "discreet" else ""),
    )  # fmt: skip
    if plan.changed_from:
        page.say("", f"a trial of {plan.changed_from} with changes; it can never be approved")
    page.say("Note" if len(plan.notes) == 1 else "Notes", *map(visible, plan.notes))
    for override in plan.overrides:
        page.say(
            "Override",
            f"{override.way_id} is blocked although it is {override.pap}: "
            f"{visible(override.reason)} ({visible(override.author)})",
        )


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
    marking = f" [{way.pap}]" if way.pap else ""
    return (
        f"{way.id}{marking}  {way.src} to {way.dst}{name} {way.protocol}{port}, "
        f"{visible(way.purpose, limit=100)}" + ("; asked on by our resolver" * way.relayed)
    )


def _matrix(page: Page, plan: Plan, detail: int) -> None:
    """Ways down, boundaries across; what is not crossed is left empty."""
    if not plan.coverage:
        return
    page.say("Matrix", covered_text(plan))
    rows = matrix_rows(plan)
    widths = [
        min(max(len(row[at]) for row in rows), max((page.room - 8) // (len(rows[0]) - 1), 12))
        for at in range(len(rows[0]))
    ]
    shown = rows if detail else rows[: _CELLS + 1]
    page.listing(
        "\n".join(
            "  ".join(cell[:width].ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in shown
        )
    )
    if len(shown) < len(rows):
        page.row(f"and {len(rows) - len(shown)} more ways (-v, --json)")


def _measure(page: Page, label: str, measure: Measure, detail: int) -> None:
    page.say(label, f"{measure.id}  {visible(measure.title, limit=200)}")
    stops = f"stops {', '.join(measure.covers)}; " if measure.covers else ""
    harmless = "" if measure.harms else "; harms nothing that was recorded"
    page.row(f"  {stops}for {_hours(measure.duration_s)}{harmless}{_after(measure)}")
    _harms(page, measure, detail)
    if measure.approvals:
        page.row(f"  needs the word of {', '.join(map(visible, measure.approvals))}, beside IT")


def _task(page: Page, label: str, measure: Measure, detail: int) -> None:
    who = f" ({visible(measure.owner)})" if measure.owner else ""
    page.say(label, f"{measure.id}  {visible(measure.title, limit=200)}{who}")
    ends = f"ends {', '.join(measure.covers)}" if measure.covers else ""
    after = _after(measure).removeprefix("; ")
    if ends or after:
        page.row(f"  {'; '.join(filter(None, (ends, after)))}")
    _harms(page, measure, detail)
    if measure.approvals:
        page.row(f"  needs the word of {', '.join(map(visible, measure.approvals))}, beside IT")
    if detail:
        for number, step in enumerate(measure.instructions, 1):
            page.row(f"  {number}. {visible(step)}")
        for step in measure.undo_instructions:
            page.row(f"  back: {visible(step)}")


def _after(measure: Measure) -> str:
    strategic = "; waits for the crisis cell when the issue is strategic"
    return (f"; after {', '.join(measure.after)}" if measure.after else "") + (
        strategic if KINDS[measure.kind].is_strategic and measure.commands else ""
    )


def _harms(page: Page, measure: Measure, detail: int) -> None:
    for harm in measure.harms if detail else measure.harms[:_HARMS]:
        page.row(f"  harms {_harm(harm)}")
    if not detail and len(measure.harms) > _HARMS:
        page.row(f"  harms {len(measure.harms) - _HARMS} more (-v)")


def _harm(harm: Harm) -> str:
    owner = f", owner {visible(harm.owner)}" if harm.owner else ""
    vital = "VITAL " if harm.critical else ""
    return (
        f"{vital}{visible(harm.what, limit=100)}{owner}: {count_text(harm.flows, 'flow')}, "
        f"{size_text(harm.bytes)}, {count_text(harm.hosts, 'host')}"
    )


def _alike(plan: Plan, gaps: Sequence[Gap]) -> list[list[Gap]]:
    """Gaps that one host leaves for one reason are one thing to decide."""
    found: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in gaps:
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
    for text in gap.alternatives[:4]:
        page.row(f"  instead: {visible(text, limit=200)}")


def _rules(page: Page, label: str, rules: Rules, detail: int) -> None:
    device = f"{visible(rules.point)} ({visible(rules.actuator)})"
    said = f"{device}: {count_text(len(rules.command_ids), 'command')}"
    page.say(label, said + ("" if detail > 1 else "; -vv shows them"))
    if detail > 1:
        page.listing(visible(rules.do, limit=None, lines=True))
        page.gap()
    for command_id, why in sorted(rules.refused.items()):
        page.row(f"{command_id} is refused: {visible(why)}")


def _next(plan: Plan, detail: int) -> tuple[str, ...]:
    tasks = any(not measure.commands for measure in plan.measures)
    return (
        *(("-v shows the steps of every task",) if tasks and not detail else ()),
        *(("what people did goes on record: netcordon contain done MEASURE",) if tasks else ()),
        "nothing is in force; a plan is rehearsed and approved before it is: "
        f"netcordon contain rehearse {plan.id}",
    )


def _hours(seconds: int) -> str:
    return (
        count_text(seconds // 3600, "hour")
        if seconds >= 3600
        else count_text(seconds // 60, "minute")
    )


def plan_json(plan: Plan, not_recorded: str | None) -> str:
    """One object whose keys are stable; values are as observed."""
    closed, by_people, fields = plan.covered
    shown = {
        "version": netcordon.__version__,
        "plan": plain(plan),
        "covered": {
            "fields": fields,
            "closed": closed,
            "by_people": by_people,
            "gaps": sum(cell.state is CellState.GAP for cell in plan.coverage),
        },
        "recorded": not_recorded is None,
    }
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
