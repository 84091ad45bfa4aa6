"""Where a text can carry marks, by layer, and how a place is found again.

``words``       a word of the list of synonyms: which of the two stands there
``letters``     one letter that looks like another (Unicode look-alikes)
``invisible``   one of two characters without width after a word
``spaces``      one space or two after a sentence
``numbers``     the last digit of an amount: two bits
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netcordon.decoys.code import chosen
from netcordon.decoys.words import LOOKALIKES, Word, folded, pair_of, words_of

LAYERS = ("words", "letters", "invisible", "spaces", "numbers")
BITS = {"words": 1, "letters": 1, "invisible": 1, "spaces": 1, "numbers": 2}

PLACEHOLDER = re.compile(r"\{\{(host|mail|url|reference)\}\}")
"""What each copy has its own text for."""

_ONE_IN = {"letters": 5, "invisible": 4}
"""Not every word: marks that a reader or a spelling checker meets too often are noticed."""
_SHORTEST = 4
_AMOUNT = re.compile(
    r"(?<![\w.,:/-])(?:\d{1,3}(?:,\d{3})+(?:\.\d{2})?|\d{2,}\.\d{2})(?![\w:/-]|[.,]\d)"
)
_PLAIN = re.compile(r"[a-z]+\Z")


@dataclass(frozen=True)
class Slot:
    """A place that carries a mark: the word it hangs on, counted over the whole text."""

    layer: str
    word: int


@dataclass(frozen=True, kw_only=True)
class Script:
    """A document as marking sees it.

    Attributes:
        blocks: its paragraphs or cells, in reading order, with placeholders.
        words: of all blocks.
        slots: in the order of words, then of layers.
    """

    blocks: tuple[str, ...]
    words: tuple[Word, ...]
    slots: tuple[Slot, ...]

    def of(self, layer: str) -> tuple[Slot, ...]:
        """The places of one layer."""
        return tuple(slot for slot in self.slots if slot.layer == layer)

    def bits(self, layer: str) -> int:
        """How many bits a layer carries."""
        return BITS[layer] * len(self.of(layer))


def script_of(blocks: Sequence[str], layers: Sequence[str], key: bytes, batch: str) -> Script:
    """Find the places in a text.

    Args:
        blocks: paragraphs or cells.
        layers: that the format of the copies can carry.
        key: decides which of many possible places are used.
        batch: likewise, so that no two batches use the same.
    """
    words = words_of(blocks)
    slots: list[Slot] = []
    for at, word in enumerate(words):
        block = blocks[word.block]
        if _is_inside_placeholder(block, word):
            continue
        slots += [
            Slot(layer, at)
            for layer in _possible(block, word)
            if layer in layers
            and (layer not in _ONE_IN or chosen(key, batch, layer, at, _ONE_IN[layer]))
        ]
    return Script(blocks=tuple(blocks), words=tuple(words), slots=tuple(slots))


def _possible(block: str, word: Word) -> Iterator[str]:
    plain = folded(word.text)
    stands_alone = _stands_alone(block, word)
    pair = pair_of(plain) if stands_alone else None
    if pair:
        yield "words"
    if stands_alone and _PLAIN.match(plain) and word.text.isascii() and len(plain) >= _SHORTEST:
        # The first letter stays: capitals have other look-alikes, and readers look there first.
        if not pair and any(letter in LOOKALIKES for letter in word.text[1:]):
            yield "letters"
        if word.gap.startswith(" "):
            yield "invisible"
    if re.fullmatch(r"[.!?] ", word.gap) and len(block) > word.end + 2:
        yield "spaces"
    if word.is_number and _AMOUNT.match(block, word.start) and _matches_all(block, word):
        yield "numbers"


def _matches_all(block: str, word: Word) -> bool:
    found = _AMOUNT.match(block, word.start)
    return found is not None and found.end() == word.end and sum(map(str.isdigit, word.text)) > 3


def _stands_alone(block: str, word: Word) -> bool:
    """Not part of a name, an address or a number: nothing of those may change."""
    before = block[word.start - 1] if word.start else " "
    after = block[word.end : word.end + 2].ljust(2)
    return before in " (\"'\u201c" and (
        after[0] in " )\"'\u201d" or (after[0] in ".,;:!?" and after[1] == " ")
    )


def _is_inside_placeholder(block: str, word: Word) -> bool:
    return any(m.start() <= word.start < m.end() for m in PLACEHOLDER.finditer(block))


def contexts(script: Script) -> dict[int, list[tuple[str, int, tuple[str, ...]]]]:
    """For each word with a mark the neighbourhoods that occur once in the text.

    Returns:
        Word -> list of kind of neighbourhood, place of the word in it, senses. What each copy has
        its own text for is in none of them.
    """
    senses: list[str | None] = [
        None if _is_inside_placeholder(script.blocks[w.block], w) else w.sense for w in script.words
    ]
    wanted = sorted({slot.word for slot in script.slots})
    out: dict[int, list[tuple[str, int, tuple[str, ...]]]] = {at: [] for at in wanted}
    for kind, before, after in NEIGHBOURHOODS:
        seen: dict[tuple[str | None, ...], int] = {}
        for at in range(before, len(senses) - after):
            window = tuple(senses[at - before : at + after + 1])
            seen[window] = seen.get(window, 0) + 1
        for at in wanted:
            window = tuple(senses[max(at - before, 0) : at + after + 1])
            if at >= before and len(window) == before + after + 1 and seen.get(window) == 1:
                whole = tuple(sense for sense in window if sense is not None)
                if len(whole) == len(window):
                    out[at].append((kind, before, whole))
    return out


NEIGHBOURHOODS = (("around", 3, 3), ("before", 4, 0), ("after", 0, 4), ("close", 2, 2))
"""Name, words before, words after: one edited word beside a mark must not hide it."""
