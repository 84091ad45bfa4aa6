"""A part of a journal that proves itself: all links of the chain, and the entries one may read.

Of every entry stand its hash and its leaves (``casefile/chain.py``), which say nothing of what is
in it; of those that are given away also each field, as the text that its leaf is the SHA-256 of.
So ``sha256sum`` checks both, and what is withheld cannot be left out unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from netcordon.casefile import chain

LEAVES, FIELDS = "leaves.txt", "entries.txt"
"""Lines ``HASH LEAVES``, one an entry; lines ``ENTRY FIELD:TYPE:VALUE``."""
_LONGEST_SEQ = 18
"""Digits of an entry's number; Python refuses to read thousands of them."""


@dataclass(frozen=True, kw_only=True)
class Extract:
    """An extract.

    Attributes:
        leaves: content of ``LEAVES``; ``fields``: of ``FIELDS``.
        entries: in the chain; ``given``: of which the fields are there.
    """

    leaves: bytes
    fields: bytes
    entries: int
    given: int


def extract(rows: Iterable[chain.Row], may_know: Callable[[chain.Row], bool]) -> Extract:
    """The extract of a journal, from its first entry on.

    Args:
        rows: as stored.
        may_know: whether an entry is given away.
    """
    links: list[str] = []
    fields: list[str] = []
    given = 0
    for row in rows:
        links.append(f"{row['hash']} {row['leaves']}\n")
        texts = [f"{name}:{type(row[name]).__name__}:{row[name]}" for name in chain.SEALED]
        # A line is a line: what would not stay on one is withheld.
        if may_know(row) and all(t.isascii() and t.isprintable() for t in texts):
            fields += [f"{row['seq']} {text}\n" for text in texts]
            given += 1
    return Extract(
        leaves="".join(links).encode("ascii", "backslashreplace"),
        fields="".join(fields).encode("ascii"),
        entries=len(links),
        given=given,
    )


def check_extract(leaves: bytes, fields: bytes) -> tuple[list[str], str]:
    """What is wrong with an extract, one sentence each, and its head (``41:9f86d0…``)."""
    problems: list[str] = []
    known: list[dict[str, str]] = []
    previous = chain.GENESIS
    for number, line in enumerate(leaves.decode("ascii", "replace").splitlines(), 1):
        digest, _, text = line.partition(" ")
        parsed = _parsed(text)
        known.append(parsed)
        if hashlib.sha256(text.encode()).hexdigest() != digest or not parsed:
            problems.append(f"journal entry {number}: its leaves do not have its hash")
        elif parsed["prev_hash"] != _leaf(f"prev_hash:str:{previous}"):
            problems.append(f"journal entry {number} does not follow the one before it")
        elif parsed["seq"] != _leaf(f"seq:int:{number}"):
            problems.append(f"journal entry {number} stands in the wrong place")
        previous = digest
    for line in fields.decode("ascii", "replace").splitlines():
        seq, _, text = line.partition(" ")
        name = text.partition(":")[0]
        number = int(seq) if seq.isdecimal() and len(seq) <= _LONGEST_SEQ else 0
        entry = known[number - 1] if 0 < number <= len(known) else {}
        if entry.get(name) != _leaf(text):
            problems.append(f"journal entry {seq[:12]}: field {name[:20]!r} was changed")
    return problems, f"{len(known)}:{previous}"


def _parsed(text: str) -> dict[str, str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict) or set(value) != set(chain.SEALED):
        return {}
    return {str(name): str(leaf) for name, leaf in value.items()}


def _leaf(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
