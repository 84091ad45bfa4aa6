"""Chains of custody, the journal's head and its time stamps, on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.acquisition import Acquisition, Custody
from netcordon.model.quantity import count_text, number_text, size_text, time_text
from netcordon.model.stamp import HeadStamp, JournalHead
from netcordon.reporting.one_object import one_object
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def custody_text(items: Sequence[Custody], hand_over: str, *, width: int = 100) -> str:
    """Each piece of evidence with its chain."""
    page = Page(width)
    if not items:
        page.say("Evidence", "none yet: netcordon evidence seal FILE --collector NAME")
    for number, item in enumerate(items):
        if number:
            page.gap()
        page.say("Evidence", f"{item.id}  {visible(item.name, limit=120)}")
        page.row(f"  {size_text(item.bytes)}, SHA-256 {item.sha256}")
        if item.acquisition is not None:
            page.say("Recorded", *_recorded(item.acquisition))
        for place, event in enumerate(item.events):
            signed = ", signed" if event.signed else ""
            page.say(
                "" if place else "Custody",
                f"{time_text(event.time)} UTC  {event.happening.value} by "
                f"{visible(event.who, limit=80)}{signed} (entry {event.seq})",
            )
            page.row(f"  {visible(event.said, limit=300)}")
            for doubt in event.doubts:
                page.row(f"  IN DOUBT: {visible(doubt, limit=300)}")
        page.say("Held by", visible(item.holder, limit=80))
    if hand_over:
        page.gap()
        page.say("Hand-over", f"{hand_over}: netcordon evidence receive {hand_over} --key FILE")
    return page.text()


def _recorded(told: Acquisition) -> list[str]:
    said = [f"by {visible(told.collector, limit=80)}"]
    if told.place:
        said.append(f"at {visible(told.place, limit=200)}")
    if told.tool:
        said.append(f"with {visible(told.tool, limit=80)}")
    if told.started_time or told.ended_time:
        said.append(f"from {time_text(told.started_time)} to {time_text(told.ended_time)} UTC")
    lines = [", ".join(said)]
    lines.append(f"filter {visible(told.filter, limit=200)}" if told.filter else "no filter")
    if told.clock_offset_s is None:
        lines.append("its clock was compared with nothing")
    else:
        way = "ahead" if told.clock_offset_s >= 0 else "behind"
        lines.append(f"its clock was {number_text(abs(told.clock_offset_s))} s {way}")
    return [*lines, *([visible(told.note, limit=300)] if told.note else [])]


def custody_json(items: Sequence[Custody], hand_over: str) -> str:
    """The same as one object."""
    shown = {
        "version": netcordon.__version__,
        "evidence": [{**asdict(item), "doubts": item.doubts} for item in items],
        "hand_over": hand_over or None,
    }
    return json.dumps(plain(shown), indent=2, ensure_ascii=True) + "\n"


def head_text(head: JournalHead, *, width: int = 100) -> str:
    """The head in digits and words, with what was stamped."""
    page = Page(width)
    page.say("Head", head.text)
    words = head.spoken.partition(":")[2].split("-")
    page.say(
        "In words",
        f"{head.count:,} entries",
        *(" ".join(words[at : at + 8]) for at in range(0, len(words), 8)),
    )
    for number, stamp in enumerate(head.stamps):
        page.say("" if number else "Stamped", _stamp_line(stamp))
    page.say(
        "Keep it", "where whoever could change this machine cannot: on paper, with the CERT, read "
        "out on the telephone. netcordon verify --head proves the journal against it.",
    )  # fmt: skip
    return page.text()


def stamped_text(stamp: HeadStamp, *, width: int = 100) -> str:
    """A time stamp that was taken in."""
    page = Page(width)
    page.say("Stamped", _stamp_line(stamp))
    page.row(f"head {stamp.count}:{stamp.hash}")
    page.say(
        "Proof", "the answer holds against the certificates given" if stamp.proved else
        "not checked yet: netcordon verify --tsa-ca FILE, with the authority's certificates",
    )  # fmt: skip
    return page.text()


def asked_text(count: int, path: str, *, width: int = 100) -> str:
    """A question that was written to a file."""
    page = Page(width)
    page.say(
        "Question", f"{visible(path)}, about the first {count_text(count, 'entry', 'entries')}",
        "Send it to the authority, for example:",
    )  # fmt: skip
    page.row(
        "  curl -H 'Content-Type: application/timestamp-query' --data-binary @FILE URL -o ANSWER"
    )
    page.say("Then", "netcordon evidence stamp --response ANSWER --ca CERTIFICATES")
    return page.text()


def _stamp_line(stamp: HeadStamp) -> str:
    return (
        f"entry {stamp.count} at {time_text(stamp.stamped_time)} UTC by "
        f"{visible(stamp.authority, limit=120)}"
    )


def stamp_json(stamp: HeadStamp) -> str:
    """A time stamp as one object."""
    return one_object("stamp", stamp)


def head_json(head: JournalHead) -> str:
    """A head as one object."""
    return one_object("head", head)
