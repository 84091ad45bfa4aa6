"""A yes that is signed on another machine: the key never comes to the one with the evidence."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.casefile.approvals import record_word, word_id
from netcordon.casefile.canonical import canonical
from netcordon.casefile.people import people
from netcordon.casefile.signed import holds, said
from netcordon.casefile.workspace import open_workspace
from netcordon.enforcement.approved import subject_of
from netcordon.errors import UsageError
from netcordon.model.approval import Signed
from netcordon.model.statement import Consent
from netcordon.workflow.approvals import Standing, consent, lines_of, may_not, standing_of
from netcordon.workflow.new_file import new_text
from netcordon.workflow.the_plan import the_plan

Clock = Callable[[], datetime]

_MOST = 65_536
"""Bytes of a statement or a signature that are read."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Whom to ask for a yes to which plan.

    Attributes:
        who: id, or a name that only one has.
        line: business line; empty when they answer for one of the affected lines only.
    """

    plan_id: str
    who: str
    role: str
    line: str
    expires_s: int
    override: str
    note: str


def ask_for(workspace: Path, question: Question, out: Path, *, clock: Clock) -> Consent:
    """Write the statement that somebody is to sign, to the byte; nothing is recorded.

    Raises:
        UsageError: NC-701 the file exists, NC-823 no such plan, NC-834 no such person, NC-835 they
            may not say so.
    """
    make = consent(question.role, question.expires_s, question.override, question.note)
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        plan, register = the_plan(opened, question.plan_id)
        person = people(opened.journal).named(question.who)
        if person is None or person.revoked is not None:
            raise UsageError(
                "NC-834",
                f"Nobody here who can sign is called {question.who!r}.",
                "no registered person, or more than one, has this name or id, or it was revoked",
                "netcordon person list",
            )
        now = clock()
        subject = subject_of(opened.journal, plan, register, now)
        lines = lines_of(person, question.role, question.line, subject)
        if len(lines) > 1:
            raise may_not(
                f"{person.name} answers for {', '.join(lines)}; a statement is about one",
                "--line LINE, once for each",
            )
        statement = make(plan, person, subject, lines[0], now)
    new_text(out, canonical(statement))
    return statement


def answer(
    workspace: Path, statement_path: Path, signature_path: Path, *, clock: Clock
) -> Standing:
    """Record a statement that came back with its signature (64 bytes, or base64 of them).

    Raises:
        UsageError: NC-823 no such plan, NC-835 it would not count.
    """
    text = _read(statement_path).decode("utf-8", "backslashreplace").rstrip("\r\n")
    raw = _read(signature_path)
    if len(raw) != 64:
        raw = _decoded(raw)
    signed = Signed(statement=text, signature=base64.b64encode(raw).decode("ascii"))
    says = said(Consent, signed)
    if says is None:
        raise may_not("the statement is not what netcordon wrote", "netcordon contain ask PLAN")
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        plan, register = the_plan(opened, says.plan_id)
        with opened.journal.alone():
            person = people(opened.journal).by_id.get(says.person_id)
            if person is None or not holds(signed, person.public_key):
                raise may_not(
                    "the signature is not that of the person the statement names",
                    "openssl pkeyutl -sign -inkey KEY -rawin -in STATEMENT -out SIGNATURE",
                )
            record_word(opened.journal, plan.id, signed)
            found = standing_of(opened.journal, plan, register, clock(), [word_id(signed)])
            why = found.whys.get(word_id(signed), "it was said already and taken back")
            if why:
                # The turn is given up with an error: nothing of it is recorded.
                raise may_not(why, f"netcordon contain approvals {plan.id}")
            return found


def _decoded(raw: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except ValueError as error:
        raise may_not("the signature is neither 64 bytes nor base64", "openssl pkeyutl") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise may_not(f"{path.name}: {error.strerror or error}", "name the file") from error
    if len(data) > _MOST:
        raise may_not(f"{path.name} is too long", "name the file that came back")
    return data
