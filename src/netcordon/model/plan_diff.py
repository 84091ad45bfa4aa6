"""What differs between two plans, and what they were made of that explains it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Differs:
    """One kind of thing: what only the later plan has, and what only the earlier one had."""

    what: str
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlanDiff:
    """Two plans side by side.

    Attributes:
        before, after: their ids.
        reasons: what they were made of that is not the same, one sentence each.
        parts: ways, measures, commands, harms and gaps; only those that differ.
    """

    before: str
    after: str
    reasons: tuple[str, ...]
    parts: tuple[Differs, ...]
