"""An anonymised copy on a terminal."""

from __future__ import annotations

from netcordon.model.anonymised import Anonymised
from netcordon.model.quantity import count_text, size_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def anonymised_text(made: Anonymised, *, width: int = 100) -> str:
    """What was written, what it still tells, and where the key is."""
    page = Page(width)
    page.say(
        "Copy",
        f"{visible(made.path)}: {count_text(made.rows, made.unit)}, {size_text(made.bytes)}",
    )
    page.row(f"sha256 {made.sha256}")
    if made.replaced:
        page.say("Replaced", "in " + ", ".join(visible(n, limit=60) for n in made.replaced))
    for number, (link_type, count) in enumerate(sorted(made.left_out.items())):
        page.say(
            "" if number else "LEFT OUT",
            f"{count_text(count, 'frame')} of link type {link_type}: nobody here can rewrite them",
        )
    for warning in made.warnings:
        page.say("Warning", visible(warning, limit=300))
    page.say("Key", f"{visible(made.key_path)}: whoever has it can undo this; never give it away")
    if not made.key_is_new:
        page.row("the same names and addresses as in other copies under it")
    page.say("Still told", *(visible(each, limit=300) for each in made.still))
    page.say(
        "On record", "as made of " + ", ".join(made.evidence_ids)
        if made.evidence_ids else "no: no workspace here knows the file it was made of",
    )  # fmt: skip
    return page.text()
