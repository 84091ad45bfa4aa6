"""How sure a share is: bootstrap intervals, and plain counts where captures are few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FEW = 30
"""Captures below which a percentage would pretend to a precision that is not there."""
_RESAMPLES = 2000
_SEED = 20260101


def bootstrap(parts: Sequence[tuple[float, float]], level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of a ratio of sums, resampled by capture.

    Findings of one capture depend on each other, so whole captures are drawn (Efron and
    Tibshirani 1993, chapter 13). The seed is fixed: same input, same interval.

    Args:
        parts: for each capture numerator and denominator.
        level: of confidence.

    Returns:
        Lower and upper end; (0, 0) when every denominator is 0.
    """
    if not parts:
        return 0.0, 0.0
    array = np.array(parts, dtype=float)
    drawn = np.random.default_rng(_SEED).integers(0, len(parts), (_RESAMPLES, len(parts)))
    sums = array[drawn].sum(axis=1)
    ratios = sums[sums[:, 1] > 0]
    if not len(ratios):
        return 0.0, 0.0
    tail = (1 - level) / 2
    low, high = np.quantile(ratios[:, 0] / ratios[:, 1], [tail, 1 - tail])
    return float(low), float(high)


def share(parts: Sequence[tuple[float, float]]) -> str:
    """``12 of 15``, or ``83 % (71-92) of 64`` where there are enough captures."""
    hits, of = sum(p[0] for p in parts), sum(p[1] for p in parts)
    if not of:
        return "none"
    if len(parts) < FEW:
        return f"{hits:g} of {of:g}"
    low, high = bootstrap(parts)
    return f"{100 * hits / of:.0f} % ({100 * low:.0f}-{100 * high:.0f}) of {of:g}"


def rate(parts: Sequence[tuple[float, float]]) -> str:
    """Events per unit with its interval: ``0.013 (0.004-0.025)``."""
    hits, of = sum(p[0] for p in parts), sum(p[1] for p in parts)
    if not of:
        return "none"
    low, high = bootstrap(parts)
    return f"{hits / of:.4f} ({low:.4f}-{high:.4f})"
