"""Compromised computers with their sheets, on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.casefile.taken_hosts import TakenHost
from netcordon.model.quantity import time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

Steps = Sequence[tuple[str, str, str, str]]
"""Id, part, text and how of each step."""


def sheet_text(host: TakenHost, number: str, title: str, steps: Steps, *, width: int = 100) -> str:
    """One computer: what is done, with the word of who did it, and what is open."""
    page = Page(width)
    done = {one.step: one for one in host.done}
    left = sum(1 for id_, *_ in steps if id_ not in done)
    page.say(host.ip, f"{number} {title}; {host.system}, {visible(host.told_by, limit=120)}; "
             f"{left} of {len(steps)} steps open")  # fmt: skip
    part = ""
    for id_, of, text, how in steps:
        if of != part:
            page.say(of.capitalize(), "")
            part = of
        one = done.get(id_)
        page.row(f"[{'x' if one else ' '}] {id_}: {text}")
        if one:
            said = f"{visible(one.author)}: {visible(one.note, limit=300)}"
            page.row(f"    {time_text(one.time)} UTC {said}")
        elif how:
            page.row(f"    {how}")
    return page.text()


def sheet_object(host: TakenHost, number: str, steps: Steps) -> dict[str, object]:
    """Its JSON."""
    names = ("id", "part", "text", "how")
    return {
        "host": plain(host), "sheet": number,
        "steps": [
            {**dict(zip(names, step, strict=True)), "done": host.has_done(step[0])}
            for step in steps
        ],
    }  # fmt: skip


def sheets_object(found: Sequence[dict[str, object]]) -> dict[str, object]:
    """Several of them."""
    return {"version": netcordon.__version__, "hosts": list(found)}
