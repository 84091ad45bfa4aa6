"""Files that others write in too: their lines stay, or nothing is written at all.

Actuators write a file whole. Which of its lines are ours the ledger remembers (``Device.ours``); a
line that netcordon never wrote is somebody else's. Where such lines may stand behind ours they are
carried along, byte for byte; where they may not (a zone has one SOA), the file is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from netcordon.enforcement.device import Device
from netcordon.enforcement.effects import Dialogue, keep, kept
from netcordon.model.actuator import Actuator, Call, Others

_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What a file holds beside what netcordon writes.

    Attributes:
        others: lines of others, with their ends, in their order.
        ours: lines that are netcordon's, of now and of what is about to be written.
        problem: why nothing may be written; empty when it may.
    """

    others: str = ""
    ours: str = ""
    problem: str = ""

    def beside(self, calls: Sequence[Call]) -> tuple[Call, ...]:
        """The calls, with the lines of others behind what they write."""
        return tuple(
            call if call.content is None else replace(call, content=call.content + self.others)
            for call in calls
        )


def shared(
    device: Device, actuator: Actuator, present: str, writes: Sequence[str]
) -> Dialogue[Shared]:
    """Tell lines of others apart from ours.

    Args:
        device: the ledger.
        actuator: of the device.
        present: what the file holds now.
        writes: what is about to be written, and what takes it back.
    """
    if actuator.others is Others.NONE:
        return Shared()
    before = (yield from kept(device.ours)) if device.ours else ""
    known = _lines([before or "", *writes])
    lines = present.splitlines(keepends=True)
    strangers = [line for line in lines if line.rstrip("\r\n") not in known]
    telling = [line.strip() for line in strangers if _tells(line, actuator.comment)]
    if telling and actuator.others is Others.REFUSED:
        first = telling[0][:_SHOWN]
        return Shared(
            problem=f"its file holds {len(telling)} lines that netcordon did not write, the first "
            f"{first!r}; give netcordon a file of its own"
        )
    others = "".join(strangers) if actuator.others is Others.KEPT else ""
    if others and not others.endswith("\n"):
        others += "\n"
    still = {line.rstrip("\r\n") for line in lines} & known
    return Shared(others=others, ours="\n".join(sorted(still | _lines(writes))))


def remember(device: Device, found: Shared) -> Dialogue[Device]:
    """The ledger with the lines that are ours from now on."""
    if not found.ours:
        return device
    digest = yield from keep(found.ours)
    return replace(device, ours=digest)


def _lines(texts: Iterable[str]) -> set[str]:
    return {line for text in texts for line in text.splitlines()}


def _tells(line: str, comment: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(comment)
