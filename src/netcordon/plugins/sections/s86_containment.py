"""What was done to contain the case: plans, and where each measure is."""

from __future__ import annotations

from netcordon.model.contained import ContainedMeasure, ContainedPlan
from netcordon.model.document import Document
from netcordon.model.quantity import count_text, time_text
from netcordon.model.section import Block, Code, Group, Line, Section, Table, Tag, Text

_MOST = 200
_POOR = frozenset({"failed", "drifted", "rolled back"})
_GOOD = frozenset({"verified", "active", "done"})


def write(document: Document) -> list[Block]:
    """Plans with their measures; nothing while nobody made one."""
    plans = document.case.contained if document.case else ()
    return [block for plan in plans for block in _plan(plan)]


def _plan(plan: ContainedPlan) -> list[Block]:
    table = Table(
        caption="",
        columns=("Measure", "What", "Stops", "State", "Since", "Until", "Who", "Why"),
        rows=tuple(map(_row, plan.measures[:_MOST])),
        left_out=max(len(plan.measures) - _MOST, 0),
        where_all="netcordon contain status --json",
    )
    heading: Line = ("Plan ", Code(plan.id))
    said = f"Made {time_text(plan.made_time)} UTC by {plan.author}; {_rehearsed(plan)}."
    if not plan.begun:
        said += " Nothing of it is in force."
    if plan.open_ways:
        said += (
            f" It leaves {count_text(len(plan.open_ways), 'way')} of the attacker open: "
            f"{', '.join(plan.open_ways)}."
        )
    hashed = Text(f"Its hash, which approvals name: {plan.hash}", muted=True)
    return [Group(heading=heading, blocks=(Text(said), table, hashed))]


def _rehearsed(plan: ContainedPlan) -> str:
    if plan.rehearsed is None or plan.rehearsed_time is None:
        return "it was not rehearsed"
    verdict = "passed" if plan.rehearsed else "did not pass"
    return f"its rehearsal of {time_text(plan.rehearsed_time)} UTC {verdict}"


def _row(measure: ContainedMeasure) -> tuple[Line, ...]:
    return (
        Code(measure.id),
        measure.title,
        ", ".join(measure.covers),
        _state(measure),
        time_text(measure.since) if measure.since else "",
        time_text(measure.until) if measure.until else "",
        measure.owner or ("a person" if measure.by_people else ""),
        measure.why,
    )


def _state(measure: ContainedMeasure) -> Line:
    if not measure.states:
        return "open: a person's task" if measure.by_people else "planned"
    words = ", ".join(measure.states)
    worst = measure.states[0]
    if worst in _POOR:
        return Tag(words, "poor")
    return Tag(words, "good") if worst in _GOOD else Tag(words, "limited")


SECTION = Section(heading="Containment", irm=("C0", "C2", "C7", "M7"), write=write)
