"""The accuracy page's own arithmetic: what counts as right, and how sure a share is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.accuracy.calibration import bins, brier
from benchmarks.accuracy.evaluate import Result
from benchmarks.accuracy.intervals import bootstrap, rate, share
from benchmarks.accuracy.page import page
from benchmarks.accuracy.peers import COEFFICIENT, Alarm
from benchmarks.accuracy.score import is_false_alarm, is_named, names_ends, technique_named
from benchmarks.accuracy.truth import Labelled, labelled_captures, labelled_logs

from netcordon.model.finding import Finding
from netcordon.model.severity import Severity

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def truth(*, malicious: bool | None = True, ends: bool = True) -> Labelled:
    return Labelled(
        path=Path("x.pcap"), files=(Path("x.pcap"),), group="c2", malicious=malicious,
        label="implant", techniques=("T1071.001",),
        bad_ends=frozenset(["192.0.2.7"] if ends else []),
        hit_ends=frozenset(["10.0.0.1"] if ends else []),
        bad_names=frozenset(["bad.example"] if ends else []),
    )  # fmt: skip


def finding(severity: Severity, confidence: float, *ends: str, name: str = "") -> Finding:
    return Finding(
        id="f-1", detector="c2_beaconing", title="calls home", severity=severity,
        confidence=confidence, src_ips=ends[:1], dst_ips=ends[1:],
        dst_names=(name,) if name else (), dst_ports=(80,), protocol="tcp", accounts=(),
        techniques=("T1071",), first_seen_time=NOON, last_seen_time=NOON, terms={},
    )  # fmt: skip


def result(of: Labelled, *findings: Finding, alarm: Alarm | None = None) -> Result:
    return Result(of, findings, None, 2, {COEFFICIENT: alarm} if alarm else {}, 0.1)


def test_true_ends_are_an_attacker_and_a_victim() -> None:
    assert names_ends(["10.0.0.1", "192.0.2.7"], [], truth())
    assert names_ends(["10.0.0.1"], ["cdn.bad.example."], truth())
    assert not names_ends(["192.0.2.7"], [], truth())
    assert not names_ends(["10.0.0.1"], ["notbad.example"], truth())


def test_a_low_finding_does_not_count() -> None:
    said = finding(Severity.LOW, 0.9, "10.0.0.1", "192.0.2.7")
    assert not is_named(result(truth(), said))
    assert is_named(result(truth(), finding(Severity.MEDIUM, 0.9, "10.0.0.1", "192.0.2.7")))


def test_a_false_alarm_is_a_high_one_on_benign_traffic() -> None:
    benign = truth(malicious=False, ends=False)
    assert is_false_alarm(result(benign, finding(Severity.HIGH, 0.9, "10.0.0.1")))
    assert not is_false_alarm(result(benign, finding(Severity.MEDIUM, 0.9, "10.0.0.1")))
    assert not is_false_alarm(result(truth(), finding(Severity.HIGH, 0.9, "10.0.0.1")))


def test_a_technique_is_named_by_its_family() -> None:
    said = result(truth(), finding(Severity.MEDIUM, 0.9, "10.0.0.1"))
    assert technique_named(said, "T1071.001")
    assert not technique_named(said, "T1072")


def test_few_captures_are_counted_and_many_get_an_interval() -> None:
    assert share([(1.0, 1.0), (0.0, 1.0)]) == "1 of 2"
    assert share([]) == "none"
    text = share([(1.0, 1.0)] * 30 + [(0.0, 1.0)] * 10)
    assert text.startswith("75 % (")
    assert text.endswith("of 40")


def test_the_interval_holds_the_share_and_widens_with_few() -> None:
    many = bootstrap([(1.0, 1.0)] * 300 + [(0.0, 1.0)] * 100)
    few = bootstrap([(1.0, 1.0)] * 30 + [(0.0, 1.0)] * 10)
    assert few[0] < many[0] < 0.75 < many[1] < few[1]
    # The normal approximation of a share of 0.75 among 400 is 0.75 +- 0.042.
    assert many == pytest.approx((0.708, 0.792), abs=0.01)


def test_a_rate_is_per_unit_not_per_capture() -> None:
    assert rate([(1.0, 10.0), (1.0, 30.0)]).startswith("0.0500")


def test_calibration_counts_only_what_the_truth_tells() -> None:
    right = finding(Severity.HIGH, 0.9, "10.0.0.1", "192.0.2.7")
    wrong = finding(Severity.MEDIUM, 0.9, "10.0.0.9", "198.51.100.1")
    context = finding(Severity.INFORMATIONAL, 0.9, "10.0.0.9")
    results = [result(truth(), right, wrong, context), result(truth(malicious=None), wrong)]
    (only,) = bins(results)
    assert (only.low, only.count, only.right) == (0.9, 2, 0.5)
    assert brier(results) == pytest.approx((0.01 + 0.81) / 2)


def test_the_page_shows_losses_to_peers() -> None:
    alarm = Alarm(frozenset(["10.0.0.1", "192.0.2.7"]), 1)
    text = page([result(truth(), alarm=alarm)])
    assert "a peer names and netcordon does not: 1" in text
    assert f"- `c2/x.pcap`: {COEFFICIENT}" in text
    assert "Missed (no finding of at least medium severity): 1" in text


def test_logs_of_one_zeek_are_one_piece_and_what_tells_the_truth_is_none(tmp_path: Path) -> None:
    def entry(path: str, kind: str, malicious: object, **more: object) -> dict[str, object]:
        return {"path": path, "group": "g", "kind": kind, "truth": {"malicious": malicious, **more}}

    entries = [
        entry("a/x.pcap", "pcap", True),
        entry("a/conn.log", "zeek-tsv labelled", "mixed", victims=["10.0.0.1 (A)"]),
        entry("a/dns.log", "zeek", False, c2=["192.0.2.7:8443"]),
        entry("a/README", "truth-doc", None),
        entry("b/one.eve.json", "eve", False),
        entry("b/flows.binetflow", "argus-binetflow csv", None),
    ]
    (tmp_path / "MANIFEST.json").write_text(json.dumps({"entries": entries}))
    assert [c.path.name for c in labelled_captures(tmp_path)] == ["x.pcap"]
    zeek, flows, eve = labelled_logs(tmp_path)
    assert [f.name for f in zeek.files] == ["conn.log", "dns.log"]
    assert zeek.malicious is True
    assert (zeek.bad_ends, zeek.hit_ends) == ({"192.0.2.7"}, {"10.0.0.1"})
    assert (flows.malicious, eve.malicious) == (None, False)
    assert eve.files == (tmp_path / "b" / "one.eve.json",)
