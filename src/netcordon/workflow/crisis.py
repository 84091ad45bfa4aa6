"""The crisis cell of a case: called, its decisions signed, stood down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.casefile.case_state import Case
from netcordon.casefile.crisis import (
    crisis,
    record_decision,
    record_declaration,
    record_end,
)
from netcordon.casefile.people import people
from netcordon.casefile.signed import sign
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.enforcement.strategic import strategic
from netcordon.errors import UsageError
from netcordon.incidents.strategic import banner
from netcordon.model.crisis import Crisis, CrisisRules, Member
from netcordon.model.handling import TLP
from netcordon.model.person import Person, Role
from netcordon.model.plan import Posture
from netcordon.model.statement import CrisisEnd, CrisisWord
from netcordon.workflow.casework import the_case
from netcordon.workflow.key_file import Ask, open_key, whose
from netcordon.workflow.typed import PERSON, REASON, said

Clock = Callable[[], datetime]

_MOST_MEMBERS = 50


@dataclass(frozen=True, kw_only=True)
class CrisisView:
    """How the crisis of a case stands.

    Attributes:
        why: which criteria the case meets, one sentence each.
        banner: what stands above everything else; empty when nothing is strategic.
        reachable: registered people with a contact out of band.
        now: when this was looked at.
    """

    case: Case
    cell: Crisis
    rules: CrisisRules
    why: tuple[str, ...]
    banner: tuple[str, ...]
    reachable: tuple[Person, ...]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Call:
    """How the cell is called; ``None`` leaves it to ``netcordon.toml``."""

    reason: str
    posture: str | None = None
    tlp: TLP = TLP.AMBER_STRICT
    every_min: int | None = None
    members: Sequence[tuple[str, str, str]] = ()


def show(workspace: Path, case_id: str | None, *, clock: Clock) -> CrisisView:
    """How it stands.

    Raises:
        UsageError: NC-805, NC-810 no such open case.
        WorkspaceError: when there is no workspace.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return view(opened, the_case(opened, case_id), clock())


def view(opened: Workspace, case: Case, now: datetime) -> CrisisView:
    """The same of an open workspace."""
    rules = opened.config.register.crisis
    why = strategic(opened.journal, case, opened.config.register)
    cell = crisis(opened.journal, case.id)
    known = people(opened.journal).all()
    return CrisisView(
        case=case,
        cell=cell,
        rules=rules,
        why=why,
        banner=banner(why, cell, now),
        reachable=tuple(p for p in known if p.contact and p.revoked is None),
        now=now,
    )


def declare(workspace: Path, case_id: str | None, call: Call, *, clock: Clock) -> CrisisView:
    """Call the cell, or say anew how it works.

    Raises:
        UsageError: NC-801 no reason, NC-805, NC-810 no such open case.
    """
    reason = said(call.reason, "the reason", REASON)
    if len(call.members) > _MOST_MEMBERS:
        raise _may_not(f"more than {_MOST_MEMBERS} people are no cell", "name those who decide")
    members = [
        Member(
            name=said(name, "the name", PERSON),
            function=said(function, "the function", PERSON),
            contact=said(contact, "the contact", PERSON),
        )
        for name, function, contact in call.members
    ]
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        rules = opened.config.register.crisis
        before = crisis(opened.journal, case.id)
        record_declaration(
            opened.journal,
            case.id,
            reason=reason,
            posture=Posture(call.posture) if call.posture else rules.posture,
            tlp=call.tlp,
            every_min=call.every_min or rules.sitrep_every_min,
            members=members or before.members,
        )
        return view(opened, case, clock())


def decide(
    workspace: Path,
    case_id: str | None,
    text: str,
    *,
    key_path: Path,
    role: str | None,
    bearing: str,
    ask: Ask,
    clock: Clock,
) -> CrisisView:
    """Take a decision, signed, into the log.

    ``role`` is as whom (``None``: as CISO, if they are, else as what they are first). ``bearing``
    is ``unlock``, ``lock``, ``override``, or empty for what a decision of that role does: the
    CISO's unlocks strategic measures, those of others do not bear on them.

    Raises:
        UsageError: NC-801 nothing was said, NC-831 and NC-833 the key, NC-838 they may not.
    """
    text = said(text, "the decision", REASON)
    key = open_key(key_path, ask)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        with opened.journal.alone():
            now = clock()
            person = whose(key, people(opened.journal))
            as_ = _role(person, role)
            bears = bearing or ("unlock" if as_ is Role.CISO else "")
            if bears in ("unlock", "lock") and as_ is not Role.CISO:
                raise _may_not(
                    f"{person.name} decides as {as_.label}; strategic measures wait for the CISO",
                    "netcordon crisis override --reason TEXT, when the CISO cannot be reached",
                )
            says = CrisisWord(
                case_id=case.id,
                person_id=person.id,
                role=as_.value,
                time=now,
                text=text,
                bearing=bears,
            )
            record_decision(opened.journal, case.id, sign(says, key))
        return view(opened, case, clock())


def stand_down(
    workspace: Path,
    case_id: str | None,
    reason: str,
    *,
    key_path: Path,
    ask: Ask,
    clock: Clock,
) -> CrisisView:
    """End the crisis; only the CISO does.

    Raises:
        UsageError: NC-801 no reason, NC-831 and NC-833 the key, NC-838 no cell sits, or they may
            not.
    """
    reason = said(reason, "the reason", REASON)
    key = open_key(key_path, ask)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        with opened.journal.alone():
            now = clock()
            person = whose(key, people(opened.journal))
            if Role.CISO not in person.roles:
                raise _may_not(f"{person.name} is not the CISO", "the CISO stands the cell down")
            if not crisis(opened.journal, case.id).sits:
                raise _may_not("no crisis cell sits", "netcordon crisis show")
            says = CrisisEnd(case_id=case.id, person_id=person.id, time=now, reason=reason)
            record_end(opened.journal, case.id, sign(says, key))
        return view(opened, case, clock())


def _role(person: Person, wanted: str | None) -> Role:
    deciding = [r for r in (Role.CISO, Role.IT, Role.BUSINESS) if r in person.roles]
    if wanted is not None and Role(wanted) in deciding:
        return Role(wanted)
    if wanted is not None or not deciding:
        has = ", ".join(role.label for role in person.roles)
        raise _may_not(f"{person.name} is {has} here", "--as a role of theirs that decides")
    return deciding[0]


def _may_not(why: str, hint: str) -> UsageError:
    return UsageError("NC-838", "The crisis cell cannot do this.", why, hint)
