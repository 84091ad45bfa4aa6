"""Timelines that were written or taken in, on a terminal."""

from __future__ import annotations

from netcordon.model.quantity import count_text, size_text, window_text
from netcordon.model.timeline_file import ExportedTimeline, ImportedTimeline
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def exported_text(made: ExportedTimeline, *, width: int = 100) -> str:
    """A timeline that was written."""
    page = Page(width)
    page.say(
        "Timeline", f"{visible(made.path)}: {count_text(made.events, 'event')}, "
        f"{size_text(made.bytes)}, as {made.format}",
    )  # fmt: skip
    page.row(f"sha256 {made.sha256}")
    page.say("Case", made.case_id or "none: only timelines that were taken in")
    page.say("From", f"{visible(made.first)} to {visible(made.last)}")
    return page.text()


def imported_text(taken: ImportedTimeline, *, width: int = 100) -> str:
    """Timelines that were taken in."""
    page = Page(width)
    for number, item in enumerate(taken.evidence):
        read = item.records - sum(item.refused.values())
        page.say(
            "" if number else "Taken in",
            f"{item.id}  {visible(item.path, limit=100)}: {count_text(read, 'event')}",
        )
        page.row(f"  {window_text(item.first_time, item.last_time)}")
    for number, (reason, count) in enumerate(taken.refused.items()):
        page.say("" if number else "Not read", f"{count_text(count, 'line')}: {visible(reason)}")
    for name in taken.others:
        page.say("No timeline", f"{visible(name)} was taken in all the same")
    for name in taken.unreadable:
        page.say("Unreadable", visible(name))
    page.say("Ask", 'netcordon sql "SELECT time, message FROM timeline_event ORDER BY time"')
    return page.text()
