"""What a call gives or weakens, told by its name (column ``change`` of ``api_activity``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def by_name(known: Mapping[str, str]) -> Callable[[str], str | None]:
    """What a name stands for.

    Args:
        known: change -> patterns between spaces, searched for without case; asked in order.
    """
    compiled = tuple(
        (change, re.compile("|".join(patterns.split()), re.IGNORECASE))
        for change, patterns in known.items()
    )

    def find(name: str) -> str | None:
        return next((change for change, pattern in compiled if pattern.search(name)), None)

    return find
