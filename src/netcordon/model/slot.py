"""Numbers for rules on devices that tell rules apart by number.

A number comes from the case and the command alone, so a rule is found again when it is taken back,
whatever has come and gone meanwhile. Two commands that would get the same number are not both
accepted (``Actuator.claims``).
"""

from __future__ import annotations

import hashlib
import re

from netcordon.model.command import Command

_SPAN = re.compile(r"([1-9][0-9]{0,9})-([1-9][0-9]{0,9})")


def span(text: str) -> range | None:
    """``100-199`` as numbers; ``None`` for what is no span."""
    found = _SPAN.fullmatch(text)
    return range(int(found[1]), int(found[2]) + 1) if found else None


def slot(case_id: str, command: Command, part: int, numbers: range) -> int:
    """The number of the nth rule of a command."""
    digest = hashlib.sha256(f"{case_id} {command.id} {part}".encode()).digest()
    return numbers[int.from_bytes(digest[:8], "big") % len(numbers)]


def slots(case_id: str, command: Command, parts: int, numbers: range) -> tuple[int, ...]:
    """The numbers of all rules of a command, in their order."""
    return tuple(slot(case_id, command, part, numbers) for part in range(parts))
