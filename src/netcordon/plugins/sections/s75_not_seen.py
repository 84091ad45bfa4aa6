"""What could not be read, seen or judged. Silence is an answer that must be earned."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.section import Block, Items, Section, Text

_MOST = 60


def write(document: Document) -> list[Block]:
    """A list of sentences."""
    if not document.not_seen:
        if not any(e.records for e in document.evidence):
            return [Text("Nothing was read, so nothing was seen.")]
        return [Text("Nothing is known to be missing from this evidence.")]
    lines = document.not_seen[:_MOST]
    left = len(document.not_seen) - _MOST
    return [Items((*lines, f"and {left:,} more in report.json") if left > 0 else lines)]


SECTION = Section(heading="What could not be seen", irm=("I14", "I16"), write=write)
