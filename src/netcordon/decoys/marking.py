"""Put a copy's marks into a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.decoys.code import code_bits
from netcordon.decoys.slots import BITS, LAYERS, PLACEHOLDER, Script, Slot
from netcordon.decoys.words import LOOKALIKES, Word, folded, pair_of

ZERO, ONE = "\u200c", "\u2060"
"""ZERO WIDTH NON-JOINER and WORD JOINER: without effect between a Latin letter and a space."""


def copy_bits(
    key: bytes, batch: str, copy: int, counts: Mapping[str, int]
) -> dict[str, tuple[int, ...]]:
    """The bits of one copy, layer by layer; ``counts`` says how many each layer has."""
    return {layer: code_bits(key, batch, copy, layer, counts[layer]) for layer in counts}


def marked(
    script: Script, bits: Mapping[str, Sequence[int]], own: Mapping[str, str]
) -> tuple[str, ...]:
    """The blocks of one copy.

    Args:
        script: the document.
        bits: of the copy, by layer.
        own: placeholder -> what this copy has in its place.
    """
    edits: dict[int, list[tuple[int, int, str]]] = {}
    for layer in LAYERS:
        width = BITS[layer]
        for number, slot in enumerate(script.of(layer)):
            value = int("".join(map(str, bits[layer][number * width : (number + 1) * width])), 2)
            word = script.words[slot.word]
            edit = _edit(slot, word, value)
            if edit is not None:
                edits.setdefault(word.block, []).append(edit)
    return tuple(
        _filled(block, edits.get(number, []), own) for number, block in enumerate(script.blocks)
    )


def _edit(slot: Slot, word: Word, value: int) -> tuple[int, int, str] | None:
    """Start, end and new text; ``None`` where the mark is that nothing changes."""
    if slot.layer == "words":
        pair = pair_of(folded(word.text))
        assert pair is not None
        return word.start, word.end, _as(word.text, pair[value])
    if slot.layer == "letters" and value:
        at = next(n for n, letter in enumerate(word.text) if n and letter in LOOKALIKES)
        return word.start + at, word.start + at + 1, LOOKALIKES[word.text[at]]
    if slot.layer == "invisible":
        return word.end, word.end, ONE if value else ZERO
    if slot.layer == "spaces" and value:
        return word.end + 1, word.end + 1, " "
    if slot.layer == "numbers":
        return word.end - 1, word.end, digit_of(word.text[-1], value)
    return None


def digit_of(digit: str, value: int) -> str:
    """The last digit that says ``value`` (0 to 3); never 0, which programs leave out."""
    return str(2 * value + 1 + int(digit) % 2)


def _as(model: str, word: str) -> str:
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word.capitalize() if model[:1].isupper() else word


def _filled(block: str, edits: Sequence[tuple[int, int, str]], own: Mapping[str, str]) -> str:
    for start, end, text in sorted(edits, reverse=True):
        block = block[:start] + text + block[end:]
    return PLACEHOLDER.sub(lambda m: own[m[1]], block)
