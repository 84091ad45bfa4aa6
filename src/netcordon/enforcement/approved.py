"""Whether a plan may be put in force now: who said yes to exactly this, and what stands against it.

IT and the business of every affected line agree, two people at least, none of them the author, to
the plan's hash and to a rehearsal of it that passed. Everything is checked again from the bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from netcordon.casefile.approvals import words
from netcordon.casefile.canonical import canonical
from netcordon.casefile.journal import Journal
from netcordon.casefile.people import people
from netcordon.casefile.plans import plan_document, register_document, rehearsals
from netcordon.model.approval import Grant, Word
from netcordon.model.person import Role, folded
from netcordon.model.plan import Plan
from netcordon.model.register import Register
from netcordon.model.statement import Consent, Dissent
from netcordon.planning.hashing import is_sealed
from netcordon.planning.reading import register_of


def may_enforce(
    journal: Journal, plan: Plan, register: Register, at: datetime
) -> Grant | tuple[str, ...]:
    """The gate before enforcement.

    Args:
        journal: of the workspace.
        plan: that is to be put in force, as it is about to be used.
        register: that its rules are written with.
        at: the time of judging; what was recorded later does not exist.

    Returns:
        The grant, or every reason why not, one sentence each, in a fixed order.

    Raises:
        WorkspaceError: NC-507 the journal was changed.
    """
    against = (*_of_the_plan(journal, plan), *_of_the_register(journal, plan, register))
    if against:
        return against
    latest = _latest_rehearsal(journal, plan, at)
    given = words(journal, plan.id, people(journal, at), at)
    judged = [(word, why_not(word, plan, latest, at)) for word in given]
    refusals = [
        f"{word.person.name}, {word.seat}, refuses it: {word.says.reason}"
        for word in given
        if isinstance(word.says, Dissent) and _concerns(word, plan) and not _spent(word, given)
    ]
    seats = _seats(plan, judged)
    if isinstance(seats, tuple):
        return (*refusals, *_about_the_rehearsal(latest, seats), *seats)
    if refusals:
        return tuple(refusals)
    return _grant(plan, latest, seats, at)


@dataclass(frozen=True)
class _Rehearsed:
    """The latest rehearsal: its hash (empty: there is none), and whether it passed."""

    digest: str = ""
    passed: bool = False


@dataclass(frozen=True)
class _Seats:
    it: Word
    business: Mapping[str, Word]


def affected_lines(plan: Plan) -> tuple[str, ...]:
    """Business lines that must agree, each once, as the plan first spells it."""
    found: dict[str, str] = {}
    for measure in plan.measures:
        for line in (*measure.approvals, *(harm.business_line for harm in measure.harms)):
            if line.strip():
                found.setdefault(folded(line), line)
    return tuple(found.values())


def _of_the_plan(journal: Journal, plan: Plan) -> tuple[str, ...]:
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


def _latest_rehearsal(journal: Journal, plan: Plan, at: datetime) -> _Rehearsed:
    found = [
        _Rehearsed(digest, bool(document["passed"]))
        for digest, document in rehearsals(journal, plan.id, at)
        if document["plan_hash"] == plan.hash
    ]
    return found[-1] if found else _Rehearsed()


def why_not(word: Word, plan: Plan, latest: _Rehearsed, at: datetime) -> str:
    """Why a word is no yes to this plan at this time; empty when it is one."""
    says, name = word.says, word.person.name
    if isinstance(says, Dissent):
        return f"{name} refuses it"
    if word.void or word.withdrawn:
        return word.void or f"{name} took it back: {word.withdrawn}"
    if (says.plan_hash, says.plan_author, says.case_id) != (plan.hash, plan.author, plan.case_id):
        return f"{name} approved another state of the plan"
    if plan.author in word.person.os_users or folded(plan.author) == folded(name):
        return f"{name} made the plan; an author does not approve"
    if says.time > at:
        return f"{name} signed at a time that has not come"
    if says.expires_time <= at:
        return f"the approval of {name} expired at {says.expires_time:%Y-%m-%d %H:%M} UTC"
    return _unrehearsed(says, name, latest)


def _unrehearsed(says: Consent, name: str, latest: _Rehearsed) -> str:
    if latest.passed:
        seen = says.rehearsal_passed or bool(says.override)
        return "" if seen else f"{name} approved before a rehearsal had passed"
    if not says.override:
        return f"{name} did not agree to do it without a rehearsal that passed"
    if says.rehearsal != latest.digest:
        return f"{name} agreed before the latest rehearsal failed"
    return ""


def _concerns(word: Word, plan: Plan) -> bool:
    """Whether whose word it is has a say: IT always, the business about its own lines."""
    lines = affected_lines(plan)
    return word.says.role == Role.IT or not lines or any(_for_line(word, each) for each in lines)


def _spent(word: Word, given: Sequence[Word]) -> bool:
    """Whether a no stands no more: void, taken back, revoked, or its person said yes since."""
    if word.void or word.withdrawn or word.person.revoked is not None:
        return True
    return any(
        later.seq > word.seq
        and later.person.id == word.person.id
        and isinstance(later.says, Consent)
        and not later.void
        for later in given
    )


def _seats(plan: Plan, judged: Sequence[tuple[Word, str]]) -> _Seats | tuple[str, ...]:
    """Who fills the seats, the earliest words first; else what is missing."""
    good = [word for word, why in judged if not why]
    good = [w for w in good if not _refused_since(w, [word for word, _ in judged])]
    techs = [w for w in good if w.says.role == Role.IT]
    lines = affected_lines(plan)
    speak = {
        line: [w for w in good if w.says.role == Role.BUSINESS and _for_line(w, line)]
        for line in lines or ("",)
    }
    for tech in techs:
        chosen = {
            line: next((w for w in found if not w.person.is_also(tech.person)), None)
            for line, found in speak.items()
        }
        if all(chosen.values()):
            return _Seats(it=tech, business={k: w for k, w in chosen.items() if w})
    return _missing(techs, speak, judged)


def _for_line(word: Word, line: str) -> bool:
    return not line or folded(word.says.line) == folded(line)


def _refused_since(word: Word, given: Sequence[Word]) -> bool:
    """Whether the same person said no after this yes."""
    return any(
        later.seq > word.seq
        and later.person.id == word.person.id
        and isinstance(later.says, Dissent)
        and not later.void
        and not later.withdrawn
        for later in given
    )


def _missing(
    techs: Sequence[Word],
    speak: Mapping[str, Sequence[Word]],
    judged: Sequence[tuple[Word, str]],
) -> tuple[str, ...]:
    out: list[str] = []
    empty = [line for line, found in speak.items() if not found]
    if not techs:
        out.append("IT has not approved" + _because(judged, Role.IT, ""))
    for line in empty:
        who = f"the business line {line}" if line else "the business"
        out.append(f"{who} has not approved" + _because(judged, Role.BUSINESS, line))
    if techs and not empty:
        names = ", ".join(dict.fromkeys(word.person.name for word in techs))
        out.append(f"IT and business must be two people; both are {names}")
    return tuple(out)


def _because(judged: Sequence[tuple[Word, str]], role: Role, line: str) -> str:
    """The words that would have filled the seat, and why they do not."""
    whys = [
        why
        for word, why in judged
        if why and word.says.role == role and _for_line(word, line)
        if not isinstance(word.says, Dissent)
    ]
    return f": {'; '.join(dict.fromkeys(whys))}" if whys else ""


def _about_the_rehearsal(latest: _Rehearsed, missing: tuple[str, ...]) -> tuple[str, ...]:
    if latest.passed or not missing:
        return ()
    return ("its latest rehearsal did not pass" if latest.digest else "it was not rehearsed",)


def _grant(plan: Plan, latest: _Rehearsed, seats: _Seats, at: datetime) -> Grant:
    chosen = [seats.it, *seats.business.values()]
    consents = [w.says for w in chosen if isinstance(w.says, Consent)]
    different = {w.person.id: w.person for w in chosen}
    return Grant(
        plan_id=plan.id,
        plan_hash=plan.hash,
        case_id=plan.case_id,
        at=at,
        it=seats.it,
        business=tuple(seats.business.values()),
        expires_time=min(says.expires_time for says in consents),
        rehearsal=latest.digest,
        overrides=tuple(
            f"{w.person.name} agreed without a rehearsal that passed: {w.says.override}"
            for w in chosen
            if isinstance(w.says, Consent) and w.says.override and not latest.passed
        ),
        notes=tuple(note for p in different.values() for note in p.doubts()),
    )
