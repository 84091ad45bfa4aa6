"""What was looked for, and what each detector cannot see: how far silence can be trusted."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.section import Block, Section, Table, Tag, Text


def write(document: Document) -> list[Block]:
    """One row for each detector."""
    if not document.checks:
        return [Text("Which detectors ran was not recorded; judge silence with care.")]
    rows = tuple(
        (
            c.title,
            Tag("could not run", "poor") if c.skipped else Tag("ran", "good"),
            c.skipped or (f"{c.findings:,}" if c.findings else "none"),
            c.minimum_sample or "not stated",
            c.blind_spots or "not stated",
        )
        for c in document.checks
    )
    columns = ("Behaviour", "Check", "Findings, or why not", "Stays silent below", "Cannot see")
    return [Table(caption="", columns=columns, rows=rows)]


SECTION = Section(heading="What was looked for", irm=("I14",), write=write)
