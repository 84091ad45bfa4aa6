"""Terms for the company that a place keeps."""

from __future__ import annotations

import pytest

from netcordon.model.company import prevalence, renown

MANY, FEW = ("many", -2.0), ("few_at_most", 0.7)


def test_many_users_speak_against_and_some_say_nothing() -> None:
    against = prevalence(30, 100, many=MANY, few=FEW)
    assert (list(against), against["many"].contribution) == (["many"], -2.0)
    assert prevalence(25, 100, many=MANY, few=FEW) == {}
    assert prevalence(3, 100, many=MANY, few=FEW) == {}


@pytest.mark.parametrize(("active", "weight"), [(0, 0.0), (3, 0.0), (1000, 0.7)])
def test_one_user_is_rare_among_many_hosts_only(active: int, weight: float) -> None:
    (found,) = prevalence(1, active, many=MANY, few=FEW).values()
    assert found.contribution == weight


def test_a_name_that_anybody_may_point_anywhere_is_no_renown() -> None:
    assert renown("dynamic_dns", "x")["dynamic_name"].contribution == 1.5
    assert renown("cloud", "y")["known_service"].value == "cloud: y"
    assert renown(None, None) == {}
