"""The page that an expert is handed with a question: one page, Markdown, marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from netcordon.model.help_request import Handover, HelpRequest, TopFlow
from netcordon.model.quantity import count_text, rfc3339, size_text, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import markdown_code, markdown_text, visible

_MOST_HASHES = 25


def handover_markdown(page: Handover) -> str:
    """The whole; the same content gives the same bytes."""
    tlp = f"**{markdown_text(page.tlp.value)}**"
    parts = [
        tlp,
        f"# Request for help {markdown_text(page.id)}: {markdown_text(page.case_id)}",
        f"{markdown_text(page.author)} asks {markdown_text(page.expert)}, "
        f"{time_text(page.time)} UTC. An answer is needed until {time_text(page.due)} UTC.",
        f"## The question\n\n{markdown_text(page.question, limit=2_000)}",
        _list("What is known", page.summary),
        _flows(page.flows),
        _hashes(page.hashes),
        _list("What people reported", page.reports) if page.reports else "",
        _list("Left out: marked higher than this page may be", page.left_out)
        if page.left_out
        else "",
        tlp,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def asked_text(found: Sequence[HelpRequest], now: datetime, *, width: int = 100) -> str:
    """A block a question, those that wait and those that are answered."""
    page = Page(width)
    for one in found:
        late = "OVERDUE" if one.is_overdue(now) else "waits"
        state = f"answered {time_text(one.answered)} UTC" if one.answered else late
        page.say(
            one.id, f"{state}, {visible(one.expert, limit=60)}, due {time_text(one.due)} UTC, "
            f"{one.tlp.value}, {one.case_id}",
        )  # fmt: skip
        page.row(visible(one.question, limit=200))
        if one.answer:
            page.row(f"answer: {visible(one.answer, limit=300)}")
    return page.text() if found else 'Nothing was asked: netcordon case ask "QUESTION" --to NAME\n'


def _list(heading: str, texts: Sequence[str]) -> str:
    lines = "\n".join(f"- {markdown_text(text)}" for text in texts) or "Nothing that may be told."
    return f"## {heading}\n\n{lines}"


def _flows(flows: Sequence[TopFlow]) -> str:
    if not flows:
        return ""
    rows = [
        f"| {time_text(f.start)} | {markdown_code(f.src, in_table=True)} "
        f"| {markdown_code(f.dst, in_table=True)} | {markdown_text(f.protocol)} "
        f"| {_size(f.bytes_out)} | {_size(f.bytes_in)} | {markdown_text(f.place)} |"
        for f in flows
    ]
    head = "| start (UTC) | from | to | protocol | bytes out | bytes in | first seen |"
    return "\n".join(
        (f"## The {count_text(len(flows), 'largest flow', 'largest flows')}", "", head,
         "|---|---|---|---|--:|--:|---|", *rows)
    )  # fmt: skip


def _size(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"


def _hashes(hashes: Sequence[tuple[str, int, str]]) -> str:
    rows = [f"- {markdown_code(sha)} {kind}, {size_text(size)}" for kind, size, sha in hashes]
    shown = rows[:_MOST_HASHES]
    if len(rows) > len(shown):
        shown.append(f"- and {len(rows) - len(shown):,} more (netcordon verify)")
    listed = "\n".join(shown) or "None."
    return f"## Evidence, by SHA-256\n\n{listed}"


def first_line(page: Handover, path: str) -> str:
    """What was done, for a terminal."""
    told = f"{page.id}: {page.tlp.value}, due {rfc3339(page.due)}"
    return f"{told}, written to {path}" if path else told
