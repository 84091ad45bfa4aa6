"""People and their keys: registered and revoked by entries of the journal, never edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from netcordon.casefile.canonical import instant, timestamp
from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.casefile.keys import fingerprint, public_key
from netcordon.casefile.signed import digest, holds, said
from netcordon.model.approval import Signed
from netcordon.model.person import Person, Revocation, Role
from netcordon.model.statement import Registration, Vouching

REGISTERED = "person.registered"
REVOKED = "person.revoked"
KINDS = (REGISTERED, REVOKED)


@dataclass(frozen=True, kw_only=True)
class People:
    """Everybody a workspace knows.

    Attributes:
        by_id: in the order they were registered, the revoked ones too.
        faults: entries that register nobody, one sentence each.
    """

    by_id: Mapping[str, Person]
    faults: tuple[str, ...] = ()

    def all(self) -> tuple[Person, ...]:
        """Everybody."""
        return tuple(self.by_id.values())

    def with_key(self, print_: str) -> Person | None:
        """Whose key this is, by its fingerprint."""
        return next((p for p in self.by_id.values() if p.fingerprint == print_), None)

    def named(self, text: str) -> Person | None:
        """By id, or by a name that only one has."""
        if text in self.by_id:
            return self.by_id[text]
        found = [p for p in self.by_id.values() if p.name == text]
        return found[0] if len(found) == 1 else None


def people(journal: Journal, until: datetime | None = None) -> People:
    """Everybody, folded from the journal as it stood; every signature is checked again."""
    return fold(e for e in journal.entries(KINDS) if until is None or e.time <= until)


def fold(entries: Iterable[Entry]) -> People:
    """The same from entries of ``KINDS``."""
    known: dict[str, Person] = {}
    faults: list[str] = []
    for entry in entries:
        if entry.kind == REVOKED:
            if entry.subject in known and known[entry.subject].revoked is None:
                known[entry.subject] = replace(known[entry.subject], revoked=_revocation(entry))
            continue
        person = _registered(entry, known, first=not known)
        if isinstance(person, str):
            faults.append(f"journal entry {entry.seq} registers nobody: {person}")
        else:
            known[person.id] = person
    return People(by_id=_rooted(known), faults=tuple(faults))


def _rooted(known: Mapping[str, Person]) -> dict[str, Person]:
    """With what is left of vouching: by a key that was its owner's alone, back to the first person.

    Who vouched with a key that somebody else may have had then did not vouch.
    """
    out: dict[str, Person] = {}
    for id_, registered in known.items():
        person, voucher = registered, out.get(registered.vouched_by)
        if voucher is not None and voucher.why_void(person.seq, person.registered_time):
            voucher, person = None, replace(person, vouched_by="", vouched_name="")
        own = person.first and not person.why_void(person.seq + 1, person.registered_time)
        out[id_] = replace(person, rooted=own or (voucher is not None and voucher.rooted))
    return out


def _revocation(entry: Entry) -> Revocation:
    since = entry.payload.get("void_since")
    return Revocation(
        seq=entry.seq,
        time=entry.time,
        reason=str(entry.payload["reason"]),
        author=entry.author,
        void_since=instant(since) if since else None,
    )


def _registered(entry: Entry, known: Mapping[str, Person], *, first: bool) -> Person | str:
    signed = _signed(entry.payload["signed"])
    says = said(Registration, signed)
    if says is None:
        return "the statement is not what netcordon writes"
    key = public_key(says.public_key)
    if key is None or not holds(signed, says.public_key):
        return "its signature does not hold"
    print_ = fingerprint(key)
    person_id = f"person-{print_[:10]}"
    if person_id in known:
        return "this key stands for somebody already"
    if not set(says.roles) <= set(Role):
        return "it names a role that there is not"
    voucher = _voucher(entry, signed, known)
    if isinstance(voucher, str):
        return voucher
    return Person(
        id=person_id,
        name=says.name,
        roles=tuple(Role(role) for role in says.roles),
        lines=says.lines,
        os_users=says.os_users,
        contact=says.contact,
        public_key=says.public_key,
        fingerprint=print_,
        seq=entry.seq,
        registered_time=entry.time,
        registered_by=entry.author,
        vouched_by=voucher.id if voucher else "",
        vouched_name=voucher.name if voucher else "",
        first=first,
    )


def _voucher(entry: Entry, signed: Signed, known: Mapping[str, Person]) -> Person | str | None:
    if entry.payload.get("vouched") is None:
        return None
    vouched = _signed(entry.payload["vouched"])
    says = said(Vouching, vouched)
    voucher = known.get(says.person_id) if says else None
    if says is None or voucher is None or says.registration != digest(signed):
        return "nobody known vouches for it"
    if not holds(vouched, voucher.public_key):
        return "the signature of who vouches does not hold"
    return voucher.why_void(entry.seq, says.time) or voucher


def _signed(payload: Mapping[str, object]) -> Signed:
    return Signed(statement=str(payload["statement"]), signature=str(payload["signature"]))


def record_person(journal: Journal, signed: Signed, vouched: Signed | None) -> Person:
    """Register somebody; as they stand then.

    Raises:
        WorkspaceError: when it cannot be written.
        ValueError: the registration would register nobody; nothing was written.
    """
    payload = {"signed": signed, "vouched": vouched}
    says = said(Registration, signed)
    key = public_key(says.public_key) if says else None
    if key is None:
        raise ValueError("no key is in the statement")
    person_id = f"person-{fingerprint(key)[:10]}"
    with journal.alone():
        journal.append([Draft(REGISTERED, person_id, payload)])
        found = people(journal).by_id.get(person_id)
        if found is None:
            raise ValueError("the registration does not hold")
    return found


def record_revocation(
    journal: Journal, person_id: str, reason: str, void_since: datetime | None
) -> None:
    """Say that a key is not believed any more, for a reason.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    since = timestamp(void_since) if void_since else None
    journal.append([Draft(REVOKED, person_id, {"reason": reason, "void_since": since})])
