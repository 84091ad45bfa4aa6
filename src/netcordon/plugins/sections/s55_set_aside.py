"""What was found and does not count because somebody allowed or suppressed it; the allow-list."""

from __future__ import annotations

from netcordon.model.casework import Allowance, SetAside
from netcordon.model.document import Document
from netcordon.model.quantity import time_text
from netcordon.model.section import Block, Code, Line, Section, Table, Tag, Text

_MOST = 200


def write(document: Document) -> list[Block]:
    """The findings set aside, then every entry of the allow-list; nothing without either."""
    if not document.set_aside and not document.allowances:
        return []
    blocks: list[Block] = []
    if document.set_aside:
        blocks.append(_findings(document.set_aside))
    else:
        blocks.append(Text("Nothing that was found is covered by the allow-list."))
    if document.allowances:
        blocks.append(_entries(document))
    return blocks


def _findings(aside: tuple[SetAside, ...]) -> Table:
    rows: tuple[tuple[Line, ...], ...] = tuple(
        (
            Tag(a.finding.severity.value, a.finding.severity.value),
            a.finding.title,
            Code(a.finding.id),
            f"{a.by}: {a.label}",
            a.who,
            a.reason,
            time_text(a.until),
        )
        for a in aside[:_MOST]
    )
    return Table(
        caption="Found, and set aside: these made no incident",
        columns=("Severity", "Finding", "Id", "By", "Who answers", "Why", "Comes back, UTC"),
        rows=rows,
        left_out=max(len(aside) - _MOST, 0),
    )


def _entries(document: Document) -> Table:
    counts: dict[str, int] = {}
    for aside in document.set_aside:
        counts[aside.by] = counts.get(aside.by, 0) + 1
    rows = tuple(_entry(a, counts.get(a.id, 0), document) for a in document.allowances[:_MOST])
    return Table(
        caption="The allow-list",
        columns=("Id", "Allowed", "Owner", "Why", "Written by", "Until, UTC", "Findings"),
        rows=rows,
        left_out=max(len(document.allowances) - _MOST, 0),
    )


def _entry(allowance: Allowance, count: int, document: Document) -> tuple[Line, ...]:
    in_force = allowance.in_force(document.generated_time)
    return (
        Code(allowance.id),
        allowance.label(),
        allowance.owner,
        allowance.reason,
        allowance.author,
        time_text(allowance.expires),
        str(count) if in_force else Tag("expired, no longer applied", "limited"),
    )


SECTION = Section(heading="Allowed and suppressed", irm=("I11",), write=write)
