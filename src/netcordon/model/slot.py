"""Numbers for rules on devices that tell rules apart by number.

A number comes from the case and the command alone, so a rule is found again when it is taken back,
whatever has come and gone meanwhile. Two commands that would get the same number are not both
accepted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from netcordon.model.actuator import Site
from netcordon.model.command import Command
from netcordon.model.leg import TooManyLegsError

_SPAN = re.compile(r"([1-9][0-9]{0,9})-([1-9][0-9]{0,9})")


def span(text: str) -> range | None:
    """``100-199`` as numbers; ``None`` for what is no span."""
    found = _SPAN.fullmatch(text)
    return range(int(found[1]), int(found[2]) + 1) if found else None


def slot(case_id: str, command: Command, part: int, numbers: range) -> int:
    """The number of the nth rule of a command."""
    digest = hashlib.sha256(f"{case_id} {command.id} {part}".encode()).digest()
    return numbers[int.from_bytes(digest[:8], "big") % len(numbers)]


def clash(
    command: Command, site: Site, numbers: range, parts: Callable[[Command, Site], int]
) -> str | None:
    """Why a command cannot have its numbers here, in words; ``None`` when they are free.

    Args:
        parts: how many rules a command needs.
    """
    needed = range(parts(command, site))
    mine = {slot(site.case_id, command, part, numbers) for part in needed}
    if len(mine) < len(needed):
        return "two of its rules would get the same number; give it another id"
    for each in site.standing:
        if (each.case_id, each.command.id) != (site.case_id, command.id):
            try:
                theirs = range(parts(each.command, site))
            except TooManyLegsError:  # it stands from before more had to be spared
                continue
            if any(slot(each.case_id, each.command, part, numbers) in mine for part in theirs):
                return f"a rule of it would get the number of {each.case_id} {each.command.id}"
    return None
