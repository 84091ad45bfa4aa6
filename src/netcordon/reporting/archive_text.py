"""An archive on a terminal: what went there, what it keeps, what a drill proved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from netcordon.model.archive import ArchiveLook, Hold
from netcordon.model.archive_report import ArchiveCheck, Coverage, Drill, Gap, Kept
from netcordon.model.hunt import HuntResult
from netcordon.model.quantity import count_text, share_text, size_text, span_text, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_FEW = 12
_GAPS = 4


def check_text(found: ArchiveCheck, *, width: int = 100, detail: bool = False) -> str:
    """The verdict first, then sensor by sensor, then what is wrong."""
    page = Page(width)
    page.say("Archive", f"{visible(found.url)}: {count_text(found.segments, 'piece')} of evidence, "
             f"{found.rows:,} rows, {size_text(found.bytes)}")  # fmt: skip
    if found.hot:
        page.say("", f"and {count_text(found.hot, 'piece')} in this workspace alone")
    page.say("Verdict", _verdict(found))
    page.gap()
    _coverage(page, found.coverage, detail)
    page.gap()
    if found.hashed:
        said = f"{found.hashed:,} objects hashed anew ({size_text(found.hashed_bytes)})"
    else:
        said = "sizes compared; --hashes computes every SHA-256 anew"
    page.say("Objects", f"{said}: {count_text(len(found.damaged), 'object')} damaged"
             if found.damaged else f"{said}: all as the catalogue says")  # fmt: skip
    for damage in found.damaged[: None if detail else _FEW]:
        page.row(f"{damage.state.upper():10} {visible(damage.name, limit=None)}: "
                 f"{visible(damage.why)}")  # fmt: skip
    if found.orphans:
        page.say("", f"{count_text(len(found.orphans), 'object')} without an entry: left by a put "
                 "that was killed, harmless")  # fmt: skip
    for hold in found.holds:
        page.say("Held", _hold_line(hold))
    page.say("Drill", _drill_line(found))
    return page.text()


def _verdict(found: ArchiveCheck) -> str:
    if found.ok:
        return "retention met, every object there, a restore was drilled"
    counts = Counter(each.kept for each in found.coverage)
    said = [f"{count_text(counts[kept], 'class', 'classes')} {word}" for kept, word in (
        (Kept.SHORT, "SHORT"), (Kept.GAPS, "with gaps")) if counts[kept]]  # fmt: skip
    if not found.coverage:
        said.append("NOTHING is kept")
    if found.damaged:
        said.append(f"{count_text(len(found.damaged), 'object')} DAMAGED")
    if not found.drill_ok or found.drill_due:
        said.append("a restore must be drilled")
    return "; ".join(said)


def _coverage(page: Page, coverage: Sequence[Coverage], detail: bool) -> None:
    sensor = ""
    for each in coverage:
        if each.sensor != sensor:
            sensor = each.sensor
            page.say("Sensor", visible(sensor))
        page.row(f"{each.log_class:10} {_kept(each)}")
        gaps = each.gaps[: None if detail else _GAPS]
        if gaps:
            more = len(each.gaps) - len(gaps)
            listed = ", ".join(_gap(gap) for gap in gaps) + (f", and {more} more" if more else "")
            page.row(f"           without data: {listed}")


def _kept(each: Coverage) -> str:
    since = f"since {each.oldest_day}" if each.oldest_day else "never"
    size = f"{size_text(each.bytes)}, {size_text(each.projected_bytes)} for all days"
    sparse = ", written now and then" if each.is_sparse else ""
    days = f"{each.days} of {count_text(each.required_days, 'day')}"
    if each.kept is Kept.SHORT:
        return f"{each.short_days} d SHORT  {days}, {since}{sparse} ({size})"
    if each.kept is Kept.GAPS:
        lost = sum(gap.days for gap in each.gaps)
        return f"{count_text(lost, 'day')} MISSING  {days}, {since}{sparse} ({size})"
    return f"met  {days}, {since}{sparse} ({size})"


def _gap(gap: Gap) -> str:
    if gap.days == 1:
        return f"{gap.first_day}"
    return f"{gap.first_day} to {gap.last_day} ({gap.days} d)"


def _hold_line(hold: Hold) -> str:
    days = f", all of {hold.first_day} to {hold.last_day}" if hold.first_day else ""
    of = f" of {', '.join(visible(s) for s in hold.sensors)}" if hold.sensors else ""
    ended = ""
    if hold.released_time is not None:
        ended = f"; released {time_text(hold.released_time)} UTC by {visible(hold.released_by)}: " \
                f"{visible(hold.released_why)}"  # fmt: skip
    return (
        f"{hold.id} for {visible(hold.case_id)} by {visible(hold.author)}: {visible(hold.reason)} "
        f"({count_text(len(hold.evidence_ids), 'piece')} of evidence{days}{of}){ended}"
    )


def holds_text(holds: Sequence[Hold], *, width: int = 100) -> str:
    """Holds, those in force first."""
    page = Page(width)
    for hold in sorted(holds, key=lambda hold: (hold.released_time is not None, hold.time)):
        page.say("Held" if hold.released_time is None else "Released", _hold_line(hold))
    if not holds:
        page.say("Held", "nothing")
    return page.text()


def _drill_line(found: ArchiveCheck) -> str:
    if found.last_drill is None:
        return "never: netcordon archive drill"
    said = "worked" if found.drill_ok else "FAILED"
    due = "; due again: netcordon archive drill" if found.drill_due else ""
    return f"last {time_text(found.last_drill)} UTC, {said}{due}"


def drill_text(done: Drill, name: str, *, width: int = 100) -> str:
    """What was restored, whether it holds, and where the proof is."""
    page = Page(width)
    pieces = count_text(len(done.segments), "piece")
    page.say("Drill", f"{done.day}, one of {count_text(done.of_days, 'day')} "
             f"(seed {visible(done.seed)}): {pieces} of evidence restored in "
             f"{span_text(done.seconds)}")  # fmt: skip
    page.say("Verdict", "it can be restored and read" if done.ok else "IT CANNOT BE RELIED ON")
    page.gap()
    for each in done.segments:
        rows = f"{each.rows:,} of {each.expected_rows:,} rows"
        page.row(
            f"{visible(each.label, limit=50)} ({visible(each.sensor)}, {each.evidence_id}): "
            f"{count_text(each.files, 'file')}, {size_text(each.bytes)}, {rows}, "
            f"{each.found} of {count_text(each.known, 'known row')} found, original {each.original}"
        )
        for problem in each.problems:
            page.row(f"  {visible(problem, limit=None)}")
    page.gap()
    page.say("Proof", f"{visible(name)} in {visible(done.url)}, and in the journal")
    return page.text()


def look_lines(look: ArchiveLook) -> tuple[str, str]:
    """What a question read of an archive, beside all there is."""
    share = look.bytes_read / look.bytes if look.bytes else 0
    return (
        f"{look.rows:,} rows of {count_text(look.segments, 'piece')} of evidence in "
        f"{count_text(look.files, 'file')} ({size_text(look.bytes)})",
        f"{count_text(look.files_read, 'file')} read ({size_text(look.bytes_read)}, "
        f"{share_text(share)}), and {size_text(look.catalogue_bytes)} of the catalogue; "
        f"{look.files_excluded:,} cannot hold any of this",
    )


def origin_lines(
    result: HuntResult, origin: Mapping[str, tuple[str, str]], *, width: int = 100
) -> str:
    """Files and sensors of the rows that were shown."""
    page = Page(width)
    ids = sorted({row.evidence_id for trace in result.traces for row in trace.examples})
    for number, evidence_id in enumerate(ids[:_FEW]):
        label, sensor = origin.get(evidence_id, ("", ""))
        page.say("" if number else "From", f"{evidence_id}: {visible(label)} ({visible(sensor)})")
    if len(ids) > _FEW:
        page.say("", f"and {len(ids) - _FEW:,} more")
    return page.text() if ids else ""
