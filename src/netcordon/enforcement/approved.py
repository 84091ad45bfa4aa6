"""Whether a plan may be put in force now: who said yes to exactly this, and what stands against it.

IT and the business of every affected line agree, two people at least, none of them the author, to
the plan's hash and to a rehearsal of it that passed. Everything is checked again from the bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from netcordon.casefile.approvals import words
from netcordon.casefile.canonical import canonical
from netcordon.casefile.journal import Journal
from netcordon.casefile.people import people
from netcordon.casefile.plans import plan_document, register_document, rehearsals
from netcordon.enforcement.seats import Seats, affected_lines, judged
from netcordon.enforcement.strategic import case_of, locked
from netcordon.model.approval import Grant, Subject
from netcordon.model.measure_kind import STRATEGIC
from netcordon.model.plan import Plan
from netcordon.model.register import Register
from netcordon.model.statement import Consent
from netcordon.planning.hashing import is_sealed
from netcordon.planning.reading import register_of


def may_enforce(
    journal: Journal, plan: Plan, register: Register, at: datetime, only: Sequence[str] = ()
) -> Grant | tuple[str, ...]:
    """The gate before enforcement.

    Args:
        journal: of the workspace.
        plan: that is to be put in force, as it is about to be used.
        register: that its rules are written with.
        at: the time of judging; what was recorded later does not exist.
        only: ids of the measures that are to be put in force; empty for all.

    Returns:
        The grant, or every reason why not, one sentence each, in a fixed order.

    Raises:
        WorkspaceError: NC-507 the journal was changed.
    """
    against = (*_of_the_plan(journal, plan), *_of_the_register(journal, plan, register))
    if against:
        return against
    subject = subject_of(journal, plan, register, at)
    seats = judged(subject, words(journal, plan.id, people(journal, at), at), at)
    waits = _waits_for_the_cell(journal, plan, register, at, only)
    if not isinstance(seats, Seats):
        return (*seats, *waits)
    return waits or _grant(subject, seats, at)


def _waits_for_the_cell(
    journal: Journal, plan: Plan, register: Register, at: datetime, only: Sequence[str]
) -> tuple[str, ...]:
    """Why strategic measures that devices would be told wait; and which others need not."""
    meant = [m for m in plan.measures if m.commands and (not only or m.id in only)]
    waiting = [m for m in meant if m.kind in STRATEGIC]
    if not waiting:
        return ()
    case = case_of(journal, plan.case_id)
    if case is None:
        return (f"there is no case {plan.case_id}",)
    why = locked(journal, case, [m.kind for m in waiting], register, at)
    free = " ".join(f"--only {m.id}" for m in meant if m not in waiting)
    names = ", ".join(m.id for m in waiting)
    if not why or not free:
        return why
    rest = f"netcordon contain enforce {plan.id} {free}"
    return (*why, f"only {names} must wait; the others may go: {rest}")


def subject_of(journal: Journal, plan: Plan, register: Register, at: datetime) -> Subject:
    """What is asked of people about a plan, with its latest rehearsal until then."""
    of_this = [
        (digest, bool(document["passed"]))
        for digest, document in rehearsals(journal, plan.id, at)
        if document["plan_hash"] == plan.hash
    ]
    digest, passed = of_this[-1] if of_this else ("", False)
    return Subject(
        id=plan.id,
        hash=plan.hash,
        case_id=plan.case_id,
        author=plan.author,
        lines=affected_lines(plan),
        rehearsal=digest,
        passed=passed,
        vouched_only=register.vouched_only,
    )


def _of_the_plan(journal: Journal, plan: Plan) -> tuple[str, ...]:
    if plan.changed_from:
        return (f"{plan.id} is a trial of {plan.changed_from}; a trial is never put in force",)
    if not is_sealed(plan):
        return (f"{plan.id} was changed: its content does not give the hash it carries",)
    recorded = plan_document(journal, plan.id)
    if recorded is None or canonical(recorded) != canonical(plan):
        return (f"{plan.id} is not the plan of this name in the journal",)
    return ()


def _of_the_register(journal: Journal, plan: Plan, register: Register) -> tuple[str, ...]:
    recorded = register_document(journal, plan.register_hash)
    if recorded is None:
        return (f"the register that {plan.id} was made with is not in the journal",)
    content = hashlib.sha256(canonical(recorded).encode("ascii")).hexdigest()
    if content != plan.register_hash or register_of(recorded) != register:
        return (f"the register is not the one that {plan.id} was made with",)
    return ()


def _grant(subject: Subject, seats: Seats, at: datetime) -> Grant:
    consents = [(w.person, w.says) for w in seats.words if isinstance(w.says, Consent)]
    different = {person.id: person for person, _ in consents}
    return Grant(
        plan_id=subject.id,
        plan_hash=subject.hash,
        case_id=subject.case_id,
        at=at,
        it=seats.it,
        business=tuple(seats.business.values()),
        expires_time=min(says.expires_time for _, says in consents),
        rehearsal=subject.rehearsal,
        overrides=tuple(
            f"{person.name} agreed without a rehearsal that passed: {says.override}"
            for person, says in consents
            if says.override and not subject.passed
        ),
        notes=tuple(note for person in different.values() for note in person.doubts()),
    )
