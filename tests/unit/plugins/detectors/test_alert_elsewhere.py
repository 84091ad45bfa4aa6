"""Alerts of others: counted once, told apart, and weighed with what else was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netcordon.detection.allowed import set_aside
from netcordon.detection.run import run_detectors
from netcordon.errors import UsageError
from netcordon.model.casework import Allowance
from netcordon.model.detector import Detector, Judgement
from netcordon.model.finding import Finding
from netcordon.model.log_set import LINE_BITS
from netcordon.model.score import term
from netcordon.model.severity import Severity
from netcordon.registry import Plugin, load
from netcordon.workflow.allowing import canonical_value
from tests.cases import evidence
from tests.cases.alert_elsewhere.make import EXPLOIT, MALWARE, ODDITY, PC, POLICY, THEIRS, alert

ALERTS = next(p for p in load("detectors")[0] if p.id == "alert_elsewhere")


def found(
    folder: Path, *rows: dict[str, object], plugins: tuple[Plugin, ...] = (ALERTS,)
) -> list[Finding]:
    evidence.write(folder / "case", "detection_finding", rows)
    with evidence.engine(
        evidence.read(folder / "case"), folder / "lake", home_nets=["10.0.0.0/8"]
    ) as engine:
        result = run_detectors(engine, plugins)
    assert not [note for note in result.notes if "failed" in note]
    return list(result.findings)


def test_one_alert_in_two_logs_counts_once_and_an_update_is_no_second_alert(
    tmp_path: Path,
) -> None:
    # The text log names the ends of the packet, which may be the other way round.
    ours = alert(5, PC, THEIRS, MALWARE)
    theirs = alert(5, THEIRS, PC, MALWARE) | {"is_from_src": None}
    theirs |= {"src_port": 443, "dst_port": ours["src_port"], "frame": (1 << LINE_BITS) + 1}
    (one,) = found(tmp_path / "twice", ours, theirs, alert(9, PC, THEIRS, MALWARE))
    assert (one.src_ips, one.facts["raised"]) == ((PC,), 2)
    states = [
        alert(float(t), PC, THEIRS, MALWARE) | {"reference": "d-1", "count": t} for t in (1, 2, 7)
    ]
    (one,) = found(tmp_path / "states", *states)
    assert one.facts["raised"] == 7
    assert (one.last_seen_time - one.first_seen_time).total_seconds() == 6


def test_two_signatures_of_one_moment_are_two_findings(tmp_path: Path) -> None:
    first, second = found(tmp_path, alert(5, PC, THEIRS, MALWARE), alert(5, PC, THEIRS, EXPLOIT))
    assert first.id != second.id
    assert {f.techniques for f in (first, second)} == {("T1071",), ("T1210",)}


def test_minor_alerts_are_told_by_signature_and_oddities_by_tool(tmp_path: Path) -> None:
    rows = [alert(float(n), f"10.0.0.{n % 5}", THEIRS, POLICY) for n in range(20)]
    rows += [
        alert(float(n), PC, THEIRS, {**ODDITY, "rule_id": f"1:22100{n}"}) for n in range(10, 30)
    ]
    told = found(tmp_path, *rows)
    assert sorted(f.title for f in told) == [
        f"suricata: {POLICY['title']}, 20 times, 5 sources, 1 place",
        "suricata: oddities of protocols, 20 times, 1 source, 1 place",
    ]
    assert {f.severity for f in told} == {Severity.INFORMATIONAL}
    assert all(not f.techniques for f in told)


def test_what_another_detector_finds_between_the_same_ends_makes_it_grave(tmp_path: Path) -> None:
    content = ALERTS.content
    assert isinstance(content, Detector)
    spoken = replace(
        content, sql=content.sql, refine=None, weighs_findings=False,
        judge=lambda row: Judgement(
            title="x", severity=Severity.MEDIUM, terms={"x": term(3.0, 1)}
        ),
    )  # fmt: skip
    other = replace(ALERTS, id="c2_other", content=spoken)
    alone = found(tmp_path / "alone", alert(5, PC, THEIRS, MALWARE))
    both = found(tmp_path / "both", alert(5, PC, THEIRS, MALWARE), plugins=(ALERTS, other))
    assert [f.severity for f in alone] == [Severity.MEDIUM]
    (weighed,) = [f for f in both if f.detector == "alert_elsewhere"]
    assert weighed.severity is Severity.HIGH
    assert weighed.terms["found_between_these_ends_too"].value == "c2_other"
    assert weighed.confidence > alone[0].confidence


def test_an_attempt_from_outside_is_never_high_and_one_that_was_blocked_failed(
    tmp_path: Path,
) -> None:
    rows = [
        alert(float(n), THEIRS, PC, {**EXPLOIT, "rule_id": f"1:{n}", "action": "blocked"})
        for n in range(9)
    ]
    rows += [alert(3.0, THEIRS, PC, {**EXPLOIT, "rule_id": "40001", "product": "pan-os"})]
    for one in found(tmp_path, *rows):
        assert one.severity.rank <= Severity.LOW.rank
        assert one.succeeded is (False if one.facts["tool"] == "suricata" else None)


def test_a_signature_that_is_allowed_is_set_aside_and_no_other_and_comes_back(
    tmp_path: Path,
) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    allowed = Allowance(
        id="allow-0001", what="signature", owner="o", reason="r", author="a", time=start,
        value=canonical_value("signature", ["Suricata", str(MALWARE["rule_id"])]),
        expires=start + timedelta(days=1),
    )  # fmt: skip
    rows = [
        alert(5, PC, THEIRS, MALWARE),
        alert(6, PC, THEIRS, EXPLOIT),
        alert(7, PC, THEIRS, ODDITY),
    ]
    evidence.write(tmp_path / "case", "detection_finding", rows)
    with evidence.engine(
        evidence.read(tmp_path / "case"), tmp_path / "lake", home_nets=["10.0.0.0/8"]
    ) as engine:
        every = run_detectors(engine, (ALERTS,)).findings
        kept, aside = set_aside(engine, every, [allowed], {}, start)
        later, _ = set_aside(engine, every, [allowed], {}, start + timedelta(days=1))
    assert [a.finding.facts["rule"] for a in aside] == [MALWARE["rule_id"]]
    assert len(kept) == len(every) - 1
    assert later == every
    for wrong in (["suri cata", "1:2"], ["suricata"], ["suricata", "a\x1bb"]):
        with pytest.raises(UsageError):
            canonical_value("signature", wrong)


def test_what_thousands_of_strangers_try_is_one_finding_that_names_so_many(tmp_path: Path) -> None:
    rows = [
        alert(float(n), f"203.0.{n // 250}.{n % 250 + 1}", PC, EXPLOIT, port=80)
        for n in range(1200)
    ]
    (one,) = found(tmp_path, *rows, alert(9.0, "10.0.0.77", PC, EXPLOIT, port=80))[1:]
    assert one.title == f"suricata: {EXPLOIT['title']}, 1,200 times, 1,200 sources, 1 place"
    assert (len(one.src_ips), one.facts["sources"]) == (1000, 1200)
    assert one.severity is Severity.LOW
