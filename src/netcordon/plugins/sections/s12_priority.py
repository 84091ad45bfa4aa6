"""In which order to work on the incidents: what is hit, how sure it is, how far it has spread."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.incident import Incident
from netcordon.model.priority import Priority
from netcordon.model.section import Block, Line, Ref, Section, Strong, Table, Text

_MOST = 20


def write(document: Document) -> list[Block]:
    """A row for each incident with its factors; nothing without incidents."""
    incidents = {incident.id: incident for incident in document.incidents}
    ranked = [p for p in document.priorities if p.incident_id in incidents]
    if not ranked:
        return []
    rows = tuple(
        _row(place, priority, incidents[priority.incident_id])
        for place, priority in enumerate(ranked[:_MOST], 1)
    )
    explained = Text(
        "Priority is impact (1 to 5, as netcordon.toml declares) × certainty (0 to 1) × spread "
        "(1 for one host, 2 for ten, 3 for a hundred).",
        muted=True,
    )
    columns = ("Order", "Incident", "Priority", "Why", "Who answers for it")
    left_out = max(len(ranked) - _MOST, 0)
    return [Table(caption="", columns=columns, rows=rows, left_out=left_out), explained]


def _row(place: int, priority: Priority, incident: Incident) -> tuple[Line, ...]:
    why = "; ".join(f"{f.name} {f.value:g}: {f.why}" for f in priority.factors)
    return (
        str(place),
        Ref(incident.id, incident.title),
        Strong(f"{priority.value:g}"),
        why,
        ", ".join(priority.owners) or "not declared",
    )


SECTION = Section(heading="Work in this order", irm=("I14",), write=write)
