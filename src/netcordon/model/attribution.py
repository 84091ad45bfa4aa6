"""Where an incident comes from, as far as evidence says; an address is never a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """One answer to where it comes from.

    Attributes:
        kind: ``outside infrastructure`` or ``host of ours``.
        parties: addresses with what is known of them.
        confidence: 0 to 1, of the surest finding that names one of them.
        finding_ids: the findings that name them.
        why: what speaks for it.
    """

    kind: str
    parties: tuple[str, ...]
    confidence: float
    finding_ids: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Attribution:
    """The source of one incident.

    Attributes:
        statement: one sentence; it names nobody when the source is not identified.
        source: the hypothesis that holds; ``None`` when none is sure enough.
        alternatives: what else would look the same, in words.
    """

    incident_id: str
    statement: str
    source: Hypothesis | None
    alternatives: tuple[str, ...]
