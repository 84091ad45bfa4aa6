"""Remote logging on a terminal and as JSON: what to turn on, and what a check of a log says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.logging_plan import LoggingStep
from netcordon.model.quantity import count_text, span_text, time_text
from netcordon.model.sealed_log import LogCheck
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_SHOWN = 12


def platforms_text(steps: Iterable[LoggingStep]) -> str:
    """One line a platform."""
    found = list(steps)
    width = max(len(one.platform) for one in found)
    return "".join(f"{one.platform:{width}}  {one.title}\n" for one in found)


def steps_text(steps: Sequence[LoggingStep], folder: str, *, width: int = 100) -> str:
    """What each shows and costs; the texts themselves when they went into no folder."""
    page = Page(width)
    for one in steps:
        page.say(one.platform, f"{visible(one.host)}: {one.title}")
        page.row(f"shows: {one.shows}")
        page.row(f"costs: {one.cost}")
        page.row(f"needs: {one.needs}")
        if one.before:
            page.row(f"first: {one.before}")
        page.row(f"check: {one.check}")
        page.gap()
        if not folder:
            page.row("do:")
            page.listing(one.do)
            page.row("revert:")
            page.listing(one.revert)
            page.gap()
    if folder:
        page.say("Written", f"{visible(folder)}: what to do and what reverts it, a file each")
    return page.text()


def check_text(found: LogCheck, *, width: int = 100) -> str:
    """Whether the log is as it was written, and what the collector noted."""
    page = Page(width)
    verdict = "CHANGED" if found.defects else ("proven" if found.proven else "unbroken")
    page.say("Log", f"{verdict}: {count_text(found.records, 'record')} in "
             f"{count_text(found.segments, 'segment')}, head {found.head[:16]}")  # fmt: skip
    if not found.defects and not found.proven:
        page.row("Without --verification-key only the chain was checked; whoever can write all "
                 "files could make another.")  # fmt: skip
    shown = [f"{d.place}: {visible(d.what, limit=200)}" for d in found.defects[:_SHOWN]]
    if len(found.defects) > _SHOWN:
        shown.append(f"and {len(found.defects) - _SHOWN} more")
    page.say("Changed", *shown) if shown else None
    page.say("Senders", *[
        f"{visible(s.name, limit=60)}: {count_text(s.records, 'record')}, "
        f"{time_text(s.first_time)} to {time_text(s.last_time)} UTC, silent for "
        f"{span_text(s.longest_silence_s)} at most" for s in found.senders[:_SHOWN]
    ]) if found.senders else page.say("Senders", "none")  # fmt: skip
    odd = [
        e for e in found.events if not e.message.startswith(("start", "stop", "connect", "disc"))
    ]
    page.say("Noted", *(
        f"{e.time[:19]}Z {visible(e.message, limit=160)}" for e in odd[:_SHOWN]
    )) if odd else page.say("Noted", "no gap, no wrong clock, no crash")  # fmt: skip
    return page.text()


def steps_json(steps: Sequence[LoggingStep], folder: str) -> str:
    """One object whose keys are stable."""
    return _object({"steps": plain(list(steps)), "folder": folder})


def check_json(found: LogCheck) -> str:
    """Likewise."""
    return _object({"log": plain(found)})


def _object(content: dict[str, object]) -> str:
    shown = {"version": netcordon.__version__, **content}
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
