"""The allow-list: added to and taken from by entries of the journal, never edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from netcordon.casefile.canonical import instant, timestamp
from netcordon.casefile.journal import Draft, Journal
from netcordon.model.casework import Allowance

ADDED = "allow.added"
REMOVED = "allow.removed"


class AllowList:
    """The allowances of a workspace, folded from its journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def add(
        self, *, what: str, value: str, owner: str, reason: str, expires: datetime, detector: str
    ) -> Allowance:
        """Add an allowance; its value is in canonical form already."""
        payload = {
            "what": what,
            "value": value,
            "owner": owner,
            "reason": reason,
            "expires": timestamp(expires),
            "detector": detector,
        }
        with self._journal.alone():
            allowance_id = f"allow-{len(self._fold()) + 1:04d}"
            self._journal.append([Draft(ADDED, allowance_id, payload)])
            return self._fold()[allowance_id]

    def remove(self, allowance_id: str, reason: str) -> None:
        """End an allowance; that it was there stays on record."""
        self._journal.append([Draft(REMOVED, allowance_id, {"reason": reason})])

    def all(self) -> tuple[Allowance, ...]:
        """Every allowance there ever was, oldest first."""
        return tuple(self._fold().values())

    def _fold(self) -> dict[str, Allowance]:
        found: dict[str, Allowance] = {}
        for entry in self._journal.entries((ADDED, REMOVED)):
            if entry.kind == REMOVED:
                before = found[entry.subject]
                found[entry.subject] = replace(before, removed=entry.payload["reason"])
                continue
            payload = entry.payload
            found[entry.subject] = Allowance(
                id=entry.subject,
                what=payload["what"],
                value=payload["value"],
                owner=payload["owner"],
                reason=payload["reason"],
                author=entry.author,
                time=entry.time,
                expires=instant(payload["expires"]),
                detector=payload["detector"],
            )
        return found
