"""Which boundaries lie between two zones: traffic crosses all that stand on its way."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from netcordon.model.register import INTERNET, Boundary, Register

IMPLIED = "border"
"""Name of the one boundary that is assumed where none is declared."""

_INSIDE = "inside"


def crossings(register: Register) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Boundaries between each ordered pair of different zones, nearest to the first zone first.

    Traffic takes the ways with the fewest boundaries; where several are equally short (two lines
    to the internet), it may take any, so all their boundaries are named: a cordon must close each.
    Pairs that no declared way joins are left out.
    """
    beside = _beside(register, frozenset())
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for start in beside:
        steps = _distances(beside, start)
        for end in beside:
            if end != start and end in steps:
                found[start, end] = _on_shortest(beside, steps, _distances(beside, end), end)
    return found


def _beside(
    register: Register, without: frozenset[str]
) -> Mapping[str, list[tuple[str, Boundary]]]:
    """Zone -> the zones next to it, each with the boundary between them."""
    names = [zone.name for zone in register.zones] + [INTERNET]
    beside: dict[str, list[tuple[str, Boundary]]] = {name: [] for name in names}
    for boundary in register.boundaries:
        if boundary.name not in without:
            a, b = boundary.zones
            beside[a].append((b, boundary))
            beside[b].append((a, boundary))
    return beside


def _distances(beside: Mapping[str, list[tuple[str, Boundary]]], start: str) -> dict[str, int]:
    steps = {start: 0}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there, _ in beside[here]:
            # Nothing goes through the internet from one zone of ours to another.
            if there not in steps and (here != INTERNET or start == INTERNET):
                steps[there] = steps[here] + 1
                waiting.append(there)
    return steps


def _on_shortest(
    beside: Mapping[str, list[tuple[str, Boundary]]],
    there: Mapping[str, int],
    back: Mapping[str, int],
    end: str,
) -> tuple[str, ...]:
    """Boundaries on any shortest way, by distance from its begin."""
    length = there[end]
    found = {
        (there[a], boundary.name)
        for a, neighbours in beside.items()
        for b, boundary in neighbours
        if a in there and b in back and there[a] + 1 + back[b] == length
    }
    return tuple(name for _, name in sorted(found))


def still_joined(register: Register, start: str, end: str, closed: frozenset[str]) -> bool:
    """Whether a path leads from one zone to another that crosses none of the closed boundaries."""
    beside = _beside(register, closed)
    return end in _distances(beside, start)
