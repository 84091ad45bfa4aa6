"""Restricted cases: who may know of one, who asked for it in writing, and who tried to see it.

On the command line a restricted case does not exist for others than its readers: the words and the
status are those of a case that there never was. Whoever may read the files of the workspace can
read all of them; keep such a case in a workspace that only its readers can open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from netcordon.casefile.journal import Draft, Entry, Journal

RESTRICTED = "case.restricted"
REQUESTED = "case.requested"
RELEASED = "case.released"
DENIED = "case.denied"
KINDS = (RESTRICTED, REQUESTED, RELEASED, DENIED)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A written request: from whom, and where it is kept."""

    person: str
    reference: str
    author: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Somebody asked for a case that is not his to know."""

    account: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Compartment:
    """One restricted case.

    Attributes:
        readers: accounts that may know of it.
        suspects: persons it concerns, by name, account or mail address; they are never told.
        requests: without one, no technical step is taken.
    """

    case_id: str
    readers: tuple[str, ...]
    suspects: tuple[str, ...]
    reason: str
    author: str
    time: datetime
    requests: tuple[Request, ...] = ()
    attempts: tuple[Attempt, ...] = ()


def compartments(journal: Journal) -> dict[str, Compartment]:
    """Restricted cases by id, as the journal says."""
    return fold(journal.entries(KINDS))


def fold(entries: Iterable[Entry]) -> dict[str, Compartment]:
    """The same from entries of ``KINDS``."""
    found: dict[str, Compartment] = {}
    for entry in entries:
        said, known = entry.payload, found.get(entry.subject)
        if entry.kind == RESTRICTED:
            made = Compartment(
                case_id=entry.subject, readers=tuple(said["readers"]),
                suspects=tuple(said["suspects"]), reason=said["reason"], author=entry.author,
                time=entry.time,
            )  # fmt: skip
            found[entry.subject] = (
                replace(made, requests=known.requests, attempts=known.attempts) if known else made
            )
        elif known is None:
            continue
        elif entry.kind == RELEASED:
            del found[entry.subject]
        elif entry.kind == REQUESTED:
            one = Request(
                person=said["person"], reference=said["reference"], author=entry.author,
                time=entry.time,
            )  # fmt: skip
            found[entry.subject] = replace(known, requests=(*known.requests, one))
        else:
            attempt = Attempt(account=entry.author, time=entry.time)
            found[entry.subject] = replace(known, attempts=(*known.attempts, attempt))
    return found


def restrict(
    journal: Journal, case_id: str, readers: Sequence[str], suspects: Sequence[str], reason: str
) -> None:
    """Say who may know of a case; a later word replaces an earlier one."""
    payload = {"readers": list(readers), "suspects": list(suspects), "reason": reason}
    journal.append([Draft(RESTRICTED, case_id, payload)])


def request(journal: Journal, case_id: str, person: str, reference: str) -> None:
    """Put a written request on record."""
    journal.append([Draft(REQUESTED, case_id, {"person": person, "reference": reference})])


def release(journal: Journal, case_id: str, reason: str) -> None:
    """Open a case to everybody again."""
    journal.append([Draft(RELEASED, case_id, {"reason": reason})])


def note_attempt(journal: Journal, case_id: str) -> None:
    """Put on record that the author of the journal asked for a case he may not know of."""
    journal.append([Draft(DENIED, case_id, {})])
