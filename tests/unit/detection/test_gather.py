"""Small findings told as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from netcordon.detection.gather import gathered
from netcordon.model.detector import Together
from netcordon.model.finding import EvidenceRows, Finding, Term
from netcordon.model.severity import Severity

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAY = Together(key=("place", "t"), title=lambda sources, places: f"{len(sources)} -> {places[0]}")


def finding(number: int, **changes: object) -> Finding:
    made = Finding(
        id=f"f-{number}", detector="d", title=f"one {number}", severity=Severity.LOW,
        confidence=0.1 * number, src_ips=(f"10.0.0.{number}",), dst_ips=("192.0.2.1",),
        dst_names=("t.example",), dst_ports=(123,), protocol="udp", accounts=(), techniques=(),
        first_seen_time=NOON + timedelta(seconds=number),
        last_seen_time=NOON + timedelta(minutes=number),
        terms={"n": Term(contribution=1.0, value=number)},
        evidence_rows=(EvidenceRows(evidence_id="ev", table="t", frames=(number,), total=number),),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_three_become_one_with_all_sources_and_rows() -> None:
    members = [finding(n) for n in (2, 3, 1)]
    (one,) = gathered(members, {f.id: WAY for f in members})
    assert one.title == "3 -> t.example"
    assert one.src_ips == ("10.0.0.1", "10.0.0.2", "10.0.0.3")
    assert (one.first_seen_time, one.last_seen_time) == (
        NOON + timedelta(seconds=1),
        NOON + timedelta(minutes=3),
    )
    assert one.evidence_rows == (
        EvidenceRows(evidence_id="ev", table="t", frames=(1, 2, 3), total=6),
    )
    assert one.facts["findings_told_as_one"] == 3


def test_score_and_severity_are_those_of_the_surest() -> None:
    members = [finding(2), finding(1, severity=Severity.INFORMATIONAL)]
    (one,) = gathered(members, {f.id: WAY for f in members})
    assert (one.severity, one.confidence, one.terms["n"].value) == (Severity.LOW, 0.2, 2)


def test_medium_and_worse_stand_alone() -> None:
    members = [finding(1), finding(2, severity=Severity.MEDIUM), finding(3)]
    told = gathered(members, {f.id: WAY for f in members})
    assert [f.title for f in told] == ["2 -> t.example", "one 2"]


def test_without_a_common_key_nothing_changes() -> None:
    members = [finding(1), finding(2), finding(3)]
    ways = {"f-1": WAY, "f-2": Together(key=("place", "u"), title=WAY.title)}
    assert gathered(members, ways) == members


def test_the_id_is_that_of_the_whole_whatever_the_order() -> None:
    members = [finding(1), finding(2)]
    ways = {f.id: WAY for f in members}
    (one,), (other,) = gathered(members, ways), gathered(members[::-1], ways)
    assert one == other
    assert one.id not in {"f-1", "f-2"}
