"""What people ruled on findings, and which they set aside for a while: folds of the journal."""

from __future__ import annotations

from datetime import datetime

from netcordon.casefile.canonical import instant, timestamp
from netcordon.casefile.journal import Draft, Journal
from netcordon.model.casework import Judgement, Ruling, Suppression

JUDGED = "finding.judged"
SUPPRESSED = "finding.suppressed"
RESTORED = "finding.restored"


class Triage:
    """Rulings and suppressions of a workspace; a finding has one id in every case."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def judge(self, finding_id: str, detector: str, ruling: Ruling, reason: str) -> None:
        """Record a ruling; a later one on the same finding replaces it and both stay on record."""
        payload = {"detector": detector, "ruling": ruling.value, "reason": reason}
        self._journal.append([Draft(JUDGED, finding_id, payload)])

    def suppress(self, finding_id: str, until: datetime, reason: str) -> None:
        """Set a finding aside until a time (exclusive)."""
        payload = {"until": timestamp(until), "reason": reason}
        self._journal.append([Draft(SUPPRESSED, finding_id, payload)])

    def restore(self, finding_id: str, reason: str) -> None:
        """End a suppression before its time."""
        self._journal.append([Draft(RESTORED, finding_id, {"reason": reason})])

    def judgements(self) -> dict[str, Judgement]:
        """The ruling that holds for each finding, by id."""
        return {
            entry.subject: Judgement(
                finding_id=entry.subject,
                detector=entry.payload["detector"],
                ruling=Ruling(entry.payload["ruling"]),
                reason=entry.payload["reason"],
                author=entry.author,
                time=entry.time,
            )
            for entry in self._journal.entries((JUDGED,))
        }

    def suppressions(self, now: datetime | None = None) -> dict[str, Suppression]:
        """Suppressions that nobody ended, by finding; with ``now`` only those still in force."""
        found: dict[str, Suppression] = {}
        for entry in self._journal.entries((SUPPRESSED, RESTORED)):
            found.pop(entry.subject, None)
            if entry.kind == SUPPRESSED:
                found[entry.subject] = Suppression(
                    finding_id=entry.subject,
                    until=instant(entry.payload["until"]),
                    reason=entry.payload["reason"],
                    author=entry.author,
                    time=entry.time,
                )
        return {i: s for i, s in found.items() if now is None or now < s.until}
