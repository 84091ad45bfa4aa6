"""An anonymised copy of a capture or table, and what it still tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Anonymised:
    """A copy.

    Attributes:
        path: of the copy; ``sha256`` and ``bytes``: its own.
        source_sha256: of what it was made of.
        rows: frames or rows in it; ``unit``: which of them.
        left_out: number of a link type -> frames that are not in it.
        replaced: columns of a table in which something was replaced.
        warnings: what could not be read.
        still: what could still identify somebody, one line each.
        key_path: file of the key; ``key_is_new``: whether it was made now.
        evidence_ids: what the journal knows it was made of; empty when it does not.
    """

    path: str
    sha256: str
    bytes: int
    source_sha256: str
    rows: int
    unit: str
    left_out: Mapping[int, int]
    replaced: tuple[str, ...]
    warnings: tuple[str, ...]
    still: tuple[str, ...]
    key_path: str
    key_is_new: bool
    evidence_ids: tuple[str, ...]
