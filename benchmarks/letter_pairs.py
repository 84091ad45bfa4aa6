"""How often letters follow each other in English words: makes the table of `model/letters.py`.

    python -m benchmarks.letter_pairs [TEXT ...]

Reads the texts given, or the language reference that comes with Python, takes every distinct word
of three or more letters once, and prints one row a letter. Counts of letters are facts; no text
enters the table.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from pydoc_data import topics

from netcordon.model.letters import ALPHABET, LEVELS, LOWEST, STEP


def rows(texts: Iterable[str]) -> list[str]:
    """Twenty-six rows of twenty-six levels: bits by which a pair is likelier than chance."""
    words = {word for text in texts for word in re.findall(r"[a-z]{3,}", text.lower())}
    pairs = Counter(pair for word in words for pair in pairwise(word))
    made = []
    for one in ALPHABET:
        total = sum(pairs[one, other] for other in ALPHABET)
        # Half a sighting for every pair (Jeffreys), so that unseen ones are rare, not impossible.
        bits = [
            math.log2((pairs[one, other] + 0.5) / (total + 0.5 * len(ALPHABET)) * len(ALPHABET))
            for other in ALPHABET
        ]
        levels = [min(len(LEVELS) - 1, max(0, round((b - LOWEST) / STEP))) for b in bits]
        made.append("".join(LEVELS[level] for level in levels))
    return made


def main() -> int:
    """Print the table."""
    given = [Path(path).read_text("utf-8") for path in sys.argv[1:]]
    print("\n".join(rows(given or topics.topics.values())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
