"""A question to somebody who knows more, and what they are handed with it (line I9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from netcordon.model.handling import TLP


@dataclass(frozen=True, kw_only=True)
class HelpRequest:
    """A question that was handed over.

    Attributes:
        id: ``help-0001`` and on.
        expert: who is asked.
        due: until when the answer is needed.
        tlp: marking of what was handed over.
        sha256: of the page.
        answer: empty while there is none.
    """

    id: str
    case_id: str
    question: str
    expert: str
    due: datetime
    tlp: TLP
    sha256: str
    time: datetime
    author: str
    answer: str = ""
    answered: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether the answer is late."""
        return self.answered is None and self.due < now


@dataclass(frozen=True, kw_only=True)
class TopFlow:
    """One of the largest flows of a case.

    Attributes:
        place: evidence and frame (or line) where it begins.
    """

    start: datetime
    src: str
    dst: str
    protocol: str
    bytes_out: int | None
    bytes_in: int | None
    place: str


@dataclass(frozen=True, kw_only=True)
class Handover:
    """What the page is made of.

    Attributes:
        tlp: marking of the page: of the strictest object in it.
        limit: nothing above this is in it.
        summary: sentences on the case; empty where they lie above the limit.
        hashes: of evidence: kind, size and SHA-256.
        reports: of people, a line each.
        left_out: what lies above the limit, in words.
    """

    id: str
    case_id: str
    question: str
    expert: str
    author: str
    time: datetime
    due: datetime
    tlp: TLP
    limit: TLP
    summary: tuple[str, ...]
    flows: tuple[TopFlow, ...]
    hashes: tuple[tuple[str, int, str], ...]
    reports: tuple[str, ...]
    left_out: tuple[str, ...]
