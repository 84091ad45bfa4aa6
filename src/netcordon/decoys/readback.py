"""Read marks from a found text: which places are there, and which bits they show.

A place is found by the words around it, so excerpts, reordered paragraphs and edits elsewhere do no
harm. Whether a layer counts as lost is judged from the text alone, never from a copy's bits: else
the statistics would no longer hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from netcordon.decoys.marking import ONE, ZERO
from netcordon.decoys.slots import BITS, LAYERS, NEIGHBOURHOODS, Script, contexts
from netcordon.decoys.words import Word, folded, found_words, pair_of

_WINDOW = 12
"""Places in a row; if all of them show the same, nobody marked them (once in 2,048 windows)."""
_CAN_VANISH = ("letters", "spaces")
_SPACES = re.compile(r"[.!?][)\"'\u201d]?([ \u00a0]{1,2})\Z")


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a text shows of one layer.

    Attributes:
        bits: place of a bit in the layer -> 0 or 1.
        note: why there are none, empty otherwise.
    """

    layer: str
    bits: dict[int, int]
    note: str = ""


def found_places(script: Script, words: Sequence[Word]) -> dict[int, int]:
    """Word of the script that carries a mark -> the word of the text that stands for it."""
    wanted: dict[tuple[str, tuple[str, ...]], tuple[int, int]] = {}
    for word, around in contexts(script).items():
        for kind, offset, senses in around:
            wanted[kind, senses] = (word, offset)
    said = [word.sense for word in words]
    places: dict[int, set[int]] = {}
    settled: dict[int, int] = {}
    for kind, before, after in NEIGHBOURHOODS:
        size = before + after + 1
        for start in range(len(said) - size + 1):
            hit = wanted.get((kind, tuple(said[start : start + size])))
            if hit is not None and hit[0] not in settled:
                places.setdefault(hit[0], set()).add(start + hit[1])
        # What a longer neighbourhood found is surer than what a shorter one finds.
        settled |= {word: min(at) for word, at in places.items() if len(at) == 1}
        places = {}
    return settled


def read_layers(script: Script, text: str) -> tuple[tuple[Read, ...], float]:
    """Everything a text shows, by layer, and the share of the marked words it has."""
    words = found_words(text)
    places = found_places(script, words)
    marked_words = {slot.word for slot in script.slots}
    share = len(places) / len(marked_words) if marked_words else 0.0
    return tuple(_read(script, layer, words, places) for layer in LAYERS), share


def _read(script: Script, layer: str, words: Sequence[Word], places: dict[int, int]) -> Read:
    slots = script.of(layer)
    if not slots:
        return Read(layer=layer, bits={}, note="this format carries none")
    shown: dict[int, str] = {}
    for number, slot in enumerate(slots):
        if slot.word in places:
            bits = _shown(layer, words[places[slot.word]])
            if bits is not None:
                shown[number] = bits
    if layer in _CAN_VANISH:
        shown = _believed(shown)
    width = BITS[layer]
    out = {
        number * width + at: int(bit)
        for number, bits in shown.items()
        for at, bit in enumerate(bits)
    }
    return Read(layer=layer, bits=out, note="" if out else "lost, or not in this part")


def _shown(layer: str, word: Word) -> str | None:
    """The bits one place shows; ``None`` when it shows nothing."""
    if layer == "words":
        pair = pair_of(folded(word.text))
        return str(pair.index(folded(word.text))) if pair else None
    if layer == "letters":
        return str(int(any("\u0400" <= char <= "\u04ff" for char in word.text)))
    if layer == "invisible":
        return {ZERO: "0", ONE: "1"}.get(word.gap[:1])
    if layer == "spaces":
        found = _SPACES.match(word.gap)
        return str(len(found[1]) - 1) if found else None
    digit = int(word.text[-1]) if word.text[-1:].isdecimal() else 0
    return f"{(digit - 1) // 2:02b}" if 1 <= digit <= 8 else None


def _believed(shown: dict[int, str]) -> dict[int, str]:
    """Without the stretches in which every place shows the same."""
    places = sorted(shown)
    count = max(len(places) // _WINDOW, 1)
    out: dict[int, str] = {}
    for number in range(count):
        first = number * _WINDOW
        window = places[first:] if number == count - 1 else places[first : first + _WINDOW]
        if len({shown[place] for place in window}) > 1:
            out |= {place: shown[place] for place in window}
    return out
