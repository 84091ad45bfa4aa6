"""Where each incident comes from, how sure that is, and what would look the same."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.quantity import count_text
from netcordon.model.section import Block, Items, Line, Ref, Section, Strong, Text, commas

_MOST = 20


def write(document: Document) -> list[Block]:
    """A statement for each incident; nothing without incidents."""
    by_id = {a.incident_id: a for a in document.attributions}
    incidents = [i for i in document.worst_first() if i.id in by_id]
    blocks: list[Block] = []
    for incident in incidents[:_MOST]:
        attribution = by_id[incident.id]
        blocks.append(Text((Ref(incident.id, incident.title), ": ", Strong(attribution.statement))))
        lines: list[Line] = []
        if attribution.source:
            shown = [Ref(f, f) for f in attribution.source.finding_ids[:10]]
            lines.append((attribution.source.why, " Shown by ", *commas(shown)))
        lines += [f"What else would look the same: {said}" for said in attribution.alternatives]
        if lines:
            blocks.append(Items(tuple(lines)))
    if len(incidents) > _MOST:
        left = count_text(len(incidents) - _MOST, "more incident")
        blocks.append(Text(f"{left} in report.json.", muted=True))
    return blocks


SECTION = Section(heading="Where it comes from", irm=("I17",), write=write)
