"""Whether a confidence of 0.8 is right eight times in ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.accuracy.evaluate import Result
from benchmarks.accuracy.score import finding_is_right
from netcordon.model.severity import Severity

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Bin:
    """Findings of alike confidence.

    Attributes:
        parts: for each capture how many of them are right, and how many there are.
    """

    low: float
    high: float
    mean_confidence: float
    parts: tuple[tuple[float, float], ...]

    @property
    def count(self) -> int:
        """How many findings there are."""
        return int(sum(of for _, of in self.parts))

    @property
    def right(self) -> float:
        """Share of them that is right."""
        return sum(hit for hit, _ in self.parts) / self.count


def judged(results: Sequence[Result]) -> list[list[tuple[float, bool]]]:
    """For each capture the confidence of findings whose truth is known, and whether they hold.

    Findings that only give context (informational) claim nothing and are left out.
    """
    found = []
    for result in results:
        rows = [
            (f.confidence, right)
            for f in result.findings
            if f.severity.rank > Severity.INFORMATIONAL.rank
            and (right := finding_is_right(f, result.truth)) is not None
        ]
        if rows:
            found.append(rows)
    return found


def bins(results: Sequence[Result]) -> list[Bin]:
    """The reliability table: confidence said, and share that was right."""
    made = []
    captures = judged(results)
    for low, high in pairwise(EDGES):
        chosen = [[r for r in rows if low <= r[0] < high] for rows in captures]
        chosen = [rows for rows in chosen if rows]
        flat = [row for rows in chosen for row in rows]
        if flat:
            parts = tuple((float(sum(r for _, r in rows)), float(len(rows))) for rows in chosen)
            made.append(Bin(low, min(high, 1.0), sum(c for c, _ in flat) / len(flat), parts))
    return made


def brier(results: Sequence[Result]) -> float | None:
    """Mean squared distance of confidence and truth (Brier 1950); 0.25 is a coin's."""
    flat = [row for rows in judged(results) for row in rows]
    if not flat:
        return None
    return sum((said - right) ** 2 for said, right in flat) / len(flat)
