"""Marks of a behaviour, and the rules for sensors that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netcordon.model.rehearsal import Judged


class How(StrEnum):
    """How a value is compared; letters count except in names."""

    IS = "is"
    UNDER = "under"
    """A name, or a name under it."""
    CONTAINS = "contains"
    SHAPE = "shape"
    """A regular expression of ours: literals, classes and counts only."""


@dataclass(frozen=True, kw_only=True)
class Trait:
    """One thing that a row of a table shows.

    Attributes:
        column: of the mark's table.
        value: as the table has it; for a shape, the expression.
    """

    column: str
    how: How
    value: str


@dataclass(frozen=True, kw_only=True)
class Pace:
    """At least so many rows of one initiator within so many seconds."""

    count: int
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What rows of a behaviour have in common.

    Attributes:
        kind: of mark, e.g. ``tls client``; with ``title`` for people, in words of ours.
        table: whose rows show it; all ``traits`` at once.
        pace: where a single row says nothing.
    """

    kind: str
    title: str
    table: str
    traits: tuple[Trait, ...]
    pace: Pace | None = None


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A rule for sensors, and what it did when it was tried.

    Attributes:
        language: ``suricata`` or ``sigma``.
        sid: number of the mark; ``rev``: of its text.
        text: of the rule.
        expected: flows of the incident that show the mark, by the tables.
        hits: of the incident's flows that the rule spoke of; ``others``: flows that are not the
            incident's, in the same evidence.
        examples: some of the others.
        elsewhere: ordinary capture -> times the rule spoke there.
        why_not: why it is not worth writing; empty when it is.
    """

    language: str
    mark: Mark
    sid: int
    rev: int
    text: str
    expected: int = 0
    hits: int = 0
    others: int = 0
    examples: tuple[Judged, ...] = ()
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    why_not: str = ""
