"""The choice: the least harmful that closes all, within room, and honest about the rest."""

from __future__ import annotations

import itertools
import random

import pytest

from netcordon.model.command import Target
from netcordon.planning import choose as module
from netcordon.planning.candidates import Candidate, Need, Order
from netcordon.planning.choose import choose


def candidate(*covers: int, kind: str = "address", point: str = "fw") -> Candidate:
    order = Order(kind=kind, layer="packets", target=Target(outside="203.0.113.7/32"))
    return Candidate(order=order, point=point, covers=tuple((way, "edge") for way in covers))


def needs(count: int) -> list[Need]:
    return [Need(way=way, boundary="edge", layer="packets") for way in range(count)]


def test_the_cheapest_that_closes_everything_is_taken():
    offered = [candidate(0), candidate(1), candidate(0, 1)]
    choice = choose(offered, needs(2), [0.0, 0.0, 0.5], frozenset(), {})
    assert (choice.chosen, choice.open, choice.optimal) == ((2,), (), True)
    harmful = choose(offered, needs(2), [0.0, 0.0, 1.5], frozenset(), {})
    assert harmful.chosen == (0, 1)


def test_what_only_a_forbidden_command_would_close_stays_open():
    choice = choose([candidate(0), candidate(1)], needs(2), [0.0, 0.0], frozenset({0}), {})
    assert (choice.chosen, choice.open) == ((1,), (0,))


def test_a_device_without_room_leaves_the_rest_open():
    choice = choose([candidate(0), candidate(1)], needs(2), [0.0, 3.0], frozenset(), {"fw": 1})
    assert (choice.chosen, choice.open) == ((0,), (1,))


def test_nothing_to_close_needs_nothing():
    assert choose([candidate(0)], [], [0.0], frozenset(), {}).chosen == ()


def cost(offered, harm, chosen) -> float:
    return sum(offered[c].price + harm[c] for c in chosen)


@pytest.mark.parametrize("seed", range(12))
def test_no_other_set_is_better(seed):
    dice = random.Random(seed)
    offered = [
        candidate(
            *dice.sample(range(5), dice.randint(1, 3)),
            kind=dice.choice(("pair", "service", "address")), point=dice.choice(("a", "b")),
        )
        for _ in range(9)
    ]  # fmt: skip
    harm = [dice.choice((0.0, 0.3, 2.0)) for _ in offered]
    forbidden = frozenset(dice.sample(range(9), 2))
    room = {"a": 2}
    wanted = needs(5)
    choice = choose(offered, wanted, harm, forbidden, room)

    def closed(chosen) -> int:
        return len({way for c in chosen for way in offered[c].covers})

    best = min(
        (
            (5 - closed(chosen), round(cost(offered, harm, chosen), 3))
            for size in range(10)
            for chosen in itertools.combinations(sorted(set(range(9)) - forbidden), size)
            if sum(offered[c].point == "a" for c in chosen) <= 2
        ),
    )
    assert (len(choice.open), round(cost(offered, harm, choice.chosen), 3)) == best
    assert choice.optimal


def test_greedy_closes_what_can_be_closed_within_room(monkeypatch):
    monkeypatch.setattr(module, "_exact", lambda *_: None)
    offered = [candidate(0), candidate(0, 1, 2), candidate(3), candidate(4)]
    choice = choose(offered, needs(5), [0.0, 0.5, 0.0, 9.0], frozenset(), {"fw": 2})
    assert (choice.chosen, choice.open, choice.optimal) == ((1, 2), (4,), False)
