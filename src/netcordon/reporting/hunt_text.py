"""A hunt on a terminal: what was looked for, what was seen and by whom, and what could not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from netcordon.model.hunt import HuntList, HuntResult, Sighting, Toucher, Trace, Wanted
from netcordon.model.quantity import count_text, time_text, window_text
from netcordon.reporting.archive_text import look_lines
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_FEW = 20
"""Indicators of which nothing was seen that are named one by one."""
_HOSTS, _SIGHTINGS, _REASONS, _LISTED = 6, 8, 5, 50

_WAYS = {
    "out": "went there", "in": "was reached from there", "told": "was told of it",
    "own": "is or says so itself",
}  # fmt: skip


def hunt_text(
    lists: Sequence[HuntList],
    repeated: int,
    result: HuntResult,
    now: datetime,
    *,
    width: int = 100,
    detail: int = 0,
) -> str:
    """The whole result.

    Args:
        lists: what was looked for, by origin.
        repeated: entries that occurred more than once.
        result: what was seen.
        now: to tell which indicators had expired.
        width: columns of the terminal.
        detail: 1 and more names every host, place and silent indicator.
    """
    page = Page(width)
    for one in lists:
        page.say("Hunted" if one is lists[0] else "", _list_line(one))
        page.say("Left out" if one.left_out else "", *_left_out(one, detail))
    if repeated:
        page.say("", f"{count_text(repeated, 'entry', 'entries')} repeated another: hunted once.")
    page.say("Searched", *_searched(result))
    if result.archive is not None:
        page.say("Archive", *look_lines(result.archive))
    page.gap()
    shown = result.traces if detail else result.traces[:_LISTED]
    for trace in shown:
        _trace(page, trace, now, detail)
        page.gap()
    if len(result.traces) > len(shown):
        page.say("", f"and {len(result.traces) - len(shown):,} more were seen (-v, --json, --csv)")
        page.gap()
    _silence(page, result, now, detail)
    if result.not_visible:
        page.say("Not visible", *result.not_visible)
    marks = sorted({mark for one in lists for mark in (one.tlp, one.pap) if mark})
    if marks:
        page.say("Handling", f"{', '.join(marks)}, from the list: this result falls under it too.")
    return page.text()


def _list_line(one: HuntList) -> str:
    kinds = Counter(wanted.type for wanted in one.wanted)
    said = ", ".join(f"{n:,} {kind}" for kind, n in kinds.most_common()) or "no indicator"
    origin = "typed" if one.format == "typed" else f"from {visible(one.name)} ({one.format})"
    marks = "".join(f", {mark}" for mark in (one.tlp, one.pap) if mark)
    return f"{count_text(len(one.wanted), 'indicator')} {origin}{marks}: {said}"


def _left_out(one: HuntList, detail: int) -> list[str]:
    if not one.left_out:
        return []
    if detail or len(one.left_out) <= _REASONS:
        return [
            f"{visible(out.source, limit=60)}: {visible(out.given, limit=60)}: {visible(out.why)}"
            for out in one.left_out
        ]
    reasons = Counter(out.why for out in one.left_out)
    lines = [f"{n:,}: {visible(why)}" for why, n in reasons.most_common(_REASONS)]
    if len(reasons) > _REASONS:
        lines.append(f"and {len(reasons) - _REASONS:,} more reasons (-v, --json)")
    return lines


def _searched(result: HuntResult) -> list[str]:
    filled = [table for table in result.searched if table.rows]
    if not filled:
        return ["nothing: no table holds a row in that time"]
    first = min(t.first_time for t in filled if t.first_time is not None)
    last = max(t.last_time for t in filled if t.last_time is not None)
    empty = [table.table for table in result.searched if not table.rows]
    lines = [
        f"{count_text(len(result.evidence_ids), 'piece')} of evidence, {window_text(first, last)}",
        ", ".join(f"{table.table} {table.rows:,}" for table in filled),
    ]
    return [*lines, f"empty: {', '.join(empty)}"] if empty else lines


def _trace(page: Page, trace: Trace, now: datetime, detail: int) -> None:
    wanted = trace.wanted
    guess = " (type guessed)" if wanted.is_guessed else ""
    page.say("SEEN", f"{visible(wanted.value, limit=200)}  {wanted.type}{guess}")
    page.row(
        f"{count_text(trace.rows, 'row')}, {count_text(trace.host_count, 'host')}, "
        f"{window_text(trace.first_seen_time, trace.last_seen_time)}"
    )
    if wanted.name:
        page.row(f"its author calls it: {visible(wanted.name, limit=120)}")
    if _expired(wanted, now):
        page.row(f"EXPIRED: its author vouched for it until {time_text(wanted.valid_until)} UTC")
    if trace.caution:
        page.row(f"careful: {trace.caution}")
    if not any(sighting.is_exact for sighting in trace.sightings):
        page.row("only its host was seen, not the whole URL")
    places = trace.sightings if detail else trace.sightings[:_SIGHTINGS]
    for sighting in places:
        page.row(_place(sighting, wanted))
    hosts = trace.hosts if detail else trace.hosts[:_HOSTS]
    for host in hosts:
        page.row(_host(host))
    if trace.host_count > len(hosts):
        page.row(f"and {trace.host_count - len(hosts):,} more hosts")
    page.row("look at " + ", ".join(
        f"frame or line {e.frame:,} of {e.evidence_id} ({e.table})" for e in trace.examples[:2]
    ))  # fmt: skip


def _place(sighting: Sighting, wanted: Wanted) -> str:
    part = "" if sighting.is_exact else ", host only"
    as_ = ""
    if sighting.seen_as.lower() != wanted.value.lower() and sighting.column != "all parts":
        more = f" and {sighting.values - 1:,} more" if sighting.values > 1 else ""
        as_ = f", as {visible(sighting.seen_as, limit=80)}{more}"
    return (
        f"- {sighting.table}.{sighting.column}: {count_text(sighting.rows, 'row')}, "
        f"{count_text(sighting.hosts, 'host')}{part}{as_}"
    )


def _host(host: Toucher) -> str:
    name = f" {visible(host.name, limit=60)}" if host.name else ""
    user = f" ({visible(host.user, limit=60)})" if host.user else ""
    ways = ", ".join(_WAYS[way] for way in host.ways)
    asks = "; a resolver: it asks for others" if host.is_resolver else ""
    span = window_text(host.first_seen_time, host.last_seen_time).partition(" UTC")[0]
    return f"> {host.ip}{name}{user}: {ways}, {count_text(host.rows, 'row')}, {span}{asks}"


def _silence(page: Page, result: HuntResult, now: datetime, detail: int) -> None:
    silent = result.nothing
    if not silent:
        return
    if len(silent) <= _FEW or detail:
        page.say("Nothing", *(_silent_line(one, now) for one in silent))
    else:
        expired = sum(_expired(one, now) for one in silent)
        said = f", {expired:,} of them expired" if expired else ""
        of = "" if not result.traces else f" of {len(silent) + len(result.traces):,}"
        page.say(
            "Nothing",
            f"{len(silent):,}{of} indicators stand in none of the tables above{said}.",
        )


def _silent_line(one: Wanted, now: datetime) -> str:
    until = f", expired {time_text(one.valid_until)} UTC" if _expired(one, now) else ""
    guess = " (type guessed)" if one.is_guessed else ""
    return f"{visible(one.value, limit=200)}  {one.type}{guess}{until}"


def _expired(wanted: Wanted, now: datetime) -> bool:
    return wanted.valid_until is not None and wanted.valid_until <= now
