"""Reports of people on a terminal: one in full, many as a list, and by how they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from textwrap import wrap

from netcordon.model.intake import Channel, Filed, Hit, Moment, Observable, Report
from netcordon.model.quantity import count_text, size_text, time_text, window_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import defanged, visible

_MOST_NAMED, _MOST_HITS, _MOST_LINES, _MOST_SHOWN = 30, 12, 24, 8

_DID = {"out": "contacted", "in": "was contacted by", "told": "was told of", "own": "says or is"}


def report_text(filed: Filed, now: datetime, *, width: int = 100, is_new: bool = True) -> str:
    """One report: who, what, until when; what it names, and what of that the evidence shows."""
    page, report = Page(width), filed.report
    state = f"closed by {visible(filed.closed_by, limit=40)}" if filed.closed else "open"
    page.say(
        filed.id, f"{report.channel.value}, {visible(report.format, limit=40)}, {report.tlp.value}"
        f"{'' if report.is_tlp_stated else ' (assumed)'}, {state}"
    )  # fmt: skip
    if not is_new:
        page.say("Joined", "It repeats a report that was on record already.")
    _who(page, report)
    if report.reference:
        page.say("Reference", visible(report.reference, limit=100))
    page.say("Subject", visible(report.subject, limit=200) or "none")
    for label, value in (
        ("Device", report.device), ("Interface", report.interface), ("Counter", report.counter),
    ):  # fmt: skip
        if value:
            page.say(label, visible(value, limit=200))
    if report.seen:
        page.say("Happened", *(_moment(one) for one in report.seen))
    if report.due is not None:
        late = "  OVERDUE" if filed.is_overdue(now) else ""
        page.say(
            "Due", f"{time_text(report.due)} UTC, says {visible(report.due_why, limit=140)}{late}"
        )
    if report.concerns_us:
        page.say("Careful", "A host of ours is reported.")
    _named(page, report.observables)
    _hits(page, filed)
    _rest(page, filed)
    return page.text()


def list_text(filed: Sequence[Filed], now: datetime, *, width: int = 100) -> str:
    """Two lines a report, those that are overdue named first."""
    if not filed:
        return "No reports: netcordon intake add MAIL.eml, or netcordon intake form\n"
    page = Page(width)
    late = [one for one in filed if one.is_overdue(now)]
    if late:
        page.say("OVERDUE", ", ".join(one.id for one in late))
        page.gap()
    for one in filed:
        report = one.report
        state = "closed" if one.closed else "OVERDUE" if one.is_overdue(now) else "open"
        due = "" if one.closed or report.due is None else f", due {time_text(report.due)} UTC"
        hits = count_text(len(one.hunted.hits), "hit") if one.hunted else "not looked for"
        again = f", {len(one.again) + 1} times" if one.again else ""
        page.say(
            one.id, f"{state}, {report.channel.value}, "
            f"{visible(report.reporter.label, limit=60)}{again}{due}, {hits}"
            f"{f', {one.case_id}' if one.case_id else ''}",
        )  # fmt: skip
        quoted = f"[{visible(report.reference, limit=40)}] " if report.reference else ""
        page.row(f"{quoted}{visible(report.subject, limit=120)}")
    return page.text()


def stats_text(filed: Sequence[Filed], now: datetime, *, width: int = 100) -> str:
    """Reports by the channel they came through."""
    page = Page(width)
    page.row(f"{'reports':>8}{'open':>8}{'overdue':>9}{'with hits':>11}{'repeated':>10}")
    for name, numbers in channel_counts(filed, now).items():
        reports, is_open, late, hits, again = numbers.values()
        page.say(name, f"{reports:>8,}{is_open:>8,}{late:>9,}{hits:>11,}{again:>10,}")
    return page.text()


def channel_counts(filed: Iterable[Filed], now: datetime) -> dict[str, dict[str, int]]:
    """Channel -> reports, open, overdue, with hits, repeated; every channel, also without any."""
    every = tuple(filed)
    out = {}
    for channel in Channel:
        mine = [one for one in every if one.report.channel is channel]
        out[channel.value] = {
            "reports": len(mine),
            "open": sum(one.closed is None for one in mine),
            "overdue": sum(one.is_overdue(now) for one in mine),
            "with_hits": sum(bool(one.hunted and one.hunted.hits) for one in mine),
            "repeated": sum(len(one.again) for one in mine),
        }
    return out


def hit_sentence(hit: Hit) -> str:
    """``your 10.20.1.15 contacted 203.0.113[.]77: 12 rows, …``."""
    when = window_text(hit.first_seen_time, hit.last_seen_time)
    rows = count_text(hit.rows, "row")
    if hit.is_ours:
        return f"your {visible(hit.value, limit=120)} is in the evidence: {rows}, {when}"
    hosts = ", ".join(hit.hosts[:_MOST_SHOWN])
    more = hit.host_count - len(hit.hosts[:_MOST_SHOWN])
    also = f" and {more:,} more" if more > 0 else ""
    did = " and ".join(_DID.get(way, way) for way in hit.ways)
    value = visible(defanged(hit.value), limit=120)
    return f"your {hosts}{also} {did} {value}: {rows}, {when}"


def _who(page: Page, report: Report) -> None:
    who = report.reporter
    page.say(
        "Reporter", f"{visible(who.label, limit=200)}: {who.support.meaning}",
        *(visible(why, limit=240) for why in who.why[:4]),
    )  # fmt: skip
    if who.organisation and who.organisation not in who.label:
        page.say("", f"for {visible(who.organisation, limit=120)}, as it says")


def _moment(one: Moment) -> str:
    said = visible(one.text, limit=60)
    if one.time is None:
        return f"{said} (no year or day that can be told)"
    zone = "" if one.zone else f", no zone given: read in {visible(one.assumed, limit=60) or 'UTC'}"
    return f"{said} ({time_text(one.time)} UTC{zone})"


def _named(page: Page, named: Sequence[Observable]) -> None:
    ours = [one for one in named if one.is_ours]
    others = [one for one in named if not one.is_ours]
    for label, group in (("Ours", ours), ("Named", others)):
        shown = [_observable(one) for one in group[:_MOST_NAMED]]
        if len(group) > len(shown):
            shown.append(f"and {len(group) - len(shown):,} more (--json)")
        if shown:
            page.say(label, *shown)


def _observable(one: Observable) -> str:
    value = one.value if one.is_ours else defanged(one.value)
    role = f", {one.role}" if one.role else ""
    where = "" if one.place == "text" else f", in {visible(one.place, limit=40)}"
    return f"{visible(value, limit=200)}  {one.type}{role}{where}"


def _hits(page: Page, filed: Filed) -> None:
    found = filed.hunted
    if found is None:
        page.say("Evidence", "Nothing was looked through: there is no evidence yet, or no value.")
        return
    looked = count_text(found.looked_for, "value")
    if not found.hits:
        page.say(
            "Evidence", f"None of {looked} stands in {count_text(found.searched, 'piece')} of "
            f"evidence (looked {time_text(found.time)} UTC)."
        )  # fmt: skip
        return
    shown = [hit_sentence(hit) for hit in found.hits[:_MOST_HITS]]
    if len(found.hits) > len(shown):
        shown.append(f"and {len(found.hits) - len(shown):,} more (--json)")
    page.say("SEEN", *shown)
    for hit in found.hits[:_MOST_HITS]:
        if hit.caution:
            page.row(f"careful with {visible(defanged(hit.value), limit=80)}: {hit.caution}")


def _rest(page: Page, filed: Filed) -> None:
    report = filed.report
    for number, part in enumerate(report.attached[:_MOST_SHOWN], 1):
        page.say(
            "Attached" if number == 1 else "",
            f"{number}. {visible(part.name, limit=80) or 'without a name'}: {part.kind}"
            f"{f' (called {visible(part.media, limit=60)})' if part.media else ''}, "
            f"{size_text(part.bytes)}, not opened",
        )
        page.row(f"   SHA-256 {part.sha256}")
    if len(report.attached) > _MOST_SHOWN:
        page.row(f"and {len(report.attached) - _MOST_SHOWN:,} more (--json)")
    if report.left_out:
        page.say("Not read", *(visible(why, limit=120) for why in report.left_out))
    if filed.case_id:
        page.say("Belongs to", f"{filed.case_id} {filed.incident_id}".strip())
    if filed.again:
        page.say("Repeated", *(f"{time_text(time)} UTC" for _, time in filed.again[-5:]))
    if filed.outcome:
        page.say("Outcome", visible(filed.outcome, limit=400))
    room = max(page.room - 2, 20)
    lines = [
        piece for line in visible(report.text, limit=4_000, lines=True).splitlines()
        for piece in (wrap(line, room) or [""])
    ]  # fmt: skip
    if lines:
        page.gap()
        page.say("Text", f"{count_text(len(lines), 'line')}, as reported:")
        page.listing("\n".join(f"| {line}" for line in lines[:_MOST_LINES]))
        if len(lines) > _MOST_LINES:
            page.row(f"and {len(lines) - _MOST_LINES:,} more lines (--json)")
