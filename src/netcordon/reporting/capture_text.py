"""Recordings on a terminal: planned, running, and made."""

from __future__ import annotations

from netcordon.model.capture_plan import CapturePlan, Forecast
from netcordon.model.quantity import count_text, size_text, span_text
from netcordon.model.recording import Recording
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def plan_text(plan: CapturePlan, *, width: int = 100) -> str:
    """Commands as they are typed, the size to expect, and what to look at."""
    page = Page(width)
    page.say("Record", f"on {plan.interface}, for {span_text(plan.duration_s)}")
    page.row(f"filter {visible(plan.bpf, limit=400)}" if plan.bpf else "everything: no filter")
    room = plan.files * plan.file_bytes
    page.say(
        "Ring", f"{count_text(plan.files, 'file')} of {size_text(plan.file_bytes)}, "
        f"{size_text(room)} in all"
        + (f": {span_text(plan.lasts_s)} at the average rate" if plan.lasts_s else ""),
    )  # fmt: skip
    page.say("To expect", *_expected(plan))
    if plan.mirroring is not None:
        page.gap()
        page.say("Switch", plan.mirroring.title)
        page.listing("\n".join(plan.mirroring.do))
        page.say("Check", *plan.mirroring.check)
        page.say("Undo", "")
        page.listing("\n".join(plan.mirroring.undo))
        page.say("Caution", plan.mirroring.caution)
    for recorder in plan.recorders:
        page.gap()
        page.say("With", f"{recorder.tool} ({recorder.system})")
        page.listing("\n".join(visible(line, limit=None) for line in recorder.lines))
    page.gap()
    for number, caution in enumerate(plan.cautions):
        page.say("" if number else "Look at", caution)
    page.gap()
    page.say("Then", "")
    page.listing(plan.seal)
    return page.text()


def _expected(plan: CapturePlan) -> list[str]:
    told: Forecast | None = plan.forecast
    if told is None:
        if plan.bpf and not plan.filter:
            return ["not told: a filter of libpcap is not asked of evidence; use --filter"]
        return ["not told: no evidence here shows what is normal (-w WORKSPACE)"]
    seen = span_text(told.seen_s)
    return [
        f"{size_text(told.total)} for {span_text(plan.duration_s)}, "
        f"{size_text(told.at_most)} if all of it is as the busiest minute was",
        f"told by {count_text(told.flows, 'flow')} in {seen} of "
        f"{count_text(told.evidence, 'piece')} of evidence; "
        + ("weeks would tell more" if told.seen_s < 7 * 86_400 else "days and nights are in it"),
    ]


def state_text(seconds: float, octets: int, files: int, packets: int | None) -> str:
    """A recording that runs, in a line."""
    counted = "" if packets is None else f", {packets:,} packets"
    rate = size_text(octets / seconds) if seconds >= 1 else "0 B"
    return (
        f"{span_text(seconds):>12}  {size_text(octets)} in {count_text(files, 'file')}"
        f"{counted}, {rate}/s    "
    )


def recording_text(done: Recording, workspace: str, *, width: int = 100) -> str:
    """A recording that was made and sealed."""
    page = Page(width)
    octets = sum(item.bytes for item in done.items)
    page.say(
        "Recorded", f"{size_text(octets)} in {count_text(len(done.items), 'file')} with "
        f"{visible(done.tool, limit=80)}; it ended because {done.why}",
    )  # fmt: skip
    packets = "packets not counted" if done.packets is None else f"{done.packets:,} packets"
    if done.dropped is None:
        drops = "the tool did not say how many it lost"
    else:
        drops = f"{done.dropped:,} LOST" if done.dropped else "none lost by the tool"
    page.say("Counted", f"{packets}, {drops}")
    if done.packets == 0:
        page.row(
            "Nothing came. Check the filter, the mirror of the switch, and --tagged on a trunk."
        )
    for number, item in enumerate(done.items):
        page.say("" if number else "Sealed", f"{item.id}  {visible(item.name, limit=80)}")
    page.say("Folder", visible(done.folder))
    if done.unsealed:
        page.say(
            "Not sealed", f"{count_text(len(done.unsealed), 'file')} of other recordings here that "
            "still go on, or were cut off. Once they have ended: netcordon evidence seal FILE",
            *(visible(path) for path in done.unsealed[:3]),
        )  # fmt: skip
    page.say("Next", f"netcordon investigate {visible(done.folder)} -w {visible(workspace)}")
    return page.text()
