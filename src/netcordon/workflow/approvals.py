"""Saying yes or no to a plan, taking it back, and how the gate stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from netcordon.casefile.approvals import record_withdrawal, record_word, word_id, words
from netcordon.casefile.journal import Journal
from netcordon.casefile.people import people
from netcordon.casefile.signed import digest, sign
from netcordon.casefile.validations import validations
from netcordon.casefile.workspace import open_workspace
from netcordon.enforcement.approved import may_enforce, subject_of
from netcordon.enforcement.seats import why_not
from netcordon.errors import UsageError
from netcordon.model.approval import Grant, Subject, Word
from netcordon.model.person import Person, Role, folded
from netcordon.model.plan import Plan
from netcordon.model.register import Register
from netcordon.model.statement import Consent, Dissent, SignOff, Withdrawal
from netcordon.workflow.key_file import Ask, open_key, whose
from netcordon.workflow.the_plan import the_plan
from netcordon.workflow.typed import REASON, said

Clock = Callable[[], datetime]

LONGEST = timedelta(days=7)
"""A yes is about tonight; after a week the network is another."""


@dataclass(frozen=True, kw_only=True)
class Vote:
    """What somebody wants to say of a plan.

    Attributes:
        plan_id: who signs names what they sign.
        role: as whom; ``line``: for which business line; empty for each affected one of theirs.
        key: file of their key.
    """

    plan_id: str
    role: str
    line: str
    key: Path


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A plan and what people said of it.

    Attributes:
        words: in the order they were given.
        whys: id of a word -> why it is no yes now; empty when it is one.
        validations: sign-offs of its remediation process.
        gate: the grant, or every reason why the plan may not be put in force.
        given: ids of the words that were given just now.
    """

    plan: Plan
    register: Register
    subject: Subject
    words: tuple[Word, ...]
    whys: dict[str, str]
    gate: Grant | tuple[str, ...]
    validations: tuple[SignOff, ...]
    given: tuple[str, ...] = ()


def approve(
    workspace: Path,
    vote: Vote,
    *,
    expires_s: int,
    override: str,
    note: str,
    ask: Ask,
    clock: Clock,
) -> Standing:
    """Say yes for ``expires_s`` seconds; the statement names plan, hash and rehearsal.

    ``override`` says why it may be done without a rehearsal that passed; empty when one did.

    Raises:
        UsageError: NC-823 no such plan, NC-831 and NC-833 the key, NC-835 they may not say so.
    """
    return _say(workspace, vote, consent(vote.role, expires_s, override, note), ask, clock)


Statement = Callable[[Plan, Person, Subject, str, datetime], Consent | Dissent]
"""Makes what somebody signs of a plan, for one business line."""


def consent(
    role: str, expires_s: int, override: str, note: str
) -> Callable[[Plan, Person, Subject, str, datetime], Consent]:
    """What makes a yes.

    Raises:
        UsageError: NC-835 it would hold too long or not at all.
    """
    override = said(override, "the reason", REASON) if override else ""
    note = said(note, "the note", REASON) if note else ""
    if not 60 <= expires_s <= LONGEST.total_seconds():
        raise may_not("it would hold for less than a minute or more than a week", "--expires 8h")

    def yes(plan: Plan, person: Person, subject: Subject, line: str, now: datetime) -> Consent:
        _not_the_author(person, plan)
        if not subject.passed and not override:
            how = "did not pass" if subject.rehearsal else "was never made"
            raise may_not(
                f"its rehearsal {how}; an approval says what it rests on",
                f"netcordon contain rehearse {plan.id}; or --override REASON, by every approver",
            )
        return Consent(
            plan_id=plan.id,
            plan_hash=plan.hash,
            plan_author=plan.author,
            case_id=plan.case_id,
            person_id=person.id,
            role=role,
            line=line,
            time=now,
            expires_time=now + timedelta(seconds=expires_s),
            rehearsal=subject.rehearsal,
            rehearsal_passed=subject.passed,
            override=override,
            note=note,
        )

    return yes


def refuse(workspace: Path, vote: Vote, *, reason: str, ask: Ask, clock: Clock) -> Standing:
    """Say no; it stands in the way until it is taken back.

    Raises:
        UsageError: NC-801 no reason, NC-823 no such plan, NC-831 and NC-833 the key, NC-835 they
            may not say so.
    """
    reason = said(reason, "the reason", REASON)

    def no(plan: Plan, person: Person, _: Subject, line: str, now: datetime) -> Dissent:
        return Dissent(
            plan_id=plan.id,
            plan_hash=plan.hash,
            case_id=plan.case_id,
            person_id=person.id,
            role=vote.role,
            line=line,
            time=now,
            reason=reason,
        )

    return _say(workspace, vote, no, ask, clock)


def _say(
    workspace: Path,
    vote: Vote,
    statement: Statement,
    ask: Ask,
    clock: Clock,
) -> Standing:
    """Sign and record a statement for each line that the voter speaks for."""
    key = open_key(vote.key, ask)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        plan, register = the_plan(opened, vote.plan_id)
        given = []
        with opened.journal.alone():
            now = clock()
            person = whose(key, people(opened.journal))
            subject = subject_of(opened.journal, plan, register, now)
            for line in lines_of(person, vote.role, vote.line, subject):
                signed = sign(statement(plan, person, subject, line, now), key)
                record_word(opened.journal, plan.id, signed)
                given.append(word_id(signed))
        return standing_of(opened.journal, plan, register, clock(), given)


def withdraw(
    workspace: Path, plan_id: str | None, *, key_path: Path, reason: str, ask: Ask, clock: Clock
) -> Standing:
    """Take back everything that the owner of a key said of a plan.

    Raises:
        UsageError: NC-801 no reason, NC-823 no such plan, NC-831 and NC-833 the key, NC-836 they
            said nothing that stands.
    """
    reason = said(reason, "the reason", REASON)
    key = open_key(key_path, ask)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        plan, register = the_plan(opened, plan_id)
        known = people(opened.journal)
        person, now = whose(key, known), clock()
        own = [
            word
            for word in words(opened.journal, plan.id, known)
            if word.person.id == person.id and not word.withdrawn
        ]
        if not own:
            raise UsageError(
                "NC-836",
                f"{person.name} said nothing of {plan.id} that stands.",
                "there is nothing to take back",
                f"netcordon contain approvals {plan.id}",
            )
        with opened.journal.alone():
            for word in own:
                says = Withdrawal(
                    plan_id=plan.id,
                    statement=digest(word.signed),
                    person_id=person.id,
                    time=now,
                    reason=reason,
                )
                record_withdrawal(opened.journal, plan.id, sign(says, key))
        return standing_of(opened.journal, plan, register, clock(), [word.id for word in own])


def standing(workspace: Path, plan_id: str | None, *, clock: Clock) -> Standing:
    """How a plan stands now.

    Raises:
        UsageError: NC-823 no such plan.
        WorkspaceError: when there is no workspace.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        plan, register = the_plan(opened, plan_id)
        return standing_of(opened.journal, plan, register, clock(), ())


def standing_of(
    journal: Journal, plan: Plan, register: Register, now: datetime, given: Sequence[str]
) -> Standing:
    """How a plan of an open workspace stands; ``given``: ids of words that were given just now."""
    subject = subject_of(journal, plan, register, now)
    said_ = words(journal, plan.id, people(journal, now), now)
    return Standing(
        plan=plan,
        register=register,
        subject=subject,
        words=said_,
        whys={word.id: why_not(word, subject, now) for word in said_},
        gate=may_enforce(journal, plan, register, now),
        validations=validations(journal, plan.id),
        given=tuple(given),
    )


def _not_the_author(person: Person, plan: Plan) -> None:
    if plan.changed_from:
        raise may_not(f"{plan.id} is a trial of {plan.changed_from}", "approve a plan as made")
    if plan.author in person.os_users or folded(plan.author) == folded(person.name):
        raise may_not(
            f"{person.name} made this plan as {plan.author}; an author does not approve",
            "somebody else approves it: netcordon person list",
        )


def lines_of(person: Person, as_: str, line: str, subject: Subject) -> tuple[str, ...]:
    """The lines to speak for, one statement each; one empty line for who speaks for none.

    Raises:
        UsageError: NC-835 they do not speak for it.
    """
    role = Role(as_)
    theirs = ", ".join(each.label for each in person.roles)
    if role not in person.roles:
        raise may_not(f"{person.name} is {theirs} here, not {role.label}", "--as their role")
    if role is not Role.BUSINESS:
        if line:
            raise may_not("a line is spoken for by its business", "leave --line out")
        return ("",)
    affected = ", ".join(subject.lines)
    owns = ", ".join(person.lines) or "no business line"
    if line:
        known = {folded(each): each for each in subject.lines}
        if not person.answers_for(line):
            raise may_not(
                f"{person.name} answers for {owns}, not for {line}",
                f"who answers for {line} decides",
            )
        if known and folded(line) not in known:
            raise may_not(f"the plan does not touch {line}; it touches {affected}", "")
        return (known.get(folded(line), line),)
    if not subject.lines:
        return ("",)
    own = tuple(each for each in subject.lines if person.answers_for(each))
    if not own:
        raise may_not(
            f"{person.name} answers for {owns}; the plan touches {affected}",
            f"who answers for {affected} decides",
        )
    return own


def may_not(why: str, hint: str) -> UsageError:
    """The error for a word that would not count."""
    return UsageError("NC-835", "This cannot be said of the plan.", why, hint)
