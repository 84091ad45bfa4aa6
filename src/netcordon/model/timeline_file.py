"""Timelines as files: written for, and taken from, other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netcordon.model.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class ExportedTimeline:
    """A timeline that was written.

    Attributes:
        path: of the file; ``sha256`` and ``bytes``: its own.
        events: in it; ``first`` and ``last``: their times as written there.
        case_id: that it is about; empty for none.
    """

    path: str
    sha256: str
    bytes: int
    format: str
    case_id: str
    events: int
    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class ImportedTimeline:
    """Timelines that were taken in.

    Attributes:
        evidence: one for each.
        others: files that were taken in and are no timelines.
        unreadable: files that could not be read.
        refused: reason -> lines that were not read.
    """

    evidence: tuple[Evidence, ...]
    others: tuple[str, ...]
    unreadable: tuple[str, ...]
    refused: Mapping[str, int]
