"""A containment plan as Markdown, for a ticket or on paper; what the attacker wrote stays inert."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcordon.model.handling import TLP
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import Harm, Measure, Plan, Rules, Way
from netcordon.model.quantity import count_text, size_text, time_text
from netcordon.reporting.markdown import indented
from netcordon.reporting.plan_matrix import covered_text, matrix_rows, still_open
from netcordon.reporting.visible import markdown_code, markdown_text

_MOST_HARMS = 20


def plan_markdown(plan: Plan, tlp: TLP) -> str:
    """The whole plan; the same plan gives the same bytes."""
    marking = f"**{markdown_text(tlp.value)}**"
    return "\n\n".join(part for part in (marking, *_parts(plan), marking) if part) + "\n"


def _parts(plan: Plan) -> Iterator[str]:
    yield f"# Containment plan {plan.id}"
    yield _items(
        [
            f"Case: {markdown_text(plan.case_id)}; incidents: "
            f"{markdown_text(', '.join(plan.incident_ids))}",
            f"Made by {markdown_text(plan.author)}, {time_text(plan.created_time)} UTC; "
            f"posture: {plan.posture}",
            f"SHA-256 of the plan: `{plan.hash}`",
            f"Register: `{plan.register_hash}`",
            f"Measured on {count_text(len(plan.evidence_ids), 'piece')} of evidence",
        ]
    )
    if plan.notes:
        yield "## Notes"
        yield _items([markdown_text(note, limit=1_200) for note in plan.notes])
    if plan.overrides:
        yield "## Markings that were overridden"
        yield _items(
            [
                f"{o.way_id} ({o.pap}), by {markdown_text(o.author)}: {markdown_text(o.reason)}"
                for o in plan.overrides
            ]
        )
    yield "## Ways of the attacker"
    yield _table(
        ["way", "from", "to", "name", "service", "purpose", "marking"],
        [_way(way) for way in plan.ways],
    )
    if plan.coverage:
        yield "## Coverage"
        yield markdown_text(covered_text(plan))
        head, *rows = matrix_rows(plan)
        yield _table([markdown_text(cell) for cell in head],
                     [[markdown_text(cell) for cell in row] for row in rows])  # fmt: skip
    yield "## Measures, in the order in which they are due"
    for measure in plan.measures:
        yield from _measure(measure)
    opened = still_open(plan)
    yield "## Still open"
    yield (
        _items(
            [
                f"{gap.way_id}"
                + (f" at {markdown_text(gap.boundary)}" if gap.boundary else "")
                + f": {markdown_text(gap.reason, limit=800)}"
                + "".join(f"\n  - instead: {markdown_text(text)}" for text in gap.alternatives)
                for gap in opened
            ]
        )
        if opened
        else "Nothing, once all of the above is done."
    )
    yield "## Rules and their undo"
    for rules in plan.rules:
        yield from _rules(rules)


def _way(way: Way) -> list[str]:
    port = f"/{way.port}" if way.port is not None else ""
    return [
        way.id + ("" if way.certain else " (perhaps)"),
        markdown_code(way.src, in_table=True),
        markdown_code(way.dst, in_table=True),
        markdown_code(way.name, in_table=True) if way.name else "",
        markdown_text(f"{way.protocol}{port}"),
        markdown_text(way.purpose, limit=200),
        str(way.pap or ""),
    ]


def _measure(measure: Measure) -> Iterator[str]:
    kind = KINDS[measure.kind]
    yield f"### {measure.id}: {markdown_text(measure.title)}"
    ids = ", ".join(filter(None, (measure.d3fend, measure.react, kind.mitigation)))
    facts = [
        f"IRM-5 {kind.line}" + (f"; {ids}" if ids else ""),
        f"Who: {markdown_text(measure.owner)}" if measure.owner else "",
        f"Ways: {', '.join(measure.covers)}" if measure.covers else "",
        f"After: {', '.join(measure.after)}" if measure.after else "",
        f"Commands: {', '.join(c.id for c in measure.commands)}" if measure.commands else "",
        f"For: {measure.duration_s:,} s; {measure.reversibility}",
        f"Expected: {markdown_text(measure.expected_effect)}" if measure.expected_effect else "",
        f"Needs the word of: {markdown_text(', '.join(measure.approvals))}, beside IT"
        if measure.approvals
        else "",
        "Waits for the crisis cell when the issue is strategic" if kind.is_strategic else "",
    ]
    harms = [f"Harms {_harm(harm)}" for harm in measure.harms[:_MOST_HARMS]]
    if len(measure.harms) > _MOST_HARMS:
        harms.append(f"Harms {len(measure.harms) - _MOST_HARMS} more")
    if measure.commands and not harms:
        harms = ["Harms nothing that was recorded"]
    yield _items([fact for fact in (*facts, *harms) if fact])
    if measure.instructions:
        yield "Steps:"
        yield "\n".join(
            f"{n}. {markdown_text(step)}" for n, step in enumerate(measure.instructions, 1)
        )
        yield "Taken back:"
        yield _items([markdown_text(step) for step in measure.undo_instructions])


def _harm(harm: Harm) -> str:
    vital = "**vital** " if harm.critical else ""
    owner = f", owner {markdown_text(harm.owner)}" if harm.owner else ""
    return (
        f"{vital}{markdown_text(harm.what, limit=200)}{owner}: {count_text(harm.flows, 'flow')}, "
        f"{size_text(harm.bytes)}, {count_text(harm.hosts, 'host')}"
    )


def _rules(rules: Rules) -> Iterator[str]:
    said = count_text(len(rules.command_ids), "command")
    yield f"### {markdown_text(rules.point)} ({markdown_text(rules.actuator)}), {said}"
    if rules.refused:
        refused = sorted(rules.refused.items())
        yield _items([f"{command} is refused: {markdown_text(why)}" for command, why in refused])
    for label, text in (("Do", rules.do), ("Undo", rules.undo)):
        if text:
            yield f"{label}:"
            yield indented(text.rstrip("\n"), limit=None)


def _items(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
