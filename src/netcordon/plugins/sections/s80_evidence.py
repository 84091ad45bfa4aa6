"""The evidence register: every file with its hash, what was read of it and what was not."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.evidence import Evidence
from netcordon.model.quantity import size_text, window_text
from netcordon.model.section import Block, Code, Facts, Group, Line, Section, Table, Text

_MOST, _MOST_OPEN = 60, 5


def write(document: Document) -> list[Block]:
    """A group for each file."""
    if not document.evidence:
        return [Text("No evidence was taken in.")]
    out: list[Block] = [
        _file(evidence, folded=place >= _MOST_OPEN)
        for place, evidence in enumerate(document.evidence[:_MOST])
    ]
    if len(document.evidence) > _MOST:
        left = len(document.evidence) - _MOST
        out.append(Text(f"{left:,} more files are listed in report.json.", muted=True))
    return out


def _file(evidence: Evidence, *, folded: bool) -> Group:
    refused = sum(evidence.refused.values())
    unit = "lines" if evidence.facts.get("is_log") else "frames"
    blocks: list[Block] = [
        Facts(
            (
                ("SHA-256", Code(evidence.sha256)),
                (
                    "Kind",
                    f"{evidence.kind}, {size_text(evidence.bytes)} ({evidence.bytes:,} bytes)",
                ),
                ("Read", f"{evidence.records:,} {unit}"),
                ("Not decoded", f"{refused:,} {unit}" if refused else "none"),
                ("Recorded", window_text(evidence.first_time, evidence.last_time)),
                ("Id", Code(evidence.id)),
            )
        )
    ]
    rows: list[tuple[Line, ...]] = [
        ("not decoded", reason.replace("_", " "), f"{count:,}", "")
        for reason, count in sorted(evidence.refused.items(), key=lambda r: (-r[1], r[0]))[:20]
    ]
    rows += [
        (w.code, w.what, f"{w.count:,}", "" if w.frame is None else f"{w.frame:,}")
        for w in evidence.warnings[:30]
    ]
    if rows:
        columns = ("Code", "What", "Times", f"First {unit.removesuffix('s')}")
        left = max(len(evidence.warnings) - 30, 0) + max(len(evidence.refused) - 20, 0)
        caption = "What could not be read or must be doubted"
        blocks.append(Table(caption=caption, columns=columns, rows=tuple(rows), left_out=left))
    return Group(
        heading=evidence.path, blocks=tuple(blocks), anchor=f"ev-{evidence.id}", folded=folded
    )


SECTION = Section(heading="Evidence", irm=("I18", "L1"), write=write)
