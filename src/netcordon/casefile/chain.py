"""The hash chain of the journal: how an entry is sealed, how a change to one is found and named.

Each field has its own digest (a leaf), and the entry's hash covers the leaves. A changed byte is
therefore not only noticed but placed: entry and field. It also means that a payload can be withheld
from a copy of the journal without breaking the chain (the construction of Merkle trees and RFC
9162's leaves).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from netcordon.casefile.canonical import canonical

SEALED = ("seq", "time", "author", "kind", "subject", "payload", "prev_hash")
"""Fields an entry's hash covers."""

GENESIS = "0" * 64
"""``prev_hash`` of the first entry."""

Row = Mapping[str, object]
"""An entry as stored: the sealed fields, ``leaves`` and ``hash``."""


@dataclass(frozen=True)
class ChainDefect:
    """One thing that is wrong with the journal.

    Attributes:
        seq: the entry, counted from 1; ``None`` when it concerns the journal as a whole.
        field: the changed field, ``None`` when the entry is missing or stands in the wrong place.
        what: one sentence.
    """

    seq: int | None
    field: str | None
    what: str


def leaves_of(row: Row) -> dict[str, str]:
    """Field -> SHA-256 of its name and stored text."""
    return {name: _leaf(name, row[name]) for name in SEALED}


def hash_of(leaves: Mapping[str, str]) -> str:
    """The hash of an entry with these leaves."""
    return _sha256(_text(leaves))


def seal(row: Row) -> dict[str, object]:
    """The row with ``leaves`` and ``hash`` added."""
    text = _text(leaves_of(row))
    return {**row, "leaves": text, "hash": _sha256(text)}


def changed_fields(row: Row) -> list[str]:
    """Fields of an entry that are not what was sealed; empty when it is sound."""
    actual = leaves_of(row)
    text, expected = row["leaves"], _text(actual)
    if _sha256(expected) == row["hash"]:
        return [] if text == expected else ["leaves"]
    recorded = _parse_leaves(text)
    if recorded is None:
        return ["leaves"]
    changed = [name for name in SEALED if recorded[name] != actual[name]]
    if hash_of(recorded) != row["hash"]:
        # The fields agree with their leaves and the leaves not with the hash: the hash was changed.
        changed.append("hash")
    return changed


def defects(rows: Iterable[Row]) -> Iterator[ChainDefect]:
    """Every defect of a chain given from its first entry on, in order."""
    expected, previous = 1, GENESIS
    for row in rows:
        seq = row["seq"]
        changed = changed_fields(row)
        place = seq if isinstance(seq, int) and "seq" not in changed else expected
        for field in changed:
            yield ChainDefect(place, field, f"journal entry {place}: field {field!r} was changed")
        if seq != expected and "seq" not in changed:
            missing = f"{expected}" if seq == expected + 1 else f"{expected} to {place - 1}"
            yield ChainDefect(expected, None, f"journal entry {missing} is missing before {place}")
        elif row["prev_hash"] != previous and "prev_hash" not in changed:
            yield ChainDefect(
                place,
                None,
                f"journal entry {place} does not follow the entry that stands before it",
            )
        previous = hash_of(leaves_of(row)) if changed == ["hash"] else str(row["hash"])
        expected = place + 1


def _parse_leaves(text: object) -> dict[str, str] | None:
    try:
        leaves = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if not isinstance(leaves, dict) or set(leaves) != set(SEALED) or canonical(leaves) != text:
        return None
    return leaves


def _text(leaves: Mapping[str, str]) -> str:
    # What ``canonical`` makes of it, without looking at each value: they are digests.
    return json.dumps(leaves, sort_keys=True, separators=(",", ":"))


def _leaf(name: str, value: object) -> str:
    # The type is part of the leaf: a number stored as text is a change as well.
    if isinstance(value, bytes):
        return _sha256(f"{name}:bytes:{value.hex()}")
    return _sha256(f"{name}:{type(value).__name__}:{value}")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
