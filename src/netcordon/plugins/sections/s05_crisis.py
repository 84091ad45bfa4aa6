"""What makes the case strategic, what waits for the crisis cell, and what the cell decided."""

from __future__ import annotations

from netcordon.model.crisis import Crisis
from netcordon.model.document import Document
from netcordon.model.quantity import time_text
from netcordon.model.section import Block, Items, Section, Strong, Table

_MOST = 200


def write(document: Document) -> list[Block]:
    """The banner and the decision log; nothing for a case that is not strategic."""
    if not document.crisis:
        return []
    first, *rest = document.crisis
    blocks: list[Block] = [Items((Strong(first), *rest))]
    cell = document.case.crisis if document.case else None
    if cell and cell.decisions:
        blocks.append(_decisions(cell))
    return blocks


def _decisions(cell: Crisis) -> Table:
    rows = tuple(
        (time_text(each.time), each.name, each.role.upper(), each.text, each.bearing or "none")
        for each in cell.decisions
    )
    return Table(
        caption="",
        columns=("UTC", "Who", "As", "Decided", "On strategic measures"),
        rows=rows[-_MOST:],
        left_out=max(len(rows) - _MOST, 0),
        where_all="netcordon crisis show --json",
    )


SECTION = Section(heading="Crisis", irm=("C1", "C9"), write=write)
