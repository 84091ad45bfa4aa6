"""Evidence: what was handed in, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class IngestWarning:
    """Something in a piece of evidence that could not be read or must be doubted.

    Attributes:
        code: stable identifier, e.g. ``NC-203``.
        what: one sentence for a person.
        count: how many times it happened.
        frame: first frame (1-based) or line it happened at; ``None`` when it has no place.
    """

    code: str
    what: str
    count: int = 1
    frame: int | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One registered piece of evidence.

    Attributes:
        id: ``ev-`` and the first 16 hexadecimal digits of ``sha256``.
        path: where it was read from, as given (hostile text: escape before showing).
        sha256: of the bytes as handed in, compressed or not.
        kind: ``pcap`` or ``pcapng``.
        bytes: size of what was handed in.
        records: rows (frames) read.
        refused: reason -> rows that were seen and not decoded further.
        facts: statistics of the decoder behind the quality verdict (see ``CaptureQuality``).
    """

    id: str
    path: str
    sha256: str
    kind: str
    bytes: int
    records: int
    refused: Mapping[str, int] = field(default_factory=dict)
    first_time: datetime | None = None
    last_time: datetime | None = None
    warnings: tuple[IngestWarning, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


class Grade(StrEnum):
    """How far conclusions from a capture can be trusted."""

    GOOD = "good"
    LIMITED = "limited"
    POOR = "poor"


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One defect of a capture and what it means for the findings.

    Attributes:
        name: closed vocabulary, e.g. ``short_snaplen``, ``drops``, ``one_sided``,
            ``offload``, ``duplicates``, ``clock_jump``, ``truncated_file``.
        share: part of the capture it touches, 0 to 1; ``None`` where a share has no meaning.
        what: what was measured, with the number.
        consequence: what can therefore not be concluded.
    """

    name: str
    share: float | None
    what: str
    consequence: str


@dataclass(frozen=True, kw_only=True)
class CaptureQuality:
    """The capture-quality verdict, said before anything else.

    Attributes:
        evidence_id: which evidence it judges.
        grade: the verdict.
        summary: the verdict in one sentence.
        defects: what is wrong, worst first.
    """

    evidence_id: str
    grade: Grade
    summary: str
    defects: tuple[Defect, ...] = ()
