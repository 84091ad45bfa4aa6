"""How far conclusions from a capture can be trusted: measured defects and what each forbids.

A pure function of the decoder's facts (``ParseResult.facts``): the verdict can be given again from
the register, without the capture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netcordon.ingest.export_quality import WORDS, judge_exports
from netcordon.model.evidence import CaptureQuality, Defect, Grade


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From which share on a defect is named, and from which it spoils the capture."""

    truncated: float = 0.01
    """Frames cut short; a single jumbo frame above the snapshot length is no defect."""
    truncated_poor: float = 0.5
    drops: float = 0.001
    drops_poor: float = 0.05
    one_sided: float = 0.2
    """TCP talk with packets in one direction only; a few stragglers are in every capture."""
    one_sided_poor: float = 0.8
    gaps: float = 0.001
    """TCP bytes proven missing; retransmission hides less than that."""
    gaps_poor: float = 0.1
    offload: float = 0.01
    checksums: float = 0.05
    duplicates: float = 0.02
    duplicates_poor: float = 0.3
    refused: float = 0.05
    refused_poor: float = 0.5
    midstream: float = 0.5
    smallest_flows: int = 5
    """Fewer TCP connections than this tell nothing about sidedness."""


LIMITS = Thresholds()


def judge_quality(
    evidence_id: str, records: int, refused: Mapping[str, int], facts: Mapping[str, object]
) -> CaptureQuality:
    """The verdict on one capture.

    Args:
        evidence_id: which evidence.
        records: frames read.
        refused: reason -> frames seen and not decoded.
        facts: what the decoder measured; a fact that is missing counts as not measured.
    """
    f = _Facts(facts)
    judged = [
        *_completeness(f, records, refused),
        *_losses(f, records),
        *_distortions(f, records),
        *_clock(f),
        *judge_exports(facts),
    ]
    judged.sort(key=lambda pair: (not pair[1], -(pair[0].share or 0.0), pair[0].name))
    defects = tuple(defect for defect, _ in judged)
    if records == 0 or any(is_grave for _, is_grave in judged):
        grade = Grade.POOR
    else:
        grade = Grade.LIMITED if defects else Grade.GOOD
    return CaptureQuality(
        evidence_id=evidence_id,
        grade=grade,
        summary=_summary(grade, records, defects),
        defects=defects,
    )


class _Facts:
    """Reads numbers out of the facts; what is missing is zero."""

    def __init__(self, facts: Mapping[str, object]) -> None:
        self._facts = facts

    def __getitem__(self, name: str) -> int:
        value = self._facts.get(name, 0)
        return int(value) if isinstance(value, int | float) else 0

    def share(self, part: str, whole: int) -> float:
        """Fact ``part`` out of ``whole``, 0 where there is no whole."""
        return min(1.0, self[part] / whole) if whole > 0 else 0.0

    def is_false(self, name: str) -> bool:
        """Whether a fact was measured and denied."""
        return self._facts.get(name) is False


_Judged = tuple[Defect, bool]
"""A defect, and whether it spoils the capture."""


def _defect(name: str, share: float | None, what: str, consequence: str) -> Defect:
    return Defect(
        name=name,
        share=None if share is None else round(share, 6),
        what=what,
        consequence=consequence,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else "less than 0.1 %"


def _completeness(f: _Facts, records: int, refused: Mapping[str, int]) -> list[_Judged]:
    found: list[_Judged] = []
    if f.is_false("is_complete") or f.is_false("complete"):
        what = f"The file breaks off or is damaged; {records} frames before that were read."
        then = "What happened later is not in the evidence; silence after the end means nothing."
        found.append((_defect("truncated_file", None, what, then), records == 0))
    cut = f.share("truncated_frames", records)
    if cut >= LIMITS.truncated:
        limit = f["snaplen"] or f["largest_captured_bytes"]
        what = f"{_percent(cut)} of the frames were cut short (snapshot length {limit})."
        then = "Payload beyond the cut is not visible: names, requests and logins can be missing."
        found.append((_defect("short_snaplen", cut, what, then), cut >= LIMITS.truncated_poor))
    unread = sum(refused.values())
    share = unread / records if records else 0.0
    if share >= LIMITS.refused:
        worst = sorted(refused.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
        reasons = ", ".join(f"{name} {count}" for name, count in worst)
        what = f"{_percent(share)} of the frames were not decoded ({reasons})."
        then = "Traffic in these frames was not examined."
        found.append((_defect("not_decoded", share, what, then), share >= LIMITS.refused_poor))
    return found


def _losses(f: _Facts, records: int) -> list[_Judged]:
    found: list[_Judged] = []
    dropped = f["dropped_packets"]
    share = dropped / (dropped + records) if dropped else 0.0
    if share >= LIMITS.drops:
        what = f"The capturing interface reports {dropped} dropped packets ({_percent(share)})."
        then = "Counts and volumes are lower bounds, and single packets can be missing anywhere."
        found.append((_defect("drops", share, what, then), share >= LIMITS.drops_poor))
    flows = f["tcp_flows"]
    if flows >= LIMITS.smallest_flows:
        share = f.share("tcp_one_sided", flows)
        if share >= LIMITS.one_sided:
            what = f"{_percent(share)} of {flows} TCP connections were seen in one direction only."
            then = "Answers are missing: whether attempts succeeded, and volumes back, are unknown."
            found.append((_defect("one_sided", share, what, then), share >= LIMITS.one_sided_poor))
        share = f.share("tcp_midstream", flows)
        if share >= LIMITS.midstream:
            what = f"{_percent(share)} of {flows} TCP connections began before the capture."
            then = "For these the initiator is inferred from ports, and the start was not seen."
            found.append((_defect("midstream", share, what, then), False))
    missed = f["missed_bytes"]
    share = missed / (missed + f["wire_bytes"]) if missed else 0.0
    if share >= LIMITS.gaps:
        what = (
            f"{missed} bytes in {f['tcp_gap_flows']} TCP connections were acknowledged or passed "
            f"over without being captured ({_percent(share)})."
        )
        then = "The sensor lost packets: payload that spans a gap was not read."
        found.append((_defect("gaps", share, what, then), share >= LIMITS.gaps_poor))
    return found


def _distortions(f: _Facts, records: int) -> list[_Judged]:
    found: list[_Judged] = []
    share = f.share("duplicates", records)
    if share >= LIMITS.duplicates:
        what = f"{_percent(share)} of the frames are copies of one just before (mirror port)."
        then = "Packet and byte counts are too high, and retransmissions cannot be counted."
        grave = share >= LIMITS.duplicates_poor
        found.append((_defect("duplicates", share, what, then), grave))
    share = f.share("tcp_over_mtu", f["tcp_frames"])
    if share >= LIMITS.offload:
        what = f"{_percent(share)} of the TCP packets are larger than Ethernet carries (offload)."
        then = "Recorded on an end host: packet counts and sizes are not those of the wire."
        found.append((_defect("offload", share, what, then), False))
    unset = f["ip_checksum_zero"] + f["ip_checksum_bad"]
    share = unset / f["ipv4_frames"] if f["ipv4_frames"] else 0.0
    tcp_share = f.share("tcp_checksum_bad", f["tcp_checksum_checked"])
    worst = max(share, tcp_share)
    if worst >= LIMITS.checksums:
        what = (
            f"{_percent(share)} of the IPv4 headers and {_percent(tcp_share)} of "
            f"{f['tcp_checksum_checked']} sampled TCP packets have a wrong or empty checksum."
        )
        then = "Recorded before the network card filled them in, or edited; they prove nothing."
        found.append((_defect("checksums", worst, what, then), False))
    return found


def _clock(f: _Facts) -> list[_Judged]:
    found: list[_Judged] = []
    back, ahead = f["clock_back"], f["clock_ahead"]
    if back:
        largest = f["largest_back_ns"] / 1e9
        what = (
            f"The clock goes back by more than a second {back} times, at most {largest:.0f} s "
            f"(first at frame {f['first_clock_back_frame']})."
        )
        then = "Order and spacing of events are doubtful; the file may be stitched together."
        found.append((_defect("clock_jump", None, what, then), False))
    if ahead:
        largest = f["largest_ahead_ns"] / 3.6e12
        what = (
            f"There are {ahead} silences of more than an hour, the longest {largest:.1f} h "
            f"(first at frame {f['first_clock_ahead_frame']})."
        )
        then = "The sensor may have been off; nothing can be said about these times."
        found.append((_defect("silence", None, what, then), False))
    return found


_WORDS = {
    "checksums": "wrong checksums",
    "not_decoded": "frames not decoded",
    "short_snaplen": "frames cut short",
    "truncated": "frames cut short",
    "drops": "packets dropped by the recorder",
    "one_sided": "connections seen in one direction only",
    "offload": "segments larger than the wire carries (offload)",
    "duplicates": "duplicate frames",
    "gaps": "TCP bytes missing",
    "midstream": "connections that began before the capture",
    "clock_jump": "jumps of the clock",
    "silence": "times of silence",
    "truncated_file": "the end of the file missing",
    **WORDS,
}
"""How a defect is called in a sentence."""


def _named(defect: Defect) -> str:
    word = _WORDS.get(defect.name, defect.name.replace("_", " "))
    return word if defect.share is None else f"{word} ({defect.share:.1%})"


def _summary(grade: Grade, records: int, defects: tuple[Defect, ...]) -> str:
    if records == 0:
        return "The capture holds no packets; nothing can be concluded from it."
    if grade is Grade.GOOD:
        return f"{records:,} frames, no defect that limits the findings."
    names = ", ".join(_named(defect) for defect in defects)
    return f"{records:,} frames, with {names}."
