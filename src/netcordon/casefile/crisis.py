"""The crisis cell of a case in the journal: called, decisions, reports, stood down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from netcordon.casefile.approvals import CLOCKS_DIFFER
from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.casefile.people import People, people
from netcordon.casefile.signed import digest, holds, said
from netcordon.model.approval import Signed
from netcordon.model.crisis import Crisis, Decision, Member, Sitrep
from netcordon.model.handling import TLP
from netcordon.model.person import Person, Role
from netcordon.model.plan import Posture
from netcordon.model.statement import CrisisEnd, CrisisWord

DECLARED = "crisis.declared"
DECIDED = "crisis.decided"
REPORTED = "crisis.reported"
ENDED = "crisis.ended"

_MAY = {
    "": frozenset({Role.CISO, Role.IT, Role.BUSINESS}),
    "unlock": frozenset({Role.CISO}),
    "lock": frozenset({Role.CISO}),
    "override": frozenset({Role.CISO, Role.IT, Role.BUSINESS}),
}
"""What a decision bears on -> roles that may take it."""


def crisis(journal: Journal, case_id: str, until: datetime | None = None) -> Crisis:
    """The cell of a case as it stood; every signature is checked again."""
    entries = journal.entries(KINDS, case_id)
    known = people(journal, until)
    return fold((e for e in entries if until is None or e.time <= until), case_id, known)


def fold(entries: Iterable[Entry], case_id: str, known: People) -> Crisis:
    """The same from entries of ``KINDS`` about one case."""
    found = Crisis(case_id=case_id)
    for entry in entries:
        found = _STEPS[entry.kind](found, entry, known)
    return found


def _declared(before: Crisis, entry: Entry, _: People) -> Crisis:
    told = entry.payload
    return replace(
        before,
        declared_time=entry.time,
        declared_by=entry.author,
        reason=told["reason"],
        posture=Posture(told["posture"]),
        tlp=TLP(told["tlp"]),
        every_min=told["every_min"],
        members=tuple(Member(**each) for each in told["members"]),
        ended_time=None,
        ended_by="",
        ended_reason="",
        anew_time=before.anew_time if before.ended_time is None else entry.time,
    )


def _decided(before: Crisis, entry: Entry, known: People) -> Crisis:
    signed = _signed(entry)
    says = said(CrisisWord, signed)
    person = known.by_id.get(says.person_id) if says else None
    if says is None or person is None or says.case_id != before.case_id:
        return before
    id_ = f"dec-{digest(signed)[:10]}"
    may = says.role in person.roles and says.role in _MAY.get(says.bearing, frozenset())
    again = any(decision.id == id_ for decision in before.decisions)
    if not may or again or not _counts(entry, signed, person, says.time):
        return before
    decision = Decision(
        id=id_, time=entry.time, name=person.name, role=says.role, text=says.text,
        bearing=says.bearing,
    )  # fmt: skip
    return replace(before, decisions=(*before.decisions, decision))


def _reported(before: Crisis, entry: Entry, _: People) -> Crisis:
    told = entry.payload
    report = Sitrep(
        number=told["number"], time=entry.time, sha256=told["sha256"], author=entry.author
    )
    return replace(before, sitreps=(*before.sitreps, report))


def _ended(before: Crisis, entry: Entry, known: People) -> Crisis:
    signed = _signed(entry)
    says = said(CrisisEnd, signed)
    person = known.by_id.get(says.person_id) if says else None
    if says is None or person is None or says.case_id != before.case_id or not before.sits:
        return before
    since = before.declared_time is not None and says.time >= before.declared_time
    if Role.CISO not in person.roles or not since:
        return before
    if not _counts(entry, signed, person, says.time):
        return before
    return replace(before, ended_time=entry.time, ended_by=person.name, ended_reason=says.reason)


def _counts(entry: Entry, signed: Signed, person: Person, time: datetime) -> bool:
    in_time = abs(entry.time - time) <= CLOCKS_DIFFER
    void = person.why_void(entry.seq, max(time, entry.time))
    return in_time and holds(signed, person.public_key) and not void


def _signed(entry: Entry) -> Signed:
    told = entry.payload
    return Signed(statement=str(told["statement"]), signature=str(told["signature"]))


_STEPS: Mapping[str, Callable[[Crisis, Entry, People], Crisis]] = {
    DECLARED: _declared,
    DECIDED: _decided,
    REPORTED: _reported,
    ENDED: _ended,
}

KINDS = tuple(_STEPS)
"""Kinds of journal entries that a crisis is made of; the subject is the case."""


def record_declaration(
    journal: Journal,
    case_id: str,
    *,
    reason: str,
    posture: Posture,
    tlp: TLP,
    every_min: int,
    members: Iterable[Member],
) -> None:
    """Call the cell, or say anew who sits in it and how it works.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    payload = {
        "reason": reason,
        "posture": posture,
        "tlp": tlp,
        "every_min": every_min,
        "members": list(members),
    }
    journal.append([Draft(DECLARED, case_id, payload)])


def record_decision(journal: Journal, case_id: str, signed: Signed) -> None:
    """Put a decision into the log.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(DECIDED, case_id, signed)])


def record_sitrep(journal: Journal, case_id: str, number: int, sha256: str) -> None:
    """Say that a report on the situation was written.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(REPORTED, case_id, {"number": number, "sha256": sha256})])


def record_end(journal: Journal, case_id: str, signed: Signed) -> None:
    """Stand the cell down.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(ENDED, case_id, signed)])
