"""Names made of words are told from names made of chance."""

from __future__ import annotations

import random
from pydoc_data import topics
from statistics import mean

import pytest
from benchmarks.letter_pairs import rows

from netcordon.model import letters
from netcordon.model.letters import ALPHABET, wordlikeness


@pytest.mark.parametrize("word", ["windows", "research", "treatment", "weatherreport"])
def test_words_are_likelier_than_chance(word: str) -> None:
    assert wordlikeness(word) > 0.2


def test_chance_is_less_likely_than_words() -> None:
    rng = random.Random(3)
    names = ["".join(rng.choices(ALPHABET, k=12)) for _ in range(50)]
    assert mean(map(wordlikeness, names)) < -0.6


def test_digits_among_letters_count_against_a_name() -> None:
    assert wordlikeness("mar4ket7er") < wordlikeness("marketer") - 0.5


def test_a_number_after_a_dash_does_not() -> None:
    assert wordlikeness("market-2") == pytest.approx(wordlikeness("market") * 5 / 7)


@pytest.mark.parametrize("label", ["", "a", "7", "ü"])
def test_too_short_to_say(label: str) -> None:
    assert wordlikeness(label) == 0.0


def test_the_table_is_what_its_script_makes_of_such_words() -> None:
    """Python's reference changes from version to version: levels may differ, not by much."""
    made = rows(topics.topics.values())
    far = [
        (one, other)
        for one, old, new in zip(ALPHABET, letters._ROWS, made, strict=True)
        for other, a, b in zip(ALPHABET, old, new, strict=True)
        if abs(letters.LEVELS.index(a) - letters.LEVELS.index(b)) > 8
    ]
    assert len(far) <= 20, far
