"""Files that others write in too: their lines stay, or nothing is written at all.

Actuators write a file whole. Which of its lines are ours the ledger remembers (``Device.ours``); a
line that netcordon never wrote is somebody else's, also when it says the same as one of ours: who
blocked an address before us still wants it blocked after us. Where such lines may stand behind ours
they are carried along, byte for byte; where they may not (a zone has one SOA), the file is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from netcordon.enforcement.device import Device, Outcome
from netcordon.enforcement.effects import Dialogue, keep, kept
from netcordon.model.actuator import Actuator, Call, Others

_SHOWN = 60
_MARK = "netcordon"
"""In every mark (``model/mark.py``)."""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What a file holds beside what netcordon writes.

    Attributes:
        others: lines of others, with their ends, in their order.
        ours: lines that are netcordon's, of now and of what is about to be written.
        do: those of them that are there when the change is in force; ``undo``: when it is not.
        problem: why nothing may be written; empty when it may.
    """

    others: str = ""
    ours: str = ""
    do: str = ""
    undo: str = ""
    problem: str = ""

    def beside(self, calls: Sequence[Call]) -> tuple[Call, ...]:
        """The calls, with the lines of others behind what they write."""
        return tuple(
            call if call.content is None else replace(call, content=call.content + self.others)
            for call in calls
        )


def shared(
    device: Device, actuator: Actuator, present: str, do: str, undo: str
) -> Dialogue[Shared]:
    """Tell lines of others apart from ours.

    Args:
        device: the ledger.
        actuator: of the device.
        present: what the file holds now.
        do: what is in the file by our doing when the change is in force.
        undo: and when it is not.
    """
    if actuator.others is Others.NONE:
        return Shared()
    before = (yield from kept(device.ours)) if device.ours else ""
    lines = present.splitlines(keepends=True)
    known = _lines(before or "")
    with_it, without = _lines(do), _lines(undo)
    written = with_it | without
    if _unrecorded(lines, known, written):
        known |= written
    left = known.copy()
    strangers: list[str] = []
    for line in lines:
        if left[bare := line.rstrip("\r\n")] > 0:
            left[bare] -= 1
        else:
            strangers.append(line)
    telling = [line.strip() for line in strangers if _tells(line, actuator.idle)]
    if telling and actuator.others is Others.REFUSED:
        first = telling[0][:_SHOWN]
        return Shared(
            problem=f"its file holds {len(telling)} lines that netcordon did not write, the first "
            f"{first!r}; give netcordon a file of its own"
        )
    others = "".join(strangers) if actuator.others is Others.KEPT else ""
    if others and not others.endswith("\n"):
        others += "\n"
    still = Counter(line.rstrip("\r\n") for line in lines) & known
    return Shared(
        others=others, ours=_text(still | written), do=_text(with_it), undo=_text(without)
    )


def remember(device: Device, found: Shared) -> Dialogue[Device]:
    """The ledger with the lines that are ours until it is known which of them are there."""
    if not found.ours:
        return device
    digest = yield from keep(found.ours)
    return replace(device, ours=digest)


def outcome(found: Shared) -> Dialogue[Outcome | None]:
    """What the ledger remembers when the change is in force, and when it is not."""
    if not found.ours:
        return None
    do = yield from keep(found.do)
    undo = yield from keep(found.undo)
    return Outcome(do=do, undo=undo)


def _unrecorded(lines: Sequence[str], known: Counter[str], written: Counter[str]) -> bool:
    """Whether marks of ours stand there that the ledger does not know: it was lost, or is older."""
    there = {line.rstrip("\r\n") for line in lines}
    return any(_MARK in line for line in there if line in written and line not in known)


def _lines(text: str) -> Counter[str]:
    return Counter(text.splitlines())


def _text(lines: Counter[str]) -> str:
    return "\n".join(sorted(lines.elements()))


def _tells(line: str, idle: str) -> bool:
    return re.fullmatch(idle, line.rstrip()) is None
