"""Words on plans in the journal: given, taken back, and checked again each time they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.casefile.people import People
from netcordon.casefile.signed import digest, holds, said
from netcordon.model.approval import Signed, Word
from netcordon.model.person import Role
from netcordon.model.statement import Consent, Dissent, Withdrawal

GIVEN = "plan.word_given"
WITHDRAWN = "plan.word_withdrawn"
KINDS = (GIVEN, WITHDRAWN)

CLOCKS_DIFFER = timedelta(minutes=10)
"""By how much clocks may differ; more than that is a lie."""

VOTING = (Role.IT, Role.BUSINESS)
"""Roles that say yes or no to a plan."""


def words(
    journal: Journal, plan_id: str, people: People, until: datetime | None = None
) -> tuple[Word, ...]:
    """Every word on a plan, in the order of the journal; those that do not count say why."""
    entries = journal.entries(KINDS, plan_id)
    return fold((e for e in entries if until is None or e.time <= until), people)


def fold(entries: Iterable[Entry], people: People) -> tuple[Word, ...]:
    """The same from entries of ``KINDS``."""
    found: dict[str, Word] = {}
    for entry in entries:
        signed = Signed(
            statement=str(entry.payload["statement"]), signature=str(entry.payload["signature"])
        )
        if entry.kind == WITHDRAWN:
            _withdraw(found, entry, signed)
            continue
        word = _word(entry, signed, people)
        # The same statement again is the same word: taken back once, it stays so.
        if word is not None and word.id not in found:
            found[word.id] = word
    return tuple(found.values())


def _word(entry: Entry, signed: Signed, people: People) -> Word | None:
    says = said(Consent, signed) or said(Dissent, signed)
    person = people.by_id.get(says.person_id) if says else None
    if says is None or person is None:
        return None
    return Word(
        id=word_id(signed),
        seq=entry.seq,
        recorded_time=entry.time,
        signed=signed,
        says=says,
        person=person,
        void=_why_void(entry, signed, says, people),
    )


def _why_void(entry: Entry, signed: Signed, says: Consent | Dissent, people: People) -> str:
    person = people.by_id[says.person_id]
    if not holds(signed, person.public_key):
        return f"the signature of {person.name} does not hold"
    if says.plan_id != entry.subject:
        return f"{person.name} signed for another plan"
    # Earlier is how it comes from a machine elsewhere; later is a clock that was turned.
    if says.time - entry.time > CLOCKS_DIFFER:
        return f"{person.name} signed later than it was recorded"
    if says.role not in person.roles or says.role not in VOTING:
        return f"{person.name} does not decide as {says.role}"
    if says.line and not (says.role == Role.BUSINESS and person.answers_for(says.line)):
        return f"{person.name} does not answer for {says.line}"
    return person.why_void(entry.seq, max(says.time, entry.time))


def _withdraw(found: dict[str, Word], entry: Entry, signed: Signed) -> None:
    says = said(Withdrawal, signed)
    word = found.get(f"word-{says.statement[:10]}") if says else None
    if says is None or word is None or digest(word.signed) != says.statement or word.withdrawn:
        return
    own = says.person_id == word.person.id and says.plan_id == entry.subject
    if own and holds(signed, word.person.public_key):
        void = word.person.why_void(entry.seq, max(says.time, entry.time))
        found[word.id] = word if void else replace(word, withdrawn=says.reason)


def word_id(signed: Signed) -> str:
    """What a word is called."""
    return f"word-{digest(signed)[:10]}"


def record_word(journal: Journal, plan_id: str, signed: Signed) -> None:
    """Put a yes or no into the journal.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(GIVEN, plan_id, _payload(signed))])


def record_withdrawal(journal: Journal, plan_id: str, signed: Signed) -> None:
    """Put into the journal that somebody takes a word back.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(WITHDRAWN, plan_id, _payload(signed))])


def _payload(signed: Signed) -> Mapping[str, str]:
    return {"statement": signed.statement, "signature": signed.signature}
