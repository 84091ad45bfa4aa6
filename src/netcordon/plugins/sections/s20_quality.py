"""How good the recording is, and what can therefore not be concluded. Said before any finding."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.section import Block, Group, Section, Table, Tag, Text

_MOST = 40


def write(document: Document) -> list[Block]:
    """A group for each judged capture, worst defects first."""
    if not document.capture_quality:
        return [Text("The quality of this evidence was not assessed. Treat silence as unknown.")]
    paths = {e.id: e.path for e in document.evidence}
    out: list[Block] = []
    for quality in document.capture_quality[:_MOST]:
        blocks: list[Block] = [Text(quality.summary)]
        if quality.defects:
            rows = tuple(
                (
                    d.name.replace("_", " "),
                    "" if d.share is None else f"{d.share:.1%}",
                    d.what,
                    d.consequence,
                )
                for d in quality.defects
            )
            columns = ("Defect", "Share", "Measured", "So it cannot be concluded")
            blocks.append(Table(caption="Defects of the capture", columns=columns, rows=rows))
        name = paths.get(quality.evidence_id, quality.evidence_id)
        out.append(
            Group(
                heading=(Tag(quality.grade, quality.grade.value), " ", name),
                blocks=tuple(blocks),
                anchor=f"quality-{quality.evidence_id}",
            )
        )
    if len(document.capture_quality) > _MOST:
        left = len(document.capture_quality) - _MOST
        out.append(Text(f"{left} more captures are judged in report.json.", muted=True))
    return out


SECTION = Section(heading="How far this can be trusted", irm=("I14",), write=write)
