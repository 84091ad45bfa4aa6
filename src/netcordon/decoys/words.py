"""Text as words: what stands there, what it means to the marks, and what follows it.

Two renderings of one text must give the same words although letters look alike, invisible
characters came or went, capitals were lost, or a synonym stands in a place. What differs between
them is what the marks say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

NUMBER = r"\d{1,3}(?:[,'\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TOKEN = re.compile(rf"(?P<number>{NUMBER})|[^\W_]+")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SEPARATORS = str.maketrans("", "", ",'\u00a0\u202f")

LOOKALIKES = {
    "a": "а", "c": "с", "e": "е", "i": "і", "j": "ј", "o": "о", "p": "р", "s": "ѕ", "x": "х",
    "y": "у",
}  # fmt: skip
"""Latin letter -> the Cyrillic one that looks the same (Unicode TR 39, confusables)."""

_FOLD = str.maketrans({v: k for k, v in LOOKALIKES.items()} | dict.fromkeys(_INVISIBLE, ""))
_BREAKS_WORDS = re.compile(r"[\u00ad\ufeff\u200b\u200d]|(?<=\w)[\u200c\u2060]+(?=\w)")


@dataclass(frozen=True)
class Word:
    """One word or number.

    Attributes:
        block: number of the paragraph or cell it stands in.
        start: offset in the block, like ``end``.
        text: as it stands there.
        sense: what is compared: folded, a synonym by the first of its pair, a number without its
            last digit.
        gap: what stands between it and the next word of the block.
    """

    block: int
    start: int
    end: int
    text: str
    sense: str
    gap: str
    is_number: bool


def folded(text: str) -> str:
    """Compatibility forms, look-alikes, invisible characters and capitals undone."""
    return unicodedata.normalize("NFKC", text.translate(_FOLD)).translate(_FOLD).casefold()


def words_of(blocks: Sequence[str]) -> list[Word]:
    """All words in reading order."""
    out: list[Word] = []
    for number, block in enumerate(blocks):
        matches = list(_TOKEN.finditer(block))
        for match, following in zip(matches, [*matches[1:], None], strict=True):
            end = following.start() if following else len(block)
            text, is_number = match.group(), match["number"] is not None
            out.append(
                Word(
                    block=number,
                    start=match.start(),
                    end=match.end(),
                    text=text,
                    sense=_number_sense(text) if is_number else sense_of(text),
                    gap=block[match.end() : end],
                    is_number=is_number,
                )
            )
    return out


def found_words(text: str) -> list[Word]:
    """Words of a found text, which is one block; what breaks words invisibly is removed first."""
    plain = _BREAKS_WORDS.sub("", unicodedata.normalize("NFC", text))
    for ligature, letters in (("\ufb00", "ff"), ("\ufb01", "fi"), ("\ufb02", "fl")):
        plain = plain.replace(ligature, letters)
    return words_of([plain])


def sense_of(word: str) -> str:
    """A word as it is compared."""
    plain = folded(word)
    pair = pair_of(plain)
    return pair[0] if pair else plain


def pair_of(plain: str) -> tuple[str, str] | None:
    """The synonyms a folded word belongs to, the one that stands for 0 first."""
    return _pairs().get(plain)


def _number_sense(text: str) -> str:
    digits = text.translate(_SEPARATORS)
    return f"{digits[:-1]}#"


@cache
def _pairs() -> dict[str, tuple[str, str]]:
    text = (files("netcordon.decoys") / "synonyms.txt").read_text("utf-8")
    found: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            first, second = line.split()[:2]
            found[first] = found[second] = (first, second)
    return found
