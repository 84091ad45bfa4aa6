"""How likely chance is: exact, and bounded over everything that was tried."""

from __future__ import annotations

from math import comb


def binomial_tail(trials: int, successes: int) -> float:
    """Chance of at least so many heads in so many tosses of a fair coin."""
    if successes <= 0:
        return 1.0
    ways = sum(comb(trials, k) for k in range(successes, trials + 1))
    # Integers to the end: the quotient of two of them is rounded once.
    return ways / (1 << trials)


def over_all(p_value: float, tries: int) -> float:
    """The union bound: chance that any of so many tries does as well."""
    return min(1.0, p_value * max(tries, 1))


def token_by_chance(windows: int, copies: int, bits: int) -> float:
    """Chance that any of the copies' tokens stands in a text by accident.

    Args:
        windows: strings of the right length that the text has.
        copies: tokens looked for.
        bits: of one token.
    """
    return min(1.0, windows * copies / (1 << bits))
