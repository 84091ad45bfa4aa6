"""Cases as they stand: the fold of the journal. Nothing about a case is kept anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from netcordon.casefile.journal import Entry
from netcordon.model.casework import Closing, Edit, Move, Note, Ruling, Statement

OPENED = "case.opened"
RETITLED = "case.retitled"
RUN = "run.recorded"
NOTED = "case.noted"
NOTE_EDITED = "case.note_edited"
ASSIGNED = "case.assigned"
STATED = "case.stated"
MOVED = "case.moved"
CLOSED = "case.closed"
REOPENED = "case.reopened"

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of ``investigate``.

    Attributes:
        id: ``run-0001`` and on, in the order of the workspace.
        case_id: the case it belongs to.
        options: what it was told.
        versions: of netcordon, its libraries and other programs whose work is in the result.
        evidence_ids: what it looked at.
        outcome: verdict, severity, report path and the like, as the caller gave it.
        finding_ids: what it found, in the order of the report; then what was set aside.
        incident_ids: likewise.
        entries: id of a finding or incident -> journal entry that holds it.
    """

    id: str
    case_id: str
    time: datetime
    author: str
    options: JsonObject
    versions: JsonObject
    evidence_ids: tuple[str, ...]
    outcome: JsonObject
    finding_ids: tuple[str, ...]
    incident_ids: tuple[str, ...]
    entries: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case: what a responder talks about.

    Attributes:
        status: ``open`` or ``closed``.
        phase: one of IRM-5's six, in lower case.
        named: whether a person gave the title; else the latest run does.
        source: how it came to notice, as a person said it; empty when nobody did.
        assignee: who leads it; empty when nobody does.
        closings: every closing and reopening, oldest first.
    """

    id: str
    title: str
    status: str
    phase: str
    opened_time: datetime
    opened_by: str = ""
    named: bool = False
    source: str = ""
    assignee: str = ""
    runs: tuple[Run, ...] = ()
    notes: tuple[Note, ...] = ()
    statements: tuple[Statement, ...] = ()
    moves: tuple[Move, ...] = ()
    closings: tuple[Closing, ...] = ()


def fold(entries: Iterable[Entry]) -> dict[str, Case]:
    """Cases by id, in the order they were opened, from entries of the kinds in ``KINDS``."""
    cases: dict[str, Case] = {}
    for entry in entries:
        if entry.kind == OPENED:
            cases[entry.subject] = _opened(entry)
        elif entry.kind == RUN:
            run = run_of(entry)
            case = cases[run.case_id]
            cases[case.id] = replace(case, runs=(*case.runs, run))
        else:
            cases[entry.subject] = _STEPS[entry.kind](cases[entry.subject], entry)
    return cases


def run_of(entry: Entry) -> Run:
    """The run that an entry of kind ``RUN`` records."""
    payload = entry.payload
    return Run(
        id=entry.subject,
        case_id=payload["case_id"],
        time=entry.time,
        author=entry.author,
        options=payload["options"],
        versions=payload["versions"],
        evidence_ids=tuple(payload["evidence_ids"]),
        outcome=payload["outcome"],
        finding_ids=tuple(payload["finding_ids"]),
        incident_ids=tuple(payload["incident_ids"]),
        entries=payload["entries"],
    )


def _opened(entry: Entry) -> Case:
    return Case(
        id=entry.subject,
        title=entry.payload["title"],
        status=entry.payload["status"],
        phase=entry.payload["phase"],
        opened_time=entry.time,
        opened_by=entry.author,
        named=entry.payload.get("named", False),
        source=entry.payload.get("source", ""),
    )


def _retitled(case: Case, entry: Entry) -> Case:
    return replace(case, title=entry.payload["title"])


def _noted(case: Case, entry: Entry) -> Case:
    note = Note(
        id=entry.payload["id"],
        case_id=case.id,
        about=entry.payload["about"],
        object_id=entry.payload["object_id"],
        wordings=(_wording(entry),),
    )
    return replace(case, notes=(*case.notes, note))


def _note_edited(case: Case, entry: Entry) -> Case:
    notes = tuple(
        replace(note, wordings=(*note.wordings, _wording(entry)))
        if note.id == entry.payload["id"]
        else note
        for note in case.notes
    )
    return replace(case, notes=notes)


def _wording(entry: Entry) -> Edit:
    return Edit(text=entry.payload["text"], author=entry.author, time=entry.time)


def _assigned(case: Case, entry: Entry) -> Case:
    return replace(case, assignee=entry.payload["person"])


def _stated(case: Case, entry: Entry) -> Case:
    statement = Statement(
        condition=entry.payload["condition"],
        text=entry.payload["text"],
        author=entry.author,
        time=entry.time,
    )
    return replace(case, statements=(*case.statements, statement))


def _moved(case: Case, entry: Entry) -> Case:
    payload = entry.payload
    move = Move(
        origin=payload["origin"],
        target=payload["target"],
        author=entry.author,
        time=entry.time,
        reason=payload["reason"],
        forced=payload["forced"],
        missing=tuple(payload["missing"]),
    )
    return replace(case, phase=move.target, moves=(*case.moves, move))


def _closed(case: Case, entry: Entry) -> Case:
    closing = Closing(
        ruling=Ruling(entry.payload["ruling"]),
        reason=entry.payload["reason"],
        author=entry.author,
        time=entry.time,
        missing=tuple(entry.payload["missing"]),
    )
    return replace(case, status="closed", closings=(*case.closings, closing))


def _reopened(case: Case, entry: Entry) -> Case:
    closing = Closing(
        ruling=None, reason=entry.payload["reason"], author=entry.author, time=entry.time
    )
    return replace(case, status="open", closings=(*case.closings, closing))


_STEPS: Mapping[str, Callable[[Case, Entry], Case]] = {
    RETITLED: _retitled,
    NOTED: _noted,
    NOTE_EDITED: _note_edited,
    ASSIGNED: _assigned,
    STATED: _stated,
    MOVED: _moved,
    CLOSED: _closed,
    REOPENED: _reopened,
}

KINDS = (OPENED, RUN, *_STEPS)
"""Kinds of journal entries that cases are made of."""
