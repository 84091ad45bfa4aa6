"""What people put on record about the case: phases, gates passed by force, notes, closings."""

from __future__ import annotations

from netcordon.model.casework import CaseRecord, Closing, Move, Note, Statement
from netcordon.model.document import Document
from netcordon.model.quantity import time_text
from netcordon.model.section import Block, Code, Facts, Group, Line, Section, Table, Tag

_MOST = 500


def write(document: Document) -> list[Block]:
    """The record; nothing while nobody did anything."""
    case = document.case
    if case is None:
        return []
    blocks: list[Block] = [_head(case)]
    parts = (
        ("Phases", tuple(map(_move, case.moves)), ("UTC", "Who", "From → to", "How", "Why")),
        (
            "Statements",
            tuple(map(_statement, case.statements)),
            ("UTC", "Who", "Condition", "Says"),
        ),
        ("Notes", tuple(map(_note, case.notes)), ("UTC", "Who", "Note", "On", "Text")),
        ("Closed and reopened", tuple(map(_closing, case.closings)), ("UTC", "Who", "What", "Why")),
    )
    for heading, rows, columns in parts:
        if rows:
            table = Table(
                caption="",
                columns=columns,
                rows=rows[-_MOST:],
                left_out=max(len(rows) - _MOST, 0),
                where_all="netcordon case show --json",
            )
            blocks.append(Group(heading=heading, blocks=(table,)))
    return blocks


def _head(case: CaseRecord) -> Facts:
    pairs: list[tuple[str, Line]] = [("Case", Code(case.id))]
    if case.title:
        pairs.append(("Title", case.title))
    pairs += [
        ("Status", f"{case.status}, phase {case.phase}"),
        ("Led by", case.assignee or "nobody yet"),
        ("Noticed through", case.source or "not recorded"),
    ]
    return Facts(tuple(pairs))


def _move(move: Move) -> tuple[Line, ...]:
    how: Line = "gates passed" if not move.reason else "went back"
    why = move.reason
    if move.forced:
        how = Tag("by force", "poor")
        why = f"{move.reason} (missing: {'; '.join(move.missing)})"
    return (time_text(move.time), move.author, f"{move.origin} → {move.target}", how, why)


def _statement(statement: Statement) -> tuple[Line, ...]:
    return (time_text(statement.time), statement.author, statement.condition, statement.text)


def _note(note: Note) -> tuple[Line, ...]:
    last = note.wordings[-1]
    worded = f" (worded {len(note.wordings)} times)" if len(note.wordings) > 1 else ""
    on = "the case" if note.about == "case" else f"{note.about} {note.object_id}"
    return (
        time_text(last.time),
        last.author,
        note.id + worded,
        on,
        " / ".join(note.text.splitlines()),
    )


def _closing(closing: Closing) -> tuple[Line, ...]:
    what: Line = "reopened"
    why = closing.reason
    if closing.ruling:
        what = f"closed as {closing.ruling.value}"
    if closing.missing:
        what = Tag(f"{what} by force", "poor")
        why = f"{closing.reason} (missing: {'; '.join(closing.missing)})"
    return (time_text(closing.time), closing.author, what, why)


SECTION = Section(heading="Case record", irm=("G1", "G3", "I11"), write=write)
