"""Who said yes or no to which plan of the case."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.model.approval import Word
from netcordon.model.document import Document
from netcordon.model.quantity import time_text
from netcordon.model.section import Block, Code, Group, Line, Section, Table, Tag, Text
from netcordon.model.statement import Consent, SignOff

_MOST = 200


def write(document: Document) -> list[Block]:
    """What was said of plans, and who validated their processes; nothing while nobody did."""
    words = document.case.approvals if document.case else ()
    signed = document.case.validations if document.case else ()
    return [*_words(words), *_validations(signed)]


def _words(words: Sequence[Word]) -> list[Block]:
    if not words:
        return []
    table = Table(
        caption="",
        columns=("UTC", "Plan", "Who", "As", "Said", "Until", "Why"),
        rows=tuple(map(_row, words[-_MOST:])),
        left_out=max(len(words) - _MOST, 0),
        where_all="netcordon contain approvals --json",
    )
    proof = Text(
        "Each is signed over the hash of the plan and its rehearsal; netcordon contain approvals "
        "--export writes the proof.",
        muted=True,
    )
    return [table, proof]


def _validations(signed: Sequence[SignOff]) -> list[Block]:
    if not signed:
        return []
    rows = tuple(
        (time_text(each.time), Code(each.plan_id), each.name, Code(each.fingerprint[:16]),
         Code(each.process[:16]), each.note)
        for each in signed[-_MOST:]
    )  # fmt: skip
    table = Table(
        caption="",
        columns=("UTC", "Plan", "Who", "Key", "Process", "Note"),
        rows=rows,
        left_out=max(len(signed) - _MOST, 0),
        where_all="netcordon contain approvals --json",
    )
    return [Group(heading="The remediation process was validated", blocks=(table,))]


def _row(word: Word) -> tuple[Line, ...]:
    says = word.says
    said: Line = "yes"
    until, why = "", ""
    if isinstance(says, Consent):
        until = time_text(says.expires_time)
        why = says.note
        if says.override:
            said, why = Tag("yes, against the rehearsal", "poor"), says.override
    else:
        said, why = Tag("no", "poor"), says.reason
    gone = word.void or word.withdrawn
    if gone:
        said, why = Tag("void" if word.void else "taken back", "limited"), gone
    return (
        time_text(says.time), Code(says.plan_id), word.person.name, word.seat, said, until, why,
    )  # fmt: skip


SECTION = Section(heading="Approvals", irm=("C5", "M4", "M7"), write=write)
