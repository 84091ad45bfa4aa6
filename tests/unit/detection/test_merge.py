"""The same behaviour under two keys becomes one finding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from netcordon.detection.merge import merged
from netcordon.model.finding import EvidenceRows, Finding
from netcordon.model.severity import Severity

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def found(kind: str | None, name: str = "", *, severity: Severity = Severity.MEDIUM,
          dst: str = "192.0.2.1", src: str = "10.0.0.1", hour: int = 0) -> Finding:  # fmt: skip
    start = NOON + timedelta(hours=hour)
    return Finding(
        id=f"f-{kind}-{name}-{dst}-{src}-{hour}", detector="d", title="t", severity=severity,
        confidence=0.5, src_ips=(src,), dst_ips=(dst,), dst_names=(name,) if name else (),
        dst_ports=(443,), protocol="tcp", accounts=(), techniques=(), first_seen_time=start,
        last_seen_time=start + timedelta(minutes=30), terms={},
        facts={} if kind is None else {"key_kind": kind},
        evidence_rows=(EvidenceRows(evidence_id="ev-1", table=str(kind), frames=(1,), total=1),),
    )  # fmt: skip


def test_the_name_explains_the_address_and_the_fingerprint() -> None:
    (one,) = merged([found("fingerprint"), found("address"), found("name", "c2.example")])
    assert one.facts["key_kind"] == "name"
    assert one.facts["also_seen_by"] == ("address", "fingerprint")
    assert [r.table for r in one.evidence_rows] == ["address", "fingerprint", "name"]


def test_the_worse_severity_wins() -> None:
    (one,) = merged([found("name", "a.example"), found("address", severity=Severity.HIGH)])
    assert (one.severity, one.dst_names) == (Severity.HIGH, ("a.example",))


def test_two_names_on_a_shared_address_stay_two() -> None:
    assert len(merged([found("name", "a.example"), found("name", "b.example")])) == 2


def test_other_sources_other_ends_and_other_times_stay_apart() -> None:
    base = found("name", "a.example")
    assert len(merged([base, found("address", src="10.0.0.2")])) == 2
    assert len(merged([base, found("address", dst="192.0.2.2")])) == 2
    assert len(merged([base, found("address", hour=2)])) == 2


def test_findings_without_a_key_are_left_alone() -> None:
    assert len(merged([found(None), found(None)])) == 2


def test_one_name_by_two_protocols_is_one() -> None:
    by_tls = found("name", "a.example")
    by_http = found("name", "a.example", dst="192.0.2.9")
    assert len(merged([by_tls, by_http])) == 1


def test_many_sources_are_merged_each_with_its_own() -> None:
    """Three findings a source, in any order, become one a source; the order of the rest stays."""
    many = [
        found(kind, "c2.example" if kind == "name" else "", src=f"10.0.{n >> 8}.{n & 255}")
        for kind in ("fingerprint", "address", "name")
        for n in range(1000)
    ]
    one_each = merged([found(None), *many])
    assert len(one_each) == 1001
    assert {f.facts.get("key_kind") for f in one_each} == {None, "name"}
    assert len({f.src_ips for f in one_each[1:]}) == 1000
