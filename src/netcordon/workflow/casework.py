"""What a person does with a case: open, note, assign, confirm, move on, close.

All but closing works while an investigation runs: an entry of the journal waits only for another
entry. What a run reports was decided without what is said meanwhile; the next one takes it up.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.casefile.cases import Case, latest_open
from netcordon.casefile.lock import running
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.model.casework import Ruling
from netcordon.phases.checklist import SIX
from netcordon.phases.sheet import Condition
from netcordon.workflow import gates
from netcordon.workflow.gates import Check
from netcordon.workflow.typed import NOTE, PERSON, REASON, TITLE, said

Clock = Callable[[], datetime]

_FIRST = ("preparation", "identification")
"""Phases a case may begin in."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step through a gate, made or refused.

    Attributes:
        case: as it stands afterwards.
        checks: the conditions on the way.
        made: false when conditions are missing and nobody forced it; then nothing was done.
    """

    case: Case
    checks: tuple[Check, ...]
    made: bool

    @property
    def missing(self) -> tuple[Check, ...]:
        """Conditions that nothing shows."""
        return tuple(check for check in self.checks if not check.met_by)


def new_case(workspace: Path, title: str, *, phase: str, source: str, clock: Clock) -> Case:
    """Open a case that keeps its title, whatever investigations say.

    The workspace is made when it is missing. ``source`` says how the matter came to notice (a call
    to the help desk, for instance) and may be empty.

    Raises:
        UsageError: NC-801 no title, NC-804 a phase in which no case can begin.
    """
    title = said(title, "the title", TITLE)
    source = said(source, "the source", REASON) if source else ""
    if phase not in _FIRST:
        raise UsageError(
            "NC-804",
            f"A case cannot begin in phase {phase!r}.",
            "the phases before it have gates",
            f"begin in {' or '.join(_FIRST)}, then: netcordon case phase",
        )
    with open_workspace(workspace, create=True, clock=clock, beside=True) as opened:
        return opened.cases.open_new(title, phase=phase, source=source)


def run_beside(workspace: Path) -> str | None:
    """The investigation that works on a workspace now, in words; ``None`` when none does."""
    try:
        return running(workspace)
    except OSError:
        return None


def add_note(workspace: Path, case_id: str | None, text: str, *, about: str, clock: Clock) -> str:
    """Add a note about a finding, incident, piece of evidence or address; empty is the case.

    Returns:
        The id of the note.

    Raises:
        UsageError: NC-801 no text, NC-802 nothing is called so, NC-810 no case is open.
    """
    text = said(text, "the note", NOTE)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        kind, object_id = _object(opened, case, about)
        return opened.cases.note(case.id, text, about=kind, object_id=object_id)


def edit_note(workspace: Path, note_id: str, text: str, *, clock: Clock) -> Case:
    """Word a note anew; its case. What it said before stays on record.

    Raises:
        UsageError: NC-801 no text, NC-802 there is no such note.
    """
    text = said(text, "the note", NOTE)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        for case in opened.cases.cases():
            if any(note.id == note_id for note in case.notes):
                opened.cases.edit_note(case.id, note_id, text)
                return opened.cases.case(case.id)
    raise UsageError(
        "NC-802", f"There is no note {note_id!r}.", "notes are n-0001 and on", "netcordon case show"
    )


def assign(workspace: Path, case_id: str | None, person: str, *, clock: Clock) -> Case:
    """Say who leads a case.

    Raises:
        UsageError: NC-801 nobody was named, NC-805 the case is closed.
    """
    person = said(person, "the person", PERSON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        opened.cases.assign(case.id, person)
        return opened.cases.case(case.id)


def confirm(
    workspace: Path, case_id: str | None, condition: str, text: str, *, clock: Clock
) -> Case:
    """Put a person's word on record that a condition of a gate holds.

    Raises:
        UsageError: NC-801 nothing was said, NC-802 there is no such condition.
    """
    conditions = gates.between(SIX[0], None)
    known = {c.id.lower(): c.id for c in conditions}
    if condition.lower() not in known:
        raise UsageError(
            "NC-802",
            f"There is no condition {condition!r}.",
            f"there are: {', '.join(known.values())}",
            "netcordon case phase lists those of this case",
        )
    text = said(text, "the statement", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        opened.cases.state(case.id, known[condition.lower()], text)
        return opened.cases.case(case.id)


def move(
    workspace: Path, case_id: str | None, target: str, *, force: bool, reason: str, clock: Clock
) -> Step:
    """Take a case to another phase, forward through the gates or back with a reason.

    Raises:
        UsageError: NC-801 a reason is missing, NC-804 there is no such phase or it is there
            already, NC-805 the case is closed.
    """
    reason = said(reason, "the reason", REASON) if reason or force else ""
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        phase, origin = gates.phase_named(target), gates.phase_of(case)
        if phase is None or phase is origin:
            what = f"is in phase {case.phase} already" if phase else f"knows no phase {target!r}"
            names = ", ".join(f"{p.letter} {p.name}" for p in SIX)
            raise UsageError("NC-804", f"Case {case.id} {what}.", "", f"phases: {names}")
        if phase.number < origin.number:
            reason = said(reason, "the reason for going back", REASON)
            opened.cases.move(case.id, phase.name, reason=reason, missing=())
            return Step(case=opened.cases.case(case.id), checks=(), made=True)
        step = _step(opened, case, gates.between(origin, phase), force=force)
        if step.made:
            missing = [f"{c.condition.id}: {c.condition.text}" for c in step.missing]
            opened.cases.move(case.id, phase.name, reason=reason, missing=missing)
        return Step(case=opened.cases.case(case.id), checks=step.checks, made=step.made)


def close(
    workspace: Path, case_id: str | None, ruling: Ruling, *, force: bool, reason: str, clock: Clock
) -> Step:
    """Close a case with a ruling. A true one must have passed all gates, or be forced.

    Raises:
        UsageError: NC-801 the reason is missing, NC-805 the case is closed.
    """
    reason = said(reason, "the reason", REASON)
    with open_workspace(workspace, create=False, clock=clock) as opened:
        case = the_case(opened, case_id)
        left = gates.between(gates.phase_of(case), None) if ruling is Ruling.TRUE else ()
        step = _step(opened, case, left, force=force)
        if step.made:
            missing = [f"{c.condition.id}: {c.condition.text}" for c in step.missing]
            opened.cases.close(case.id, ruling, reason, missing=missing)
        return Step(case=opened.cases.case(case.id), checks=step.checks, made=step.made)


def reopen(workspace: Path, case_id: str | None, reason: str, *, clock: Clock) -> Case:
    """Open a closed case again; the one closed last when none is named.

    Raises:
        UsageError: NC-801 the reason is missing, NC-805 it is not closed.
    """
    reason = said(reason, "the reason", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        cases = opened.cases.cases()
        closed = [case for case in cases if case.status == "closed"]
        last = max(closed, key=lambda case: case.closings[-1].time, default=None)
        case = opened.cases.case(case_id) if case_id else last
        if case is None or case.status != "closed":
            what = f"Case {case.id} is open." if case else "No case is closed."
            raise UsageError(
                "NC-805", what, "only a closed case is reopened", "netcordon case list"
            )
        opened.cases.reopen(case.id, reason)
        return opened.cases.case(case.id)


def the_case(opened: Workspace, case_id: str | None) -> Case:
    """The case to work on: the one named, else the latest open one.

    Raises:
        UsageError: NC-805 it is closed, NC-810 none is open.
        WorkspaceError: NC-509 there is no such case.
    """
    if case_id is None:
        found = latest_open(opened.cases.cases())
        if found is None:
            raise UsageError(
                "NC-810",
                "No case is open.",
                "this workspace has none, or all are closed",
                'netcordon case new "TITLE", or netcordon case reopen --reason TEXT',
            )
        return found
    case = opened.cases.case(case_id)
    if case.status == "closed":
        raise UsageError(
            "NC-805",
            f"Case {case.id} is closed.",
            f"by {case.closings[-1].author} on {case.closings[-1].time:%Y-%m-%d}",
            f"netcordon case reopen {case.id} --reason TEXT",
        )
    return case


def _step(opened: Workspace, case: Case, conditions: tuple[Condition, ...], *, force: bool) -> Step:
    checks = gates.checked(conditions, gates.known(opened, case))
    return Step(case=case, checks=checks, made=force or all(check.met_by for check in checks))


def _object(opened: Workspace, case: Case, about: str) -> tuple[str, str]:
    about = about.strip()
    if not about or about == case.id:
        return "case", case.id
    runs = [run for each in opened.cases.cases() for run in each.runs]
    if any(about in run.finding_ids for run in runs):
        return "finding", about
    if any(about in run.incident_ids for run in runs):
        return "incident", about
    if any(about == registered.evidence.id for registered in opened.readable()):
        return "evidence", about
    try:
        return "address", str(ipaddress.ip_address(about))
    except ValueError:
        raise UsageError(
            "NC-802",
            f"There is nothing called {about!r} to note something on.",
            "it is no address, and no finding, incident or evidence of this workspace",
            "netcordon case show lists them; leave --on out for the case itself",
        ) from None
