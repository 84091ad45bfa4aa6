"""Why a finding says what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netcordon.model.document import SampleRows


@dataclass(frozen=True, kw_only=True)
class TermExplained:
    """One addend of the score.

    Attributes:
        contribution: log-odds.
        without: the confidence if this term were not there.
    """

    name: str
    value: object
    contribution: float
    without: float


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A finding with everything that a second reader asks.

    Attributes:
        finding: its document, as recorded.
        prior: log-odds before any term; ``None`` when the detector is no longer there.
        is_current: the recorded confidence follows from this version's prior.
        benign: what harmless thing looks like it.
        blind_spots: what its detector cannot see.
        sql: the query with its parameters written in.
        sample: a handful of its rows; ``None`` when none can be shown.
    """

    finding: Mapping[str, Any]
    prior: float | None
    is_current: bool
    terms: tuple[TermExplained, ...]
    summary: str
    benign: str
    blind_spots: str
    look_next: str
    sql: str
    sample: SampleRows | None
