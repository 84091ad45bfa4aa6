"""Notices on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.notice import Notice, NoticeRecord
from netcordon.model.quantity import count_text, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_SHOWN = 8


def notice_text(notice: Notice, *, width: int = 100) -> str:
    """The text to send, then what only its sender reads."""
    page = Page(width)
    page.say("Draft", f"{notice.id} for {notice.audience.value}, {notice.tlp.value}: not sent")
    names = [visible(person.name, limit=60) for person in notice.recipients[:_SHOWN]]
    more = len(notice.recipients) - len(names)
    page.say(
        "To", (", ".join(names) + (f" and {more} more" if more > 0 else "")) or "nobody named yet"
    )
    if notice.left_out:
        page.say("Left out", *(visible(text, limit=300) for text in notice.left_out))
    if notice.warnings:
        page.say("Missing", *notice.warnings)
    rule = "-" * min(width, 100)
    return f"{page.text()}{rule}\nSubject: {notice.subject}\n\n{notice.text}{rule}\n"


def records_text(records: Sequence[NoticeRecord], *, width: int = 100) -> str:
    """One block a notice, with who has not read it."""
    page = Page(width)
    for one in records:
        page.say(
            one.id, f"{one.audience}, {one.language}, {one.tlp}, {one.case_id}, "
            f"{time_text(one.time)} UTC by {visible(one.author, limit=40)}: "
            f"{count_text(len(one.recipients), 'recipient')}, {len(one.read)} confirmed",
        )  # fmt: skip
        unread = [visible(name, limit=60) for name in one.unread]
        if unread:
            more = f" and {len(unread) - _SHOWN} more" if len(unread) > _SHOWN else ""
            page.row(f"not yet: {', '.join(unread[:_SHOWN])}{more}")
    return page.text() if records else "No notices: netcordon notice draft --audience users\n"


def notice_json(notice: Notice) -> str:
    """One object whose keys are stable."""
    return _object({"notice": plain(notice)})


def records_json(records: Sequence[NoticeRecord]) -> str:
    """Likewise."""
    return _object({"notices": plain(list(records))})


def _object(content: dict[str, object]) -> str:
    shown = {"version": netcordon.__version__, **content}
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
