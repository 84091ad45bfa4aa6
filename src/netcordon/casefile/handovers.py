"""Evidence that changed hands: two signed statements, one of who gave it, one of who got it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from netcordon.casefile.approvals import CLOCKS_DIFFER
from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.casefile.people import People
from netcordon.casefile.signed import digest, holds, said
from netcordon.model.approval import Signed
from netcordon.model.person import Person
from netcordon.model.statement import HandOver, Receipt

GIVEN = "evidence.handed_over"
RECEIVED = "evidence.received"
KINDS = (GIVEN, RECEIVED)


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A hand-over as it stands.

    Attributes:
        id: ``hand-`` and the first ten hexadecimal digits of the statement's SHA-256.
        signed: the statement of who gave it; ``says`` what it says.
        giver: who; ``void`` why their word does not count, empty when it does.
        seq: journal entry; ``time`` of that entry.
        receipt: of who got it; ``None`` while there is none that counts.
    """

    id: str
    signed: Signed
    says: HandOver
    giver: Person
    seq: int
    time: datetime
    void: str = ""
    receipt: TakenOver | None = None


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """The receipt of a hand-over."""

    signed: Signed
    says: Receipt
    receiver: Person
    seq: int
    time: datetime


def handovers(journal: Journal, people: People) -> dict[str, Handover]:
    """Every hand-over by id, in the order of the journal; every signature is checked again."""
    return fold(journal.entries(KINDS), people)


def fold(entries: Iterable[Entry], people: People) -> dict[str, Handover]:
    """The same from entries of ``KINDS``."""
    found: dict[str, Handover] = {}
    for entry in entries:
        signed = Signed(
            statement=str(entry.payload["statement"]), signature=str(entry.payload["signature"])
        )
        if entry.kind == GIVEN:
            given = _given(entry, signed, people)
            if given is not None and given.id not in found:
                found[given.id] = given
            continue
        taken = _taken(entry, signed, people, found)
        if taken is not None:
            old = found[hand_over_id(taken.says.hand_over)]
            found[old.id] = Handover(**{**vars(old), "receipt": taken})
    return found


def hand_over_id(statement_digest: str) -> str:
    """What a hand-over is called."""
    return f"hand-{statement_digest[:10]}"


def _given(entry: Entry, signed: Signed, people: People) -> Handover | None:
    says = said(HandOver, signed)
    giver = people.by_id.get(says.person_id) if says else None
    if says is None or giver is None:
        return None
    return Handover(
        id=hand_over_id(digest(signed)),
        signed=signed,
        says=says,
        giver=giver,
        seq=entry.seq,
        time=entry.time,
        void=_why_void(entry, signed, says.time, giver),
    )


def _taken(
    entry: Entry, signed: Signed, people: People, found: Mapping[str, Handover]
) -> TakenOver | None:
    says = said(Receipt, signed)
    given = found.get(hand_over_id(says.hand_over)) if says else None
    receiver = people.by_id.get(says.person_id) if says else None
    if says is None or given is None or receiver is None or given.receipt is not None:
        return None
    if digest(given.signed) != says.hand_over or given.says.receiver_id not in ("", receiver.id):
        return None
    if _why_void(entry, signed, says.time, receiver) or receiver.is_also(given.giver):
        return None
    return TakenOver(signed=signed, says=says, receiver=receiver, seq=entry.seq, time=entry.time)


def _why_void(entry: Entry, signed: Signed, time: datetime, person: Person) -> str:
    if not holds(signed, person.public_key):
        return f"the signature of {person.name} does not hold"
    if time - entry.time > CLOCKS_DIFFER:
        return f"{person.name} signed later than it was recorded"
    return person.why_void(entry.seq, max(time, entry.time))


def record_handover(journal: Journal, signed: Signed) -> str:
    """Put a hand-over into the journal; returns its id.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    id_ = hand_over_id(digest(signed))
    journal.append([Draft(GIVEN, id_, vars(signed))])
    return id_


def record_receipt(journal: Journal, id_: str, signed: Signed) -> None:
    """Put a receipt into the journal.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(RECEIVED, id_, vars(signed))])
