"""What an entered host begins to read, and as whom: told when it is new, left alone otherwise."""

from __future__ import annotations

from pathlib import Path

from netcordon.incidents.build import IncidentReport
from tests.unit.incidents.traffic import Traffic, at, build, find

PC, SERVER, FILES, BACKUP, EVIL = "10.0.0.1", "10.0.0.9", "10.0.0.20", "10.0.0.50", "203.0.113.5"


def office() -> Traffic:
    """A server that is backed up to ``BACKUP`` all day, and entered at 60."""
    rows = Traffic()
    for minute in (1, 30, 90):
        rows.flow(minute, SERVER, BACKUP, 873, service="rsync", out=100, back=900_000)
        rows.put("authentication", at(minute), src_ip=SERVER, dst_ip=BACKUP, account="svc-backup",
                 outcome="success")  # fmt: skip
    return rows


def report(rows: Traffic, folder: Path) -> IncidentReport:
    findings = [
        find("g", "access_bruteforce", "T1110.001", (55, 60), PC, SERVER, ports=[22],
             succeeded=True, facts={"entered_time": at(60)}),
        find("b", "c2_beaconing", "T1071", (61, 100), SERVER, EVIL, ports=[443]),
    ]  # fmt: skip
    return build(rows, findings, folder)


def test_a_read_from_a_server_it_never_spoke_to_is_told_with_its_account(tmp_path: Path) -> None:
    rows = office()
    rows.flow(70, SERVER, FILES, 445, service="smb", out=9_000, back=1_700_000)
    rows.put("authentication", at(70), src_ip=SERVER, dst_ip=FILES, account="svc-deploy",
             outcome="success")  # fmt: skip
    found = report(rows, tmp_path)
    (incident,) = found.incidents
    (step,) = [s for s in incident.story if s.tactic == "collection"]
    assert f"read 1.7 MB from {FILES} by smb on port 445 as svc-deploy" in step.text
    assert {p.ip: p.role for p in incident.victims}[FILES] == "data_source"
    assert "T1039" in incident.techniques
    accounts = {i.value: i for i in found.indicators if i.type == "user-account"}
    assert set(accounts) == {"svc-deploy"}
    assert "ask its owner" in str(accounts["svc-deploy"].caution)
    assert any(a.startswith("Reset svc-deploy (used by the intruder)")
               for a in incident.first_actions)  # fmt: skip


def test_what_it_always_read_and_small_answers_are_left_alone(tmp_path: Path) -> None:
    rows = office()
    rows.flow(70, SERVER, FILES, 445, service="smb", out=500, back=2_000)
    found = report(rows, tmp_path)
    (incident,) = found.incidents
    assert [s for s in incident.story if s.tactic == "collection"] == []
    assert [i for i in found.indicators if i.type == "user-account"] == []


def test_of_a_host_that_was_not_seen_before_nothing_is_new(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(70, SERVER, FILES, 445, service="smb", out=9_000, back=1_700_000)
    (incident,) = report(rows, tmp_path).incidents
    assert [s for s in incident.story if s.tactic == "collection"] == []
