"""What may be blocked, and what must never be."""

from __future__ import annotations

from pathlib import Path

from netcordon.model.severity import Severity
from tests.unit.incidents.traffic import Traffic, at, build, find

PC, EVIL = "10.0.0.1", "203.0.113.5"


def test_a_public_resolver_is_no_indicator_and_that_is_said(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, PC, "8.8.8.8", 443)
    report = build(rows, [find("f", "c2_beaconing", "T1071", (1, 2), PC, "8.8.8.8")], tmp_path)
    assert report.indicators == ()
    assert any("8.8.8.8 is a public DNS resolver" in line for line in report.not_seen)
    actions = "\n".join(report.incidents[0].first_actions)
    assert "Do not block 8.8.8.8" in actions
    assert "Block 8.8.8.8" not in actions


def test_own_hosts_are_isolated_not_blocked(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, PC, "10.0.0.66", 4444)
    attack = find("g", "access_bruteforce", "T1110", (3, 4), PC, "10.0.0.9", ports=[22])
    report = build(
        rows, [find("f", "c2_beaconing", "T1071", (1, 2), PC, "10.0.0.66"), attack], tmp_path
    )
    (indicator,) = report.indicators
    assert (indicator.value, indicator.role) == ("10.0.0.66", "command_server")
    assert "isolate the host instead" in str(indicator.caution)
    assert "10.0.0.66, then isolate" in report.incidents[0].first_actions[0]


def test_private_strangers_carry_a_caution(tmp_path: Path) -> None:
    report = build(
        Traffic(), [find("f", "c2_beaconing", "T1071", (1, 2), PC, "192.168.9.9")], tmp_path
    )
    assert "private address" in str(report.indicators[0].caution)


def test_a_known_service_carries_a_caution(tmp_path: Path) -> None:
    finding = find("f", "exfil_volume", "T1567", (1, 2), PC, EVIL, names=["content.dropbox.com"])
    report = build(Traffic(), [finding], tmp_path)
    domain = next(i for i in report.indicators if i.type == "domain-name")
    assert (domain.value, domain.role) == ("dropbox.com", "exfil_destination")
    assert "known service" in str(domain.caution)
    assert any("as a whole" in line for line in report.incidents[0].first_actions)


def test_a_shared_address_carries_a_caution(tmp_path: Path) -> None:
    rows = Traffic()
    for n in range(5):
        rows.put("tls_activity", at(n), src_ip="10.0.0.8", dst_ip=EVIL,
                 server_name=f"www.site{n}.org")  # fmt: skip
    finding = find("f", "c2_beaconing", "T1071", (1, 2), PC, EVIL)
    assert "shared address: 5" in str(build(rows, [finding], tmp_path).indicators[0].caution)


def test_senders_of_a_flood_are_no_indicators(tmp_path: Path) -> None:
    rows = Traffic()
    senders = [f"198.51.{n // 250}.{n % 250 + 1}" for n in range(300)]
    for n, sender in enumerate(senders):
        rows.flow(n / 100, sender, PC, 80, state="S0", packets=(1, 0), src_mac="02:aa:00:00:00:01")
    finding = find("f", "impact_flood", "T1498", (0, 4), senders, PC, ports=[80])
    report = build(rows, [finding], tmp_path)
    assert report.indicators == ()
    (incident,) = report.incidents
    whole = incident.card["source_ips"].values[0]
    assert whole["sources"] == 300
    assert whole["attributable"] is False
    assert "not attributable" in str(whole["spoof_hint"])
    assert "one Ethernet address" in str(whole["spoof_hint"])
    assert [p.ip for p in incident.victims] == [PC]
    assert "Do not block the flood's source addresses" in "\n".join(incident.first_actions)


def test_an_answered_crowd_is_not_called_invented(tmp_path: Path) -> None:
    rows = Traffic()
    senders = [f"198.51.100.{n}" for n in range(1, 80)]
    for n, sender in enumerate(senders):
        rows.flow(n / 100, sender, PC, 80)
    finding = find("f", "impact_flood", "T1499", (0, 4), senders, PC, ports=[80])
    (incident,) = build(rows, [finding], tmp_path).incidents
    assert all("spoof_hint" not in v for v in incident.card["source_ips"].values)


def test_weak_findings_make_no_indicators(tmp_path: Path) -> None:
    finding = find("f", "c2_beaconing", "T1071", (1, 2), PC, EVIL, severity=Severity.LOW)
    report = build(Traffic(), [finding], tmp_path)
    assert (report.indicators, report.incidents) == ((), ())
