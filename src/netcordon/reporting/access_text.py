"""Who may know of a restricted case, and who tried to, on a terminal and as JSON."""

from __future__ import annotations

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.casefile.compartments import Compartment
from netcordon.model.quantity import time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_SHOWN = 50


def access_text(one: Compartment, *, width: int = 100) -> str:
    """One block."""
    page = Page(width)
    page.say(
        "Restricted", f"{one.case_id}, {time_text(one.time)} UTC by {visible(one.author)}: "
        f"{visible(one.reason, limit=300)}",
    )  # fmt: skip
    page.say("Readers", ", ".join(visible(reader) for reader in one.readers))
    if one.suspects:
        page.say("Concerns", ", ".join(visible(person) for person in one.suspects))
    page.say("Requested", *(
        f"{time_text(r.time)} UTC by {visible(r.person)}: {visible(r.reference, limit=300)}"
        for r in one.requests
    )) if one.requests else page.say("Requested", "by nobody: technical steps wait")  # fmt: skip
    tried = one.attempts[-_SHOWN:]
    page.say("Tried", *(f"{time_text(a.time)} UTC {visible(a.account)}" for a in tried)
             ) if tried else page.say("Tried", "nobody else")  # fmt: skip
    return page.text()


def access_object(one: Compartment) -> dict[str, object]:
    """Its JSON."""
    return {"version": netcordon.__version__, "access": plain(one)}
