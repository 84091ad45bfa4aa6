"""Numbers of rules: the same mark keeps its own for ever, and no two marks share one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from netcordon.casefile.canonical import canonical
from netcordon.model.signature import Mark

FIRST, COUNT = 4_280_000_000, 14_000_000
"""Beside those of the commands (3,000,000,000 to 4,279,999,999), where no public rule set is."""


def fingerprint(mark: Mark) -> str:
    """What makes a mark this mark, whatever it is called."""
    content = canonical([mark.table, mark.traits, mark.pace])
    return hashlib.sha256(content.encode()).hexdigest()


class Ledger:
    """Which mark has which number and revision.

    Args:
        known: fingerprint -> number, revision, SHA-256 of the text, as the journal has them.
    """

    def __init__(self, known: Mapping[str, tuple[int, int, str]]) -> None:
        self.entries = dict(known)
        self._taken = {sid for sid, _, _ in known.values()}

    def number(self, mark: Mark, text_without_number: str) -> tuple[int, int]:
        """Number and revision of a mark's rule; another text is another revision."""
        key = fingerprint(mark)
        digest = hashlib.sha256(text_without_number.encode()).hexdigest()
        if key in self.entries:
            sid, rev, before = self.entries[key]
            rev += digest != before
        else:
            sid, rev = FIRST + int(key[:12], 16) % COUNT, 1
            while sid in self._taken:
                sid = FIRST + (sid + 1 - FIRST) % COUNT
            self._taken.add(sid)
        self.entries[key] = (sid, rev, digest)
        return sid, rev
