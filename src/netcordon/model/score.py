"""How terms add up: log-odds in, probability out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from netcordon.model.finding import Term

FLOOR, CEILING = 0.01, 0.99
"""No sum of terms makes a finding impossible or certain."""


def confidence(prior: float, terms: Mapping[str, Term]) -> float:
    """Logistic of the prior log-odds and the contributions, within ``FLOOR`` and ``CEILING``.

    The sum is exact (``math.fsum``), so the order of the terms does not matter. The result has
    four decimals.
    """
    odds = math.fsum((prior, *(term.contribution for term in terms.values())))
    odds = max(-30.0, min(30.0, odds))
    return round(min(CEILING, max(FLOOR, 1.0 / (1.0 + math.exp(-odds)))), 4)


def ramp(value: float, low: float, high: float, weight: float) -> float:
    """``weight`` scaled linearly: 0 at ``low`` and beyond, all of it at ``high`` and beyond.

    ``high`` may be below ``low``: then small values earn the weight. Three decimals.

    Raises:
        ZeroDivisionError: when ``low`` equals ``high``.
    """
    share = (value - low) / (high - low)
    return round(weight * min(1.0, max(0.0, share)), 3)


def wilson_upper(count: int, of: int, z: float = 1.96) -> float:
    """Largest share that ``count`` out of ``of`` is consistent with (Wilson 1927), 95 % by default.

    One host of three that go somewhere does not make the place rare: the bound is 0.79. One of
    fifty does: 0.1.
    """
    if of <= 0:
        return 1.0
    share, z2 = min(1.0, count / of), z * z
    root = math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return min(1.0, (share + z2 / (2 * of) + z * root) / (1 + z2 / of))


def false_discovery_rates(p: Sequence[float], tests: int) -> list[float]:
    """Benjamini and Hochberg's q for each p, of ``tests`` tests made in all.

    Tests whose p is not given count as larger than all that are; that can only make q larger.
    """
    order = sorted(range(len(p)), key=lambda i: (p[i], i), reverse=True)
    q, lowest = [1.0] * len(p), 1.0
    for behind, i in enumerate(order):
        lowest = min(lowest, p[i] * tests / (len(p) - behind))
        q[i] = lowest
    return q


def term(contribution: float, value: float | int | str | None) -> Term:
    """A term, with contribution and measurement rounded so that they print the same everywhere."""
    shown = float(f"{value:.6g}") if isinstance(value, float) else value
    return Term(contribution=round(contribution, 3), value=shown)
