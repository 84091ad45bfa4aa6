"""How much a name looks like words: bits by which its letter pairs are likelier than chance.

The table is made by `python -m benchmarks.letter_pairs`: one row for each first letter, one level
for each second, of the distinct English words in the language reference that comes with Python.
"""

from __future__ import annotations

from itertools import pairwise

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
LEVELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWEST, STEP = -5.5, 0.25
"""Bits of the first level, and from each to the next."""

DIGIT_CHANGE_BITS = -2.0
"""For each change between letter and digit: words do not mix them, made-up names do."""

_ROWS = (
    "0OQL3AI0M0GULR0M0TQVHG8AF3",
    "RFKET333SI3WECPF3PQIP333O3",
    "T0K6U00PO0NOB3W33LCTM000D0",
    "MFALZ000X70K7AO00DPCOE77D0",
    "NBPUIKG9A00NLS7KFUUN3ICNA0",
    "RA3ARR33X3AQA3UA3PANP333K3",
    "PFI4XAJOT44OARLF4QQFQA4444",
    "X333YA33U33DGAU33KGMG333D3",
    "KHPKNKL0206MMYSI2IPS0L0D0J",
    "SHNHUHHHHHHHHHSHHHHHXHHHHH",
    "O9F9ZFKFU99F9KFI9FUFK9O999",
    "T69KW890U33S38SC03LLKD30T0",
    "VN06X600S069M9RU06H6O000E0",
    "P6PRQFWBN16E9GMB04SVJI61C4",
    "FGMNCDG0E0GNPXKN0UNLPKMB27",
    "T0AEV80JN08T58RQ0VKPJ050G5",
    "EEEEEEEEEEEEEEEEEEEEZEEEEE",
    "T9JKXEH4T1DFMHRC0MPOKDB1I0",
    "L0N8VA3NT3DIBALO33RVR0D0I0",
    "R7EBXA0OX00IB6NB0RPLJ461L0",
    "PPPHMDJ0N00RPUEP0QRR000000",
    "U555Z555V555E5N55555B55555",
    "U88HU88TT88J8OT88SN888H88E",
    "O8SHS88HV888E8LV88HU88EPJ8",
    "KFO9P999Q99IPSNU99SV9FM999",
    "VCCCZJCCQCCCCCMCCCCCCCCCJC",
)

_BITS = {
    one + other: LOWEST + STEP * LEVELS.index(level)
    for one, row in zip(ALPHABET, _ROWS, strict=True)
    for other, level in zip(ALPHABET, row, strict=True)
}


def wordlikeness(label: str) -> float:
    """Mean bits a pair of neighbours; words and names made of them about 0.5, random letters -1.

    One short name says little: take the mean of ten or more. Pairs with other characters than
    letters and digits count as neither likely nor unlikely.
    """
    label = label.lower()
    pairs = list(pairwise(label))
    if not pairs:
        return 0.0
    letters = sum(_BITS.get(one + other, 0.0) for one, other in pairs)
    changes = sum(
        one.isdigit() != other.isdigit() and "-" not in (one, other) for one, other in pairs
    )
    return (letters + DIGIT_CHANGE_BITS * changes) / len(pairs)
