"""How far conclusions from a text log can be trusted: what it lost, and what it cannot show."""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.ingest.export_quality import WORDS, judge_exports
from netcordon.model.evidence import CaptureQuality, Defect, Grade

_REFUSED, _REFUSED_POOR = 0.01, 0.5
_LOSS_PERCENT, _LOSS_POOR = 0.1, 5.0
_SHOWN = 3

_FLOWS = {
    "zeek_conn_lines": "no TTL, IP identification, window or payload, nor the rhythm within a flow",
    "eve_flow_events": "no history of flags nor the rhythm within a flow, and octets of whole "
    "frames only: payload is a lower bound",
    "eve_netflow_events": "one direction a row: who asked and who answered is not told apart",
    "device_flows": "what the device chose to log: as a rule no flags, TTL or payload, of a "
    "refused connection one packet, and of one that passed often its beginning alone",
    "vpc_flows": "nothing but ends, times to the second, packets and octets by intervals of one or "
    "ten minutes; traffic to Amazon's own DNS, DHCP and instance metadata is never logged",
    "azure_flows": "nothing but ends and counters, those every five minutes",
    "google_flows": "nothing but ends and counters, and these of sampled packets (about one in "
    "thirty), scaled up: short flows are mostly missing",
    "argus_flows": "no payload, TTL or rhythm within a flow; octets are those of frames less the "
    "headers of Ethernet",
    "silk_flows": "no payload, names, TTL or rhythm within a flow",
    "nfdump_flows": "no payload, names, TTL or rhythm within a flow",
}
"""Fact that counts flows -> what those flows cannot show."""


def judge_log(
    evidence_id: str, records: int, refused: Mapping[str, int], facts: Mapping[str, object]
) -> CaptureQuality:
    """The verdict on one log.

    Args:
        evidence_id: which evidence.
        records: lines that are no comments.
        refused: reason -> lines that were not read.
        facts: what its parser measured.
    """
    judged = [*_unread(records, refused, facts), *_lost(facts), *judge_exports(facts)]
    defects = [defect for defect, _ in judged]
    for fact, lacks in _FLOWS.items():
        if facts.get(fact):
            what = f"Flows of this log show {lacks}."
            then = "What rests on these is not assessed, or rests on what the log does show."
            defects.append(Defect(name="log_only", share=None, what=what, consequence=then))
    is_poor = records == 0 or any(grave for _, grave in judged)
    # A few lines that were not read are said, and limit nothing else.
    is_limited = any(d.name != "not_decoded" or (d.share or 0) >= _REFUSED for d in defects)
    grade = Grade.POOR if is_poor else Grade.LIMITED if is_limited else Grade.GOOD
    return CaptureQuality(
        evidence_id=evidence_id,
        grade=grade,
        summary=_summary(records, sum(refused.values()), defects),
        defects=tuple(defects),
    )


def _unread(
    records: int, refused: Mapping[str, int], facts: Mapping[str, object]
) -> list[tuple[Defect, bool]]:
    found = []
    if facts.get("complete") is False:
        what = f"The file breaks off or is damaged; {records} lines before that were read."
        then = "What happened later is not in the evidence; silence after the end means nothing."
        found.append((_defect("truncated_file", None, what, then), records == 0))
    count = sum(refused.values())
    share = count / records if records else 0.0
    if count:
        worst = sorted(refused.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]
        reasons = "; ".join(f"{reason}: {number:,}" for reason, number in worst)
        part = f"{share:.1%} of the lines were" if share >= _REFUSED else _few(count)
        what = f"{part} not read ({reasons})."
        then = "What these lines say was not examined; ingest_warning holds the first of them."
        found.append((_defect("not_decoded", share, what, then), share >= _REFUSED_POOR))
    return found


def _few(count: int) -> str:
    return "One line was" if count == 1 else f"{count:,} lines were"


def _lost(facts: Mapping[str, object]) -> list[tuple[Defect, bool]]:
    """Packets that the sensor itself says it did not see."""
    found = []
    then = "Counts and volumes are lower bounds, and answers can be missing anywhere."
    percent = _number(facts, "largest_capture_loss_percent")
    if percent >= _LOSS_PERCENT:
        what = f"The sensor missed up to {percent:.2f} % of the acknowledged data in an interval."
        found.append((_defect("drops", percent / 100, what, then), percent >= _LOSS_POOR))
    dropped = _number(facts, "sensor_dropped") + _number(facts, "largest_sensor_dropped")
    seen = _number(facts, "sensor_packets") + _number(facts, "largest_sensor_packets")
    share = min(1.0, dropped / (dropped + seen)) if dropped else 0.0
    if share * 100 >= _LOSS_PERCENT:
        what = f"The sensor dropped {dropped:,.0f} packets ({share:.2%})."
        found.append((_defect("drops", share, what, then), share * 100 >= _LOSS_POOR))
    full = _number(facts, "largest_sensor_memcap")
    if full:
        what = f"The sensor's memory was full: it dropped {full:,.0f} segments."
        found.append((_defect("gaps", None, what, then), False))
    return found


def _number(facts: Mapping[str, object], name: str) -> float:
    value = facts.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _defect(name: str, share: float | None, what: str, then: str) -> Defect:
    rounded = None if share is None else round(share, 6)
    return Defect(name=name, share=rounded, what=what, consequence=then)


_WORDS = {
    "truncated_file": "the end of the file missing", "not_decoded": "lines not read",
    "drops": "packets the sensor lost", "gaps": "segments the sensor lost",
    "log_only": "flows without packets", **WORDS,
}  # fmt: skip


def _summary(records: int, refused: int, defects: list[Defect]) -> str:
    if not records:
        return "The log holds no lines; nothing can be concluded from it."
    if not defects:
        return f"{records:,} lines of a log, no defect that limits the findings."
    names = dict.fromkeys(_named(defect, refused) for defect in defects)
    return f"{records:,} lines of a log, with {', '.join(names)}."


def _named(defect: Defect, refused: int) -> str:
    if defect.name == "not_decoded" and (defect.share or 0) < _REFUSED:
        return "one line not read" if refused == 1 else f"{refused:,} lines not read"
    share = "" if defect.share is None else f" ({defect.share:.1%})"
    return _WORDS[defect.name] + share
