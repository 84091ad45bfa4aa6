"""Rules for sensors that were written, and the ledger of their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netcordon.casefile.journal import Draft, Journal

WRITTEN = "rules.written"


@dataclass(frozen=True, kw_only=True)
class RulesRecord:
    """One set of rules.

    Attributes:
        subject: the incident.
        location: absolute path of the folder.
        files: name -> SHA-256.
        ledger: of each mark its fingerprint, number, revision, and SHA-256 of its text.
        verdicts: of each rule its language, number, hits, others, whether it was written.
    """

    subject: str
    location: str
    files: Mapping[str, str]
    ledger: Sequence[tuple[str, int, int, str]]
    verdicts: Sequence[Mapping[str, object]]


def record_rules(journal: Journal, record: RulesRecord) -> None:
    """Put a set of rules into the journal.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(WRITTEN, record.subject, record)])


def known_numbers(journal: Journal) -> dict[str, tuple[int, int, str]]:
    """Fingerprint of a mark -> number, revision and SHA-256 of its rule, as last written."""
    return {
        str(key): (int(sid), int(rev), str(digest))
        for entry in journal.entries((WRITTEN,))
        for key, sid, rev, digest in entry.payload["ledger"]
    }
