"""A scan begins with its crowd of contacts, not with a lone failure before it."""

from __future__ import annotations

from pathlib import Path

from tests.unit.incidents.traffic import Traffic, at, build, find

PC, SERVER = "10.0.0.1", "10.0.0.9"


def test_a_lone_failure_before_does_not_begin_a_scan(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(0, PC, SERVER, 8080, state="S0", packets=(1, 0))
    for port in range(1, 201):
        rows.flow(50, PC, SERVER, port, state="S0", packets=(1, 0))
    scan = find("s", "recon_scan", "T1046", (0, 51), PC, SERVER)
    (incident,) = build(rows, [scan], tmp_path).incidents
    assert incident.first_seen_time == incident.story[0].time == at(50)
    assert scan.first_seen_time == at(0), "the finding keeps its first row"


def test_of_few_contacts_the_first_counts(tmp_path: Path) -> None:
    rows = Traffic()
    for minute in (0, 50, 51):
        rows.flow(minute, PC, SERVER, 8080 + minute, state="S0", packets=(1, 0))
    scan = find("s", "recon_scan", "T1046", (0, 51), PC, SERVER)
    (incident,) = build(rows, [scan], tmp_path).incidents
    assert incident.first_seen_time == at(0)
