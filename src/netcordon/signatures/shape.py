"""The shape of several strings as one expression: what they share as it is, the rest by its kind.

Expressions have literals, classes and counts only, so that PCRE, RE2 and Sigma read them alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from netcordon.signatures.quoting import LONGEST, literal

_KINDS = (
    ("[0-9]", re.compile(r"[0-9]+")),
    ("[0-9a-f]", re.compile(r"[0-9a-f]+")),
    ("[0-9A-F]", re.compile(r"[0-9A-F]+")),
    ("[a-z]", re.compile(r"[a-z]+")),
    ("[A-Za-z]", re.compile(r"[A-Za-z]+")),
    ("[0-9a-z]", re.compile(r"[0-9a-z]+")),
    ("[0-9A-Za-z]", re.compile(r"[0-9A-Za-z]+")),
    ("[0-9A-Za-z_-]", re.compile(r"[0-9A-Za-z_-]+")),
)
_OTHER = "[^/?&]"
_PARTS = re.compile(r"([/?&=.])")
_ROOM = 2
"""A string may be this many characters shorter or longer than those that were seen."""
_MOST = 255


def path_shape(uris: Sequence[str]) -> str | None:
    """Shape of request targets with as many parts each; ``None`` when they are too different.

    Args:
        uris: as sent, at least one. One alone is its path as it is.
    """
    if len(set(uris)) == 1 and "?" not in uris[0]:
        return literal(uris[0][:LONGEST]) + ("$" if len(uris[0]) <= LONGEST else "")
    split = [_PARTS.split(uri) for uri in sorted(set(uris))]
    if len({len(parts) for parts in split}) != 1 or len(split[0]) > 40:
        return None
    out = ""
    literals = 0
    for place, column in enumerate(zip(*split, strict=True)):
        if len(set(column)) == 1 and not _is_value(split[0], place):
            out += literal(column[0])
            literals += len(column[0])
        elif place % 2:  # what separates parts differs
            return None
        else:
            out += run_of(column)
    return out + "$" if literals >= 3 and len(out) <= 400 else None


def _is_value(parts: Sequence[str], place: int) -> bool:
    """Whether a part stands behind ``=``: those of one request say little of the next."""
    return place > 0 and parts[place - 1] == "="


def run_of(words: Sequence[str]) -> str:
    """One class with a count that holds each of the words."""
    shortest, longest = min(map(len, words)), max(map(len, words))
    least, most = max(0, shortest - _ROOM), min(_MOST, longest + _ROOM)
    if shortest == longest and len(set(words)) > 2:
        least = most = shortest
    together = "".join(words)
    kind = next((kind for kind, known in _KINDS if known.fullmatch(together)), _OTHER)
    return f"{kind}{{{least},{most}}}" if least != most else f"{kind}{{{most}}}"


def label_shape(names: Sequence[str], suffix: str) -> str:
    """Shape of the label that stands before a suffix, for names whose labels carry data."""
    labels = [
        name[: -len(suffix) - 1].split(".")[0] for name in names if len(name) > len(suffix) + 1
    ]
    shortest = min(map(len, labels))
    kind = next((kind for kind, known in _KINDS if known.fullmatch("".join(labels))), "[^.]")
    # The first and last pieces of a message are short; most of it is not.
    return f"^{kind}{{{max(1, shortest)},63}}\\x2e"
