"""What went into the archive, what came back, what is due for deletion, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netcordon.model.quantity import count_text, size_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


class PutLine(NamedTuple):
    """One piece of evidence that the archive holds now."""

    evidence_id: str
    label: str
    sensor: str
    rows: int
    bytes: int
    was_there: bool
    moved: bool
    without_original: str


class DueLine(NamedTuple):
    """What of one piece of evidence need not be kept, and the holds that pin it."""

    evidence_id: str
    label: str
    objects: int
    bytes: int
    holds: tuple[str, ...]


def put_text(
    url: str, lines: Sequence[PutLine], younger: int, restricted: int, *, width: int = 100
) -> str:
    """What was put, and what was left where it is."""
    page = Page(width)
    new = [line for line in lines if not line.was_there]
    page.say("Archive", f"{visible(url)}: {count_text(len(new), 'piece')} of evidence put "
             f"({size_text(sum(line.bytes for line in new))}), "
             f"{len(lines) - len(new):,} there already")  # fmt: skip
    for line in lines:
        state = "there already" if line.was_there else f"put, {size_text(line.bytes)}"
        if line.was_there and line.bytes:
            state += f", but {size_text(line.bytes)} of it were LOST and are put again"
        moved = ", tables moved" if line.moved else ""
        page.row(f"{visible(line.label, limit=50)} ({visible(line.sensor)}, {line.evidence_id}): "
                 f"{line.rows:,} rows, {state}{moved}")  # fmt: skip
        if line.without_original:
            page.row(f"  without its original: {visible(line.without_original)}")
    if younger:
        page.say("Not yet", f"{count_text(younger, 'piece')} of evidence not old enough")
    if restricted:
        page.say("Left here", f"{count_text(restricted, 'piece')} of evidence of restricted cases; "
                 "name it to put it")  # fmt: skip
    return page.text()


def expire_text(lines: Sequence[DueLine], *, really: bool, width: int = 100) -> str:
    """What is due, or was deleted, and what a hold keeps."""
    page = Page(width)
    free = [line for line in lines if not line.holds]
    size = size_text(sum(line.bytes for line in free))
    said = f"{count_text(len(free), 'piece')} of evidence, {size}" if free else "nothing"
    page.say("Deleted" if really else "Due", said)
    for line in lines:
        held = f"; HELD by {', '.join(line.holds)}" if line.holds else ""
        size = f"{count_text(line.objects, 'object')}, {size_text(line.bytes)}"
        page.row(f"{visible(line.label, limit=50)} ({line.evidence_id}): {size}{held}")
    if free and not really:
        page.say("", "nothing was deleted; --yes does it")
    return page.text()
