"""What people said of a plan as one file, and its check where there is no workspace.

The file holds the journal's entries about the plan and its people. Everything else in it is made of
them again when it is checked, so that nothing in it can differ from what was signed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netcordon.casefile import approvals, people
from netcordon.casefile.canonical import Plain, canonical, instant, plain
from netcordon.casefile.journal import Entry, Journal
from netcordon.casefile.people import People
from netcordon.casefile.signed import holds
from netcordon.casefile.workspace import open_workspace
from netcordon.enforcement.approved import subject_of
from netcordon.enforcement.seats import Seats, affected_lines, judged
from netcordon.errors import WorkspaceError
from netcordon.model.approval import Checked, Subject, Word
from netcordon.model.plan import Plan
from netcordon.model.statement import Consent
from netcordon.planning.reading import plan_of
from netcordon.workflow.json_file import read_object
from netcordon.workflow.the_plan import the_plan

FORMAT = "netcordon approvals 1"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def export(workspace: Path, plan_id: str | None, *, now: datetime) -> str:
    """The file for a plan, as JSON text; the same journal gives the same bytes.

    Raises:
        UsageError: NC-823 no such plan.
    """
    with open_workspace(workspace, create=False, clock=lambda: now, readonly=True) as opened:
        plan, register = the_plan(opened, plan_id)
        found = _entries(opened.journal, plan.id)
        return _text(_document(subject_of(opened.journal, plan, register, now), found))


def _entries(journal: Journal, plan_id: str) -> tuple[Entry, ...]:
    """About the plan, those who spoke, who vouch for them, and the first: trust begins there."""
    known = people.people(journal)
    said = tuple(journal.entries(approvals.KINDS, plan_id))
    wanted: set[str] = set()
    to_add = {word.person.id for word in approvals.fold(said, known)}
    to_add |= {person.id for person in known.all() if person.first}
    while to_add:
        wanted |= to_add
        to_add = {known.by_id[who].vouched_by for who in to_add} - wanted - {""}
    about = [entry for entry in journal.entries(people.KINDS) if entry.subject in wanted]
    return tuple(sorted((*about, *said), key=lambda entry: entry.seq))


def _document(subject: Subject, entries: Sequence[Entry]) -> dict[str, Plain]:
    known, words = _folded(subject, entries)
    document: dict[str, Plain] = {
        "format": FORMAT,
        "plan": plain(subject),
        "words": [_by_hand(word) for word in words],
        "people": [
            {"id": p.id, "name": p.name, "fingerprint": p.fingerprint, "public_key": p.public_key}
            for p in known.all()
        ],
        "entries": [plain(entry) for entry in entries],
    }
    digest = hashlib.sha256(canonical(document).encode("ascii")).hexdigest()
    return {**document, "sha256": digest}


def _folded(subject: Subject, entries: Sequence[Entry]) -> tuple[People, tuple[Word, ...]]:
    known = people.fold(e for e in entries if e.kind in people.KINDS)
    about = [e for e in entries if e.kind in approvals.KINDS and e.subject == subject.id]
    return known, approvals.fold(about, known)


def _by_hand(word: Word) -> dict[str, Plain]:
    """What the check of one signature by other tools needs."""
    return {
        "id": word.id,
        "yes": isinstance(word.says, Consent),
        "name": word.person.name,
        "seat": word.seat,
        "statement": word.signed.statement,
        "signature": word.signed.signature,
        "public_key": word.person.public_key,
        "withdrawn": word.withdrawn,
        "void": word.void,
    }


def _text(document: Mapping[str, Plain]) -> str:
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def check(path: Path, plan_path: Path | None) -> Checked:
    """What a file proves, with nothing but itself and, perhaps, the plan's own file.

    Raises:
        UsageError: NC-837 a file cannot be read.
    """
    try:
        document = read_object(path)
        subject, entries = _parsed(document)
        if canonical(_document(subject, entries)) != canonical(document):
            return Checked(faults=("it was changed: its parts do not agree with each other",))
        known, words = _folded(subject, entries)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return Checked(faults=(f"it is not what netcordon writes ({type(error).__name__})",))
    faults = [
        *known.faults,
        *(word.void for word in words if not holds(word.signed, word.person.public_key)),
        *(_against(subject, plan_path) if plan_path else ()),
    ]
    seats = judged(subject, words, max((entry.time for entry in entries), default=_NEVER))
    says = [word.says for word in seats.words] if isinstance(seats, Seats) else []
    return Checked(
        faults=tuple(faults),
        subject=subject,
        words=words,
        people=known.all(),
        open_until=min((s.expires_time for s in says if isinstance(s, Consent)), default=None),
        missing=() if isinstance(seats, Seats) else seats,
        compared=plan_path is not None,
    )


def _against(subject: Subject, path: Path) -> list[str]:
    """Why the plan of a file is not the one that people spoke of."""
    document = read_object(path)
    try:
        plan = plan_of(document.get("plan", document))
    except WorkspaceError as error:
        return [f"the plan in {path.name} was changed: {error.why}"]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return [f"{path.name} holds no plan ({type(error).__name__})"]
    return _other(subject, plan)


def _other(subject: Subject, plan: Plan) -> list[str]:
    meant = (subject.id, subject.hash, subject.case_id, subject.author, subject.lines)
    if meant != (plan.id, plan.hash, plan.case_id, plan.author, affected_lines(plan)):
        return [f"the plan in the file is {plan.id}; they spoke of {subject.id}"]
    return []


def _parsed(document: Mapping[str, Any]) -> tuple[Subject, tuple[Entry, ...]]:
    plan = document["plan"]
    subject = Subject(**{**plan, "lines": tuple(plan["lines"])})
    entries = tuple(
        Entry(**{**each, "time": instant(each["time"])}) for each in document["entries"]
    )
    if [entry.seq for entry in entries] != sorted({entry.seq for entry in entries}):
        raise ValueError("entries out of order")
    return subject, entries
