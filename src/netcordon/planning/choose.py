"""The least harmful set of commands that closes every way: an integer program, solved by HiGHS.

    minimise   sum(price_c + harm_c) x_c + sum(penalty_n) u_n
    such that  sum(x_c for c that closes n) + u_n >= 1     for every need n
               sum(x_c at p) <= capacity_p                 for every device p
               x_c = 0                                     for every forbidden c

``u_n`` says that need n stays open. The penalty is larger than any set of commands could cost, so a
way stays open only where closing it is forbidden or there is no room, and the answer always exists.
Source-address filters as such a program: Soldo, Argyraki, Markopoulou, "Optimal source-based
filtering of malicious traffic", IEEE/ACM ToN 20 (2012), arXiv:1006.1165.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netcordon.planning.candidates import Candidate, Need


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was chosen.

    Attributes:
        chosen: places of the candidates to give, in order.
        open: places of the needs that stay open.
        optimal: whether nothing less harmful exists.
    """

    chosen: tuple[int, ...]
    open: tuple[int, ...]
    optimal: bool


def choose(
    candidates: Sequence[Candidate],
    needs: Sequence[Need],
    harm: Sequence[float],
    forbidden: frozenset[int],
    capacity: Mapping[str, int],
    *,
    seconds: float = 10.0,
) -> Choice:
    """Choose.

    Args:
        candidates: what could be given.
        needs: what must be closed.
        harm: of each candidate, in rules: how many rules of effort its harm is worth.
        forbidden: places of candidates that must not be given.
        capacity: rules each device can take; those left out have room for all.
        seconds: after which the best found so far is taken.
    """
    closes = _closers(candidates, needs)
    usable = [c for c in range(len(candidates)) if c not in forbidden]
    if not usable or not needs:
        return Choice(chosen=(), open=tuple(range(len(needs))), optimal=True)
    exact = _exact(candidates, needs, harm, usable, closes, capacity, seconds)
    return exact or _greedy(candidates, needs, harm, usable, closes, capacity)


def _closers(candidates: Sequence[Candidate], needs: Sequence[Need]) -> list[list[int]]:
    """Candidate -> the needs it closes."""
    by_key = {(need.way, need.boundary, need.layer): n for n, need in enumerate(needs)}
    return [
        [
            by_key[key]
            for way, boundary in candidate.covers
            if (key := (way, boundary, candidate.order.layer)) in by_key
        ]
        for candidate in candidates
    ]


def _exact(
    candidates: Sequence[Candidate],
    needs: Sequence[Need],
    harm: Sequence[float],
    usable: Sequence[int],
    closes: Sequence[Sequence[int]],
    capacity: Mapping[str, int],
    seconds: float,
) -> Choice | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # half a second, for this alone
    from scipy.sparse import csr_array

    width = len(usable) + len(needs)
    price = np.array([candidates[c].price + harm[c] for c in usable])
    # Ties are broken by order, so that the same evidence gives the same plan.
    price = price + np.arange(len(usable)) * 1e-6
    penalty = float(price.sum()) + 1.0
    rows, columns = list(range(len(needs))), [len(usable) + n for n in range(len(needs))]
    for at, c in enumerate(usable):
        for n in closes[c]:
            rows.append(n)
            columns.append(at)
    covering = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(needs), width))
    constraints = [LinearConstraint(covering, lb=1)]
    by_point: dict[str, list[int]] = defaultdict(list)
    for at, c in enumerate(usable):
        by_point[candidates[c].point].append(at)
    for point, places in sorted(by_point.items()):
        if point in capacity:
            row = csr_array(
                (np.ones(len(places)), (np.zeros(len(places), int), places)), shape=(1, width)
            )
            constraints.append(LinearConstraint(row, ub=capacity[point]))
    solved = milp(
        np.concatenate([price, np.full(len(needs), penalty)]),
        integrality=np.ones(width),
        bounds=Bounds(0, 1),
        constraints=constraints,
        options={"time_limit": seconds},
    )
    if solved.x is None:
        return None
    taken = solved.x > 0.5
    return Choice(
        chosen=tuple(c for at, c in enumerate(usable) if taken[at]),
        open=tuple(n for n in range(len(needs)) if taken[len(usable) + n]),
        optimal=solved.status == 0,
    )


def _greedy(
    candidates: Sequence[Candidate],
    needs: Sequence[Need],
    harm: Sequence[float],
    usable: Sequence[int],
    closes: Sequence[Sequence[int]],
    capacity: Mapping[str, int],
) -> Choice:
    """The cheapest for what it still closes, again and again (Chvátal 1979: within ln n)."""
    still, room = set(range(len(needs))), dict(capacity)
    left, chosen = set(usable), list[int]()
    while still:
        gain = {
            c: len(still.intersection(closes[c]))
            for c in left
            if room.get(candidates[c].point, 1) > 0
        }
        useful = [c for c, closed in gain.items() if closed]
        if not useful:
            break
        best = min(useful, key=lambda c: ((candidates[c].price + harm[c]) / gain[c], c))
        chosen.append(best)
        left.discard(best)
        still -= set(closes[best])
        if candidates[best].point in room:
            room[candidates[best].point] -= 1
    return Choice(chosen=tuple(sorted(chosen)), open=tuple(sorted(still)), optimal=False)
