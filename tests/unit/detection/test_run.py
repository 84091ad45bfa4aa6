"""Detectors run, and what could not be judged is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from netcordon.detection.run import run_detectors
from netcordon.detection.services import known_service
from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.score import term
from netcordon.model.severity import Severity
from netcordon.registry import LoadFailure, Plugin
from tests.cases import evidence
from tests.cases.evidence import flows, write


@dataclass(frozen=True, kw_only=True)
class Params:
    least: int = 1


def judge(row: Row) -> Judgement:
    return Judgement(title=f"{row['n']} flows", severity=Severity.LOW, terms={"n": term(1.0, 3)})


SQL = """
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names,
       []::INTEGER[] AS dst_ports, 'tcp' AS protocol, min(start_time) AS first_seen_time,
       max(start_time) AS last_seen_time, count(*) AS n,
       list({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame}
            ORDER BY first_frame) AS evidence
FROM network_activity GROUP BY src_ip, dst_ip HAVING count(*) >= $least ORDER BY src_ip, dst_ip
"""
GOOD = Detector(
    title="Counter", summary="s", blind_spots="b", benign="b", look_next="l",
    reads=("network_activity",), techniques=("T1046",), partition_by="src_ip", params=Params(),
    minimum_sample="1", prior=0.0, sql=SQL, judge=judge,
)  # fmt: skip


def plugin(name: str, detector: Detector) -> Plugin:
    return Plugin(id=name, kind="detectors", content=detector, doc="")


@pytest.fixture
def engine(tmp_path: Path) -> evidence.Engine:
    write(
        tmp_path / "csv", "network_activity", flows("10.0.0.1", "192.0.2.1", 80, range(0, 90, 10))
    )
    return evidence.engine(evidence.read(tmp_path / "csv"), tmp_path / "lake")


def test_findings_carry_their_rows_and_query(engine: evidence.Engine) -> None:
    (found,) = run_detectors(engine, [plugin("recon_count", GOOD)]).findings
    assert (found.title, found.detector) == ("9 flows", "recon_count")
    assert found.evidence_rows[0].frames == tuple(range(1, 10))
    assert "$least" in found.sql
    assert found.parameters == {"least": 1}


def test_a_broken_query_is_a_note_and_the_others_go_on(engine: evidence.Engine) -> None:
    broken = replace(GOOD, sql="SELECT nonsense FROM nowhere ORDER BY 1")
    result = run_detectors(engine, [plugin("c2_broken", broken), plugin("recon_count", GOOD)])
    assert len(result.findings) == 1
    assert any("c2_broken failed" in note for note in result.notes)


def test_a_judge_that_raises_is_a_note(engine: evidence.Engine) -> None:
    def bad(row: Row) -> Judgement:
        raise ValueError(row["n"])

    result = run_detectors(engine, [plugin("c2_raises", replace(GOOD, judge=bad))])
    assert not result.findings
    assert any("c2_raises failed" in note and "ValueError" in note for note in result.notes)


def test_a_candidate_without_a_value_it_needs_is_not_judged_and_that_is_said(
    engine: evidence.Engine,
) -> None:
    def needs_bytes(row: Row) -> Judgement:
        return judge({"n": row["bytes"] + 1})  # type: ignore[operator]

    lacking = SQL.replace("count(*) AS n,", "count(*) AS n, NULL AS bytes,")
    result = run_detectors(
        engine,
        [plugin("c2_needs", replace(GOOD, sql=lacking, judge=needs_bytes)), plugin("c2_ok", GOOD)],
    )
    assert len(result.findings) == 1
    assert any(note.startswith("Counter: 1 candidate not judged") for note in result.notes)
    assert not any("failed" in note for note in result.notes)


def test_what_did_not_load_and_what_had_no_rows_is_said(engine: evidence.Engine) -> None:
    starved = plugin("c2_starved", replace(GOOD, title="Starved", reads=("arp_activity",)))
    failure = LoadFailure("c2_lost", "detectors", "ImportError: no")
    notes = run_detectors(engine, [starved], [failure]).notes
    assert any("c2_lost did not load" in note for note in notes)
    assert any(note.startswith("Starved: not judged, no rows in arp_activity") for note in notes)


def test_the_limits_of_the_evidence_are_said(engine: evidence.Engine) -> None:
    notes = run_detectors(engine, []).notes
    assert any("spans 1 min 20 s" in note and "10 s" in note for note in notes)
    assert any(note.startswith("No baseline") for note in notes)
    assert any(note.startswith("All times are whole seconds") for note in notes)


def test_a_one_sided_capture_is_said(tmp_path: Path) -> None:
    rows = flows("10.0.0.1", "192.0.2.1", 80, [0.5 * n for n in range(20)], conn_state="S0")
    write(tmp_path / "csv", "network_activity", rows)
    with evidence.engine(evidence.read(tmp_path / "csv"), tmp_path / "lake") as engine:
        assert any("one-sided" in note for note in run_detectors(engine, []).notes)


def test_no_flows_at_all(tmp_path: Path) -> None:
    with evidence.engine({}, tmp_path) as engine:
        assert run_detectors(engine, []).notes[0].startswith("No flows were read")


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("otter.duckdns.org", "dynamic_dns"),
        ("duckdns.org", "dynamic_dns"),
        ("checkip.dyndns.org", "address_lookup"),
        ("d111.cloudfront.net", "cdn"),
        ("notduckdns.org", None),
        ("evil.example", None),
    ],
)
def test_services_are_known_by_their_longest_suffix(domain: str, kind: str | None) -> None:
    found = known_service(domain)
    assert (found[0] if found else None) == kind


@pytest.mark.parametrize(("bursts", "is_said"), [(None, True), (0, False)])
def test_flows_of_a_version_without_bursts_are_said(
    tmp_path: Path, bursts: int | None, is_said: bool
) -> None:
    rows = flows("10.0.0.1", "192.0.2.1", 80, [0, 10], **({} if bursts is None else {"bursts": 0}))
    write(tmp_path / "csv", "network_activity", rows)
    with evidence.engine(evidence.read(tmp_path / "csv"), tmp_path / "lake") as engine:
        notes = run_detectors(engine, []).notes
    assert is_said == any(note.startswith("2 flows come from an earlier version") for note in notes)
