"""Hashes as words that can be read out over the telephone.

Sixteen bits become five letters, consonants and vowels in turn: ``lusab`` is 0x7f00 (D. S.
Wilkerson, "A Proposal for Proquints: Identifiers that are Readable, Spellable, and Pronounceable",
2009, arXiv:0901.4016).
"""

from __future__ import annotations

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"


def proquints(digest: str) -> str:
    """Hexadecimal digits, four to a word, as words joined by ``-``.

    Raises:
        ValueError: it is not hexadecimal, or not whole words.
    """
    if len(digest) % 4:
        raise ValueError("not whole words of 16 bits")
    return "-".join(_word(int(digest[at : at + 4], 16)) for at in range(0, len(digest), 4))


def from_proquints(text: str) -> str:
    """The inverse of ``proquints``; case does not matter.

    Raises:
        ValueError: a word that is none.
    """
    return "".join(f"{_value(word):04x}" for word in text.strip().lower().split("-"))


def _word(value: int) -> str:
    return "".join(
        (
            _CONSONANTS[value >> 12], _VOWELS[value >> 10 & 3], _CONSONANTS[value >> 6 & 15],
            _VOWELS[value >> 4 & 3], _CONSONANTS[value & 15],
        )
    )  # fmt: skip


def _value(word: str) -> int:
    if len(word) != 5:
        raise ValueError(f"{word!r} is no word of five letters")
    value = 0
    for letter, known, bits in zip(
        word, (_CONSONANTS, _VOWELS) * 2 + (_CONSONANTS,), (4, 2, 4, 2, 4), strict=True
    ):
        if letter not in known:
            raise ValueError(f"{word!r} is no word of five letters that is spoken here")
        value = value << bits | known.index(letter)
    return value
