"""Several patterns tried at one place by one automaton instead of one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Alternatives:
    """Patterns of which the first one that matches counts. They capture nothing."""

    def __init__(self, patterns: Iterable[re.Pattern[bytes]]) -> None:
        self._match = re.compile(b"|".join(_scoped(pattern) for pattern in patterns)).match

    def first(self, data: bytes) -> int | None:
        """Place in the list of the first pattern that matches at the beginning of ``data``."""
        found = self._match(data)
        return found.lastindex - 1 if found and found.lastindex else None


def _scoped(pattern: re.Pattern[bytes]) -> bytes:
    """The pattern as one group, with the only flag that the signatures use."""
    if pattern.groups or pattern.flags & ~re.DOTALL:
        raise ValueError(f"{pattern.pattern!r} captures, or has flags of its own")
    flag = b"s" if pattern.flags & re.DOTALL else b""
    return b"((?%b:%b))" % (flag, pattern.pattern)
