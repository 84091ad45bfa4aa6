"""Abuse reports in the journal: what was drafted for whom, and what somebody sent."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from netcordon.casefile.journal import Draft, Journal
from netcordon.model.abuse import AbuseDraft, AbuseRecord

DRAFTED = "abuse.drafted"
SENT = "abuse.sent"


def next_abuse(journal: Journal) -> int:
    """Number of the next draft; ask within ``journal.alone``."""
    return 1 + sum(1 for _ in journal.entries((DRAFTED,)))


def record_abuse(journal: Journal, draft: AbuseDraft) -> None:
    """Put a draft on record, with the hash of its report.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    payload = {
        "case_id": draft.case_id,
        "incident_id": draft.incident_id,
        "source": draft.source,
        "mail": draft.contact.mail if draft.contact else "",
        "contact_from": draft.contact.source if draft.contact else "",
        "sha256": hashlib.sha256(draft.xarf.encode()).hexdigest(),
        "lines": draft.lines,
    }
    journal.append([Draft(DRAFTED, draft.id, payload)])


def record_sent(journal: Journal, draft_id: str, reference: str) -> None:
    """Put on record that somebody sent it."""
    journal.append([Draft(SENT, draft_id, {"reference": reference})])


def abuse_records(journal: Journal) -> dict[str, AbuseRecord]:
    """All drafts by id, oldest first."""
    found: dict[str, AbuseRecord] = {}
    for entry in journal.entries((DRAFTED, SENT)):
        said = entry.payload
        if entry.kind == DRAFTED:
            found[entry.subject] = AbuseRecord(
                id=entry.subject, case_id=said["case_id"], source=said["source"],
                mail=said["mail"], sha256=said["sha256"], time=entry.time, author=entry.author,
            )  # fmt: skip
        else:
            known = found[entry.subject]
            found[known.id] = replace(known, sent=entry.time, reference=said["reference"])
    return found
