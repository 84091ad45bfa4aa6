"""The IRM-5 checklist, phase by phase, with the status it honestly has."""

from __future__ import annotations

from netcordon.model.document import Document, PhaseStatus
from netcordon.model.section import Block, Group, Line, Section, Table, Tag, Text, Tone

_TONES: dict[str, Tone] = {
    "done": "good", "met": "good", "pass": "good", "yes": "good",
    "partly": "limited", "partial": "limited", "in progress": "limited",
    "open": "poor", "not done": "poor", "failed": "poor", "no": "poor",
}  # fmt: skip


def write(document: Document) -> list[Block]:
    """A table for each phase, in the order the lines came."""
    if not document.phases:
        return [Text("No checklist was attached to this report.")]
    phases: dict[str, list[PhaseStatus]] = {}
    for line in document.phases:
        phases.setdefault(line.phase, []).append(line)
    return [_phase(name, lines) for name, lines in phases.items()]


def _phase(name: str, lines: list[PhaseStatus]) -> Group:
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.status] = counts.get(line.status, 0) + 1
    summary = ", ".join(f"{count} {status}" for status, count in counts.items())
    rows: tuple[tuple[Line, ...], ...] = tuple(
        (
            line.id,
            Tag(line.status, _TONES.get(line.status.lower(), "neutral")),
            line.line,
            line.where,
        )
        for line in lines
    )
    columns = ("Line", "Status", "What the sheet asks", "Where")
    table = Table(caption="", columns=columns, rows=rows)
    return Group(heading=(name, f": {summary}"), blocks=(table,), folded=True)


SECTION = Section(heading="IRM-5 checklist", irm=("G3",), write=write)
