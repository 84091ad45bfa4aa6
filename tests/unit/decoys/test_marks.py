"""Marks go where they do no harm, and nowhere else."""

from __future__ import annotations

from importlib.resources import files

import pytest

from netcordon.decoys.chance import binomial_tail
from netcordon.decoys.marking import copy_bits, marked
from netcordon.decoys.slots import LAYERS, script_of
from netcordon.decoys.words import found_words
from tests.unit.decoys.made import KEY

OWN = {"host": "fs-x.example", "mail": "m@x.example", "url": "https://x/", "reference": "R"}


def _pairs() -> list[list[str]]:
    text = (files("netcordon.decoys") / "synonyms.txt").read_text("utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def test_each_synonym_is_in_one_pair_and_keeps_the_article_right() -> None:
    words = [word for pair in _pairs() for word in pair[:2]]
    assert sorted(words) == sorted(set(words))
    for pair in _pairs():
        first, second, *kind = pair
        assert (first[0] in "aeiou") == (second[0] in "aeiou") or kind == ["verb"], pair


@pytest.mark.parametrize(
    "text",
    [
        "big@client.example", "http://big.client/risk", "10.20.30.45", "2026-03-01", "1.234.567",
        "v3.11", "12:30", "large-scale", "DE89 3704 0044", "C:\\big\\site", "{{host}}",
    ],
)  # fmt: skip
def test_names_addresses_and_dates_stay_as_they_are(text) -> None:
    script = script_of([f"{text}"], LAYERS, KEY, "dec-0001")
    assert script.slots == ()


def test_capitals_are_kept_and_placeholders_filled() -> None:
    blocks = ["However, BIG plans at {{host}} need 1,234.56 EUR. Large ones too."]
    script = script_of(blocks, ("words", "numbers"), KEY, "dec-0001")
    ones = {"words": [1] * 9, "numbers": [1, 1]}
    assert marked(script, ones, OWN) == (
        "Nevertheless, LARGE plans at fs-x.example need 1,234.57 EUR. Large ones too.",
    )


def test_a_marked_text_has_the_words_of_the_template() -> None:
    blocks = ["The big meeting was discussed. Several managers proposed 12,345.67 EUR for it."]
    script = script_of(blocks, LAYERS, KEY, "dec-0001")
    counts = {layer: script.bits(layer) for layer in LAYERS}
    for copy in range(8):
        text = marked(script, copy_bits(KEY, "dec-0001", copy, counts), OWN)[0]
        assert [w.sense for w in found_words(text)] == [w.sense for w in script.words]


def test_the_tail_is_exact() -> None:
    assert binomial_tail(3, 2) == 0.5
    assert binomial_tail(10, 10) == 2**-10
    assert binomial_tail(5, 0) == 1.0
    assert binomial_tail(0, 1) == 0.0
