"""Terms add up in log-odds."""

from __future__ import annotations

import pytest

from netcordon.model.score import (
    CEILING,
    FLOOR,
    confidence,
    false_discovery_rates,
    ramp,
    term,
    wilson_upper,
)


def test_no_terms_leave_the_prior() -> None:
    assert confidence(0.0, {}) == 0.5


def test_contributions_add_in_log_odds_whatever_their_order() -> None:
    one = {"a": term(1.0, 1), "b": term(-0.5, 2), "c": term(2.25, 3)}
    other = dict(reversed(one.items()))
    assert confidence(-3.0, one) == confidence(-3.0, other) == pytest.approx(0.4378, abs=1e-4)


@pytest.mark.parametrize(("odds", "expected"), [(50.0, CEILING), (-50.0, FLOOR)])
def test_nothing_is_certain_or_impossible(odds: float, expected: float) -> None:
    assert confidence(odds, {}) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, 0.0), (5.0, 0.0), (7.5, 1.0), (10.0, 2.0), (99.0, 2.0)]
)
def test_a_ramp_rises_between_its_ends(value: float, expected: float) -> None:
    assert ramp(value, 5.0, 10.0, 2.0) == expected


def test_a_ramp_may_fall() -> None:
    assert ramp(0.1, 0.5, 0.1, -3.5) == -3.5
    assert ramp(0.6, 0.5, 0.1, -3.5) == 0.0


def test_measurements_are_shown_with_six_digits() -> None:
    assert term(0.12345, 1 / 3).value == 0.333333
    assert term(0.12345, 1 / 3).contribution == 0.123
    assert term(1.0, 12_345_678).value == 12_345_678


def test_false_discovery_is_benjamini_hochberg() -> None:
    # Of four tests: 0.01 * 4 / 1, 0.02 * 4 / 2, 0.04 * 4 / 3 and 0.5 * 4 / 4, never falling.
    assert false_discovery_rates([0.5, 0.01, 0.04, 0.02], 4) == pytest.approx(
        [0.5, 0.04, 0.16 / 3, 0.04]
    )
    assert false_discovery_rates([0.01], 100) == [1.0]
    assert false_discovery_rates([], 0) == []


@pytest.mark.parametrize(
    ("count", "of", "bound"), [(1, 3, 0.79), (1, 50, 0.105), (0, 0, 1.0), (5, 5, 1.0), (9, 3, 1.0)]
)
def test_a_share_of_few_may_be_large(count: int, of: int, bound: float) -> None:
    assert wilson_upper(count, of) == pytest.approx(bound, abs=0.003)
