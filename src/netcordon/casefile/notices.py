"""Notices in the journal: what was drafted for whom, and who said that he had read it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.model.notice import Notice, NoticeRecord

DRAFTED = "notice.drafted"
READ = "notice.read"


def next_notice(journal: Journal) -> str:
    """Id of the next notice; ask within ``journal.alone``."""
    return f"notice-{1 + sum(1 for _ in journal.entries((DRAFTED,))):04d}"


def record_notice(journal: Journal, notice: Notice) -> None:
    """Put a draft on record, with the hash of its text.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    payload = {
        "case_id": notice.case_id,
        "incident_id": notice.incident_id,
        "audience": notice.audience.value,
        "language": notice.language,
        "tlp": notice.tlp.value,
        "subject": notice.subject,
        "sha256": hashlib.sha256(notice.text.encode()).hexdigest(),
        "recipients": [person.name for person in notice.recipients],
        "left_out": list(notice.left_out),
    }
    journal.append([Draft(DRAFTED, notice.id, payload)])


def record_reading(journal: Journal, notice_id: str, person: str) -> None:
    """Put on record that somebody read a notice."""
    journal.append([Draft(READ, notice_id, {"person": person})])


def notice_records(journal: Journal) -> dict[str, NoticeRecord]:
    """All notices by id, oldest first."""
    found: dict[str, NoticeRecord] = {}
    for entry in journal.entries((DRAFTED, READ)):
        if entry.kind == DRAFTED:
            found[entry.subject] = _record(entry)
        else:
            known = found[entry.subject]
            name = str(entry.payload["person"])
            if name not in {reader for reader, _ in known.read}:
                found[entry.subject] = replace(known, read=(*known.read, (name, entry.time)))
    return found


def _record(entry: Entry) -> NoticeRecord:
    said = entry.payload
    return NoticeRecord(
        id=entry.subject,
        case_id=said["case_id"],
        incident_id=said["incident_id"],
        audience=said["audience"],
        language=said["language"],
        tlp=said["tlp"],
        subject=said["subject"],
        sha256=said["sha256"],
        recipients=tuple(said["recipients"]),
        time=entry.time,
        author=entry.author,
    )
