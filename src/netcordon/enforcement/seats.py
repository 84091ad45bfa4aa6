"""Who of those who spoke fills the seats that a plan needs, and why others do not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from netcordon.model.approval import Subject, Word
from netcordon.model.person import Role, folded
from netcordon.model.plan import Plan
from netcordon.model.statement import Consent, Dissent


@dataclass(frozen=True, kw_only=True)
class Seats:
    """All filled.

    Attributes:
        business: affected line -> who speaks for it; the empty line when none is affected.
    """

    it: Word
    business: Mapping[str, Word]

    @property
    def words(self) -> tuple[Word, ...]:
        """IT first."""
        return (self.it, *self.business.values())


def affected_lines(plan: Plan) -> tuple[str, ...]:
    """Business lines that must agree, each once, as the plan first spells it."""
    found: dict[str, str] = {}
    for measure in plan.measures:
        for line in (*measure.approvals, *(harm.business_line for harm in measure.harms)):
            if line.strip():
                found.setdefault(folded(line), line)
    return tuple(found.values())


def judged(subject: Subject, given: Sequence[Word], at: datetime) -> Seats | tuple[str, ...]:
    """The seats, the earliest words first; else every reason why they are not filled."""
    refusals = tuple(
        f"{word.person.name}, {word.seat}, refuses it: {word.says.reason}"
        for word in given
        if isinstance(word.says, Dissent) and _concerns(word, subject) and not _spent(word, given)
    )
    whys = [(word, why_not(word, subject, at) or _recanted(word, given)) for word in given]
    seats = _filled(subject, [word for word, why in whys if not why])
    if seats is None:
        return (*refusals, *_unrehearsed_plan(subject), *_missing(subject, whys))
    return refusals or seats


def why_not(word: Word, subject: Subject, at: datetime) -> str:
    """Why a word is no yes to this plan at this time; empty when it is one."""
    says, name = word.says, word.person.name
    if isinstance(says, Dissent):
        return f"{name} refuses it"
    if word.void or word.withdrawn:
        return word.void or f"{name} took it back: {word.withdrawn}"
    meant = (says.plan_hash, says.plan_author, says.case_id)
    if meant != (subject.hash, subject.author, subject.case_id):
        return f"{name} approved another state of the plan"
    if subject.author in word.person.os_users or folded(subject.author) == folded(name):
        return f"{name} made the plan; an author does not approve"
    if subject.vouched_only and not word.person.rooted:
        return f"nobody vouches for {name}, and here somebody must"
    if says.time > at:
        return f"{name} signed at a time that has not come"
    if says.expires_time <= at:
        return f"the approval of {name} expired at {says.expires_time:%Y-%m-%d %H:%M} UTC"
    return _unrehearsed(says, name, subject)


def _unrehearsed(says: Consent, name: str, subject: Subject) -> str:
    if subject.passed:
        seen = says.rehearsal_passed or bool(says.override)
        return "" if seen else f"{name} approved before a rehearsal had passed"
    if not says.override:
        return f"{name} did not agree to do it without a rehearsal that passed"
    if says.rehearsal != subject.rehearsal:
        return f"{name} agreed before the latest rehearsal failed"
    return ""


def _concerns(word: Word, subject: Subject) -> bool:
    """Whether whose word it is has a say: IT always, the business about its own lines."""
    return (
        word.says.role == Role.IT
        or not subject.lines
        or any(_for_line(word, line) for line in subject.lines)
    )


def _spent(word: Word, given: Sequence[Word]) -> bool:
    """Whether a no stands no more: void, taken back, revoked, or its person said yes since."""
    if word.void or word.withdrawn or word.person.revoked is not None:
        return True
    return any(isinstance(later.says, Consent) for later in _later(word, given))


def _recanted(word: Word, given: Sequence[Word]) -> str:
    """Why a yes stands no more: its person said no since."""
    no = any(isinstance(later.says, Dissent) for later in _later(word, given))
    return f"{word.person.name} refused it since" if no else ""


def _later(word: Word, given: Sequence[Word]) -> list[Word]:
    """What the same person said afterwards from the same seat and did not take back."""
    return [
        later
        for later in given
        if later.seq > word.seq
        and later.person.id == word.person.id
        and later.says.role == word.says.role
        and folded(later.says.line) == folded(word.says.line)
        and not later.void
        and not later.withdrawn
    ]


def _filled(subject: Subject, good: Sequence[Word]) -> Seats | None:
    speak = _speakers(subject, good)
    for tech in (word for word in good if word.says.role == Role.IT):
        chosen = {
            line: next((w for w in found if not w.person.is_also(tech.person)), None)
            for line, found in speak.items()
        }
        if all(chosen.values()):
            return Seats(it=tech, business={line: w for line, w in chosen.items() if w})
    return None


def _speakers(subject: Subject, good: Sequence[Word]) -> dict[str, list[Word]]:
    business = [word for word in good if word.says.role == Role.BUSINESS]
    return {
        line: [word for word in business if _for_line(word, line)]
        for line in subject.lines or ("",)
    }


def _for_line(word: Word, line: str) -> bool:
    return not line or folded(word.says.line) == folded(line)


def _missing(subject: Subject, whys: Sequence[tuple[Word, str]]) -> tuple[str, ...]:
    good = [word for word, why in whys if not why]
    techs = [word for word in good if word.says.role == Role.IT]
    empty = [line for line, found in _speakers(subject, good).items() if not found]
    out: list[str] = []
    if not techs:
        out.append("IT has not approved" + _because(whys, Role.IT, ""))
    for line in empty:
        who = f"the business line {line}" if line else "the business"
        out.append(f"{who} has not approved" + _because(whys, Role.BUSINESS, line))
    if not out:
        names = ", ".join(dict.fromkeys(word.person.name for word in techs))
        out.append(f"IT and business must be two people; both are {names}")
    return tuple(out)


def _because(whys: Sequence[tuple[Word, str]], role: Role, line: str) -> str:
    """The words that would have filled the seat, and why they do not."""
    found = [
        why
        for word, why in whys
        if why
        and isinstance(word.says, Consent)
        and word.says.role == role
        and _for_line(word, line)
    ]
    return f": {'; '.join(dict.fromkeys(found))}" if found else ""


def _unrehearsed_plan(subject: Subject) -> tuple[str, ...]:
    if subject.passed:
        return ()
    return ("its latest rehearsal did not pass" if subject.rehearsal else "it was not rehearsed",)
