"""The chain of custody: one fold over everything the journal says of each piece of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from netcordon.casefile.custody import PRESENTED, REGISTERED
from netcordon.casefile.exports import EXPORTED
from netcordon.casefile.handovers import GIVEN, RECEIVED, Handover, handovers
from netcordon.casefile.journal import Entry, Journal
from netcordon.casefile.people import people
from netcordon.casefile.sealed_evidence import SEALED, sealed_of
from netcordon.model.acquisition import Acquisition, Custody, CustodyEvent, Happening
from netcordon.model.person import folded

_KINDS = (SEALED, REGISTERED, PRESENTED, GIVEN, RECEIVED, EXPORTED)


@dataclass
class _Item:
    id: str
    name: str
    sha256: str
    bytes: int
    holder: str
    acquisition: Acquisition | None = None
    events: list[CustodyEvent] = field(default_factory=list)


def custody_of(journal: Journal) -> tuple[Custody, ...]:
    """Every piece of evidence that was sealed or taken in, in the order it was first known."""
    given = handovers(journal, people(journal))
    items: dict[str, _Item] = {}
    for entry in journal.entries(_KINDS):
        for id_, event in _events(entry, given, items):
            items[id_].events.append(event)
    return tuple(Custody(**{**vars(item), "events": tuple(item.events)}) for item in items.values())


def _events(
    entry: Entry, given: dict[str, Handover], items: dict[str, _Item]
) -> Iterator[tuple[str, CustodyEvent]]:
    if entry.kind == SEALED:
        yield entry.subject, _sealed(entry, items)
    elif entry.kind == REGISTERED:
        yield entry.subject, _registered(entry, items)
    elif entry.kind == PRESENTED and entry.subject in items:
        said = f"again, from {entry.payload['location']}"
        yield entry.subject, _plain(entry, Happening.PRESENTED, said)
    elif entry.kind == EXPORTED:
        said = f"{entry.payload['kind']}, SHA-256 {entry.subject}, to {entry.payload['location']}"
        for id_ in sorted(entry.payload["parents"]):
            if id_ in items:
                yield id_, _plain(entry, Happening.EXPORTED, said)
    elif (one := given.get(entry.subject)) is not None:
        if entry.kind == GIVEN and entry.seq == one.seq:
            yield from _given(entry, one, items)
        elif one.receipt is not None and entry.seq == one.receipt.seq:
            yield from _received(entry, one, items)


def _plain(entry: Entry, happening: Happening, said: str) -> CustodyEvent:
    return CustodyEvent(
        seq=entry.seq, time=entry.time, happening=happening, who=entry.author, said=said
    )


def _sealed(entry: Entry, items: dict[str, _Item]) -> CustodyEvent:
    file = sealed_of(entry)
    told = file.acquisition
    item = items.setdefault(
        file.id, _Item(file.id, file.name, file.seal.sha256, file.seal.bytes, told.collector)
    )
    item.acquisition = told
    where = f", recorded at {told.place}" if told.place else ""
    kept = ", copy kept here" if file.seal.kept else ""
    return CustodyEvent(
        seq=entry.seq, time=entry.time, happening=Happening.SEALED, who=entry.author,
        said=f"from {told.collector}{where}{kept}",
    )  # fmt: skip


def _registered(entry: Entry, items: dict[str, _Item]) -> CustodyEvent:
    evidence = entry.payload["evidence"]
    name = str(evidence["path"])
    items.setdefault(
        entry.subject,
        _Item(entry.subject, name, str(evidence["sha256"]), int(evidence["bytes"]), entry.author),
    )
    return _plain(entry, Happening.REGISTERED, f"{evidence['records']:,} rows read from {name}")


def _given(
    entry: Entry, one: Handover, items: dict[str, _Item]
) -> Iterator[tuple[str, CustodyEvent]]:
    for id_, sha256 in (each.split("=", 1) for each in one.says.evidence):
        item = items.get(id_)
        if item is None:
            continue
        doubts = [one.void] if one.void else []
        if item.sha256 != sha256:
            doubts.append("the statement names another hash")
        if folded(item.holder) not in map(folded, (one.giver.name, *one.giver.os_users)):
            doubts.append(f"{item.holder} had it, not {one.giver.name}: a hand-over is missing")
        if one.receipt is None and not one.void:
            doubts.append(f"{one.says.receiver} has not confirmed it")
        if not one.void and item.sha256 == sha256:
            item.holder = one.says.receiver
        yield id_, CustodyEvent(
            seq=entry.seq, time=entry.time, happening=Happening.GIVEN, who=one.giver.name,
            said=f"to {one.says.receiver}: {one.says.reason}", signed=not one.void,
            doubts=tuple(doubts),
        )  # fmt: skip


def _received(
    entry: Entry, one: Handover, items: dict[str, _Item]
) -> Iterator[tuple[str, CustodyEvent]]:
    assert one.receipt is not None
    checked = "hash checked" if one.receipt.says.checked else "hash not checked"
    for id_ in (each.split("=", 1)[0] for each in one.says.evidence):
        item = items.get(id_)
        if item is None:
            continue
        item.holder = one.receipt.receiver.name
        yield id_, CustodyEvent(
            seq=entry.seq, time=entry.time, happening=Happening.RECEIVED,
            who=one.receipt.receiver.name, said=f"from {one.giver.name}; {checked}", signed=True,
        )  # fmt: skip
