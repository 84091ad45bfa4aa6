"""A whole intrusion becomes one incident; what shares nothing stays apart."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from netcordon.incidents.build import IncidentReport, confidence_of
from netcordon.model.incident import CARD_KEYS
from netcordon.model.severity import Severity
from tests.unit.incidents.intrusion import (
    COMMAND,
    DROP,
    OTHER,
    PIVOT,
    RESOLVER,
    STAGING,
    ZERO,
    intrusion,
)  # fmt: skip
from tests.unit.incidents.traffic import Traffic, at, build, find


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> IncidentReport:
    traffic, findings = intrusion()
    return build(traffic, findings, tmp_path_factory.mktemp("lake"))


def test_one_intrusion_is_one_incident(report: IncidentReport) -> None:
    (incident,) = report.incidents
    assert incident.severity is Severity.CRITICAL
    assert set(incident.finding_ids) == {"f-beacon", "f-scan", "f-brute", "f-tunnel", "f-upload"}
    assert incident.pivots == (ZERO, PIVOT)
    assert "PC-042" in incident.title
    assert "SRV-FILES" in incident.title


def test_everybody_has_the_right_part_and_name(report: IncidentReport) -> None:
    (incident,) = report.incidents
    victims = {p.ip: p for p in incident.victims}
    assert victims[ZERO].role == "patient_zero"
    assert victims[ZERO].label() == f"{ZERO} PC-042 (alice), 02:00:00:00:01:15"
    assert victims[PIVOT].role == "pivot"
    assert set(victims) == {ZERO, PIVOT}, "the scanned hosts are targets on the card, not victims"
    actors = {p.ip: p.role for p in incident.actors}
    assert actors == {
        COMMAND: "command_server", DROP: "exfil_destination", STAGING: "staging_server",
        ZERO: "pivot",
    }  # fmt: skip


def test_every_channel_is_told(report: IncidentReport) -> None:
    (incident,) = report.incidents
    told = {(c.src, c.dst, c.port): c for c in incident.channels}
    assert set(told) == {
        (ZERO, STAGING, 80), (ZERO, COMMAND, 443), (ZERO, PIVOT, 22), (PIVOT, RESOLVER, 53),
        (PIVOT, DROP, 8443),
    }  # fmt: skip
    assert told[ZERO, STAGING, 80].purpose == "download of a tool"
    assert "copy of 5 MB to" in told[ZERO, PIVOT, 22].purpose
    assert told[PIVOT, RESOLVER, 53].dst_name == "evil-tunnel.net"
    assert told[ZERO, COMMAND, 443].dst_name == "api.cmd-host.net"
    assert told[ZERO, COMMAND, 443].last_seen_time == at(39 + 1 / 60)


def test_the_story_is_in_the_order_of_time(report: IncidentReport) -> None:
    (incident,) = report.incidents
    assert [s.time for s in incident.story] == sorted(s.time for s in incident.story)
    assert incident.kill_chain == (
        "initial-access", "command-and-control", "discovery", "credential-access",
        "lateral-movement", "exfiltration",
    )  # fmt: skip
    assert "tool.exe" in incident.story[0].text
    assert incident.first_seen_time == at(5)
    assert {"T1105", "T1570"} <= set(incident.techniques)


def test_the_card_is_whole_and_every_value_has_rows(report: IncidentReport) -> None:
    (incident,) = report.incidents
    assert tuple(incident.card) == CARD_KEYS
    for key, entry in incident.card.items():
        assert bool(entry.values) != bool(entry.not_assessed), key
        for value in entry.values:
            assert value["evidence"], (key, value)
    sources = {v["value"]: v for v in incident.card["source_ips"].values}
    assert sources[ZERO]["flows"] == 30 + 59 + 41
    reached = {v["value"] for v in incident.card["targets"].values if v["reached"]}
    assert reached == {PIVOT, COMMAND, RESOLVER, DROP}
    (mismatch,) = [v for v in incident.card["protocols"].values if "mismatch" in v]
    assert mismatch["mismatch"] == "ssh on port 8443, which is for tls"
    ttl = {(v["ip"], v["value"]): v for v in incident.card["ttl"].values}
    assert (ttl[COMMAND, 52]["initial_guess"], ttl[COMMAND, 52]["hops_guess"]) == (64, 12)
    (account,) = incident.card["remote_accounts"].values
    assert account["value"] == "account not visible: SSH encrypts it"
    assert account["outcome"] == "success"
    assert "no signatures were run" in str(incident.card["exploits"].not_assessed)


def test_scope_finds_who_else_spoke_to_the_same_end(report: IncidentReport) -> None:
    (incident,) = report.incidents
    assert [(e.ip, e.name, e.relation) for e in incident.scope] == [
        (OTHER, "PC-044", f"spoke to {COMMAND}")
    ]


def test_indicators_are_the_attackers_and_never_the_resolver(report: IncidentReport) -> None:
    by_value = {i.value: i for i in report.indicators}
    assert set(by_value) == {
        COMMAND, DROP, STAGING, "evil-tunnel.net", "http://cdn.fresh-files.net/update/tool.exe",
        "t13d000000_rare", "cdn.fresh-files.net",
    }  # fmt: skip
    assert "library" in str(by_value["t13d000000_rare"].caution)
    assert by_value[COMMAND].caution is None


def test_first_actions_name_hosts_and_spare_the_resolver(report: IncidentReport) -> None:
    (incident,) = report.incidents
    text = "\n".join(incident.first_actions)
    assert text.index("memory of PC-042") < text.index(f"Block api.cmd-host.net ({COMMAND})")
    assert "Refuse evil-tunnel.net on your resolvers" in text
    assert f"Block {RESOLVER}" not in text


def test_a_finding_that_shares_nothing_is_its_own_incident(tmp_path: Path) -> None:
    traffic, findings = intrusion()
    traffic.flow(50, "198.51.100.200", "10.0.9.9", 3389, service="rdp")
    stranger = find(
        "f-rdp", "credential_brute_force", "T1110", (50, 51), "198.51.100.200", "10.0.9.9",
        ports=[3389], severity=Severity.MEDIUM,
    )  # fmt: skip
    report = build(traffic, [stranger, *findings], tmp_path)
    assert [len(i.finding_ids) for i in report.incidents] == [5, 1]
    assert report.incidents[1].severity is Severity.MEDIUM
    assert [p.role for p in report.incidents[1].victims] == ["target"]


def test_the_order_of_findings_changes_nothing(report: IncidentReport, tmp_path: Path) -> None:
    traffic, findings = intrusion()
    again = build(traffic, findings[::-1], tmp_path)
    assert asdict(again) == asdict(report)


def test_weak_findings_are_context_and_found_nothing(tmp_path: Path) -> None:
    traffic, findings = intrusion()
    low = find("f-low", "c2_rare_agent", "T1071.001", (12, 13), ZERO, "192.0.2.80", ports=[443],
               severity=Severity.LOW)  # fmt: skip
    alone = replace(low, id="f-alone", src_ips=("10.0.77.1",))
    (incident,) = build(traffic, [*findings, low, alone], tmp_path).incidents
    assert not {"f-low", "f-alone"} & {
        *incident.finding_ids,
        *(s.finding_id for s in incident.story),
    }
    assert "1 weaker observation on these hosts" in incident.summary
    assert "192.0.2.80" not in {p.ip for p in incident.actors}


def test_hostile_names_stay_data(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>'; DROP TABLE name; --\x1b[31m\u202e"
    traffic = Traffic()
    traffic.is_called(ZERO, mac="02:00:00:00:01:15", host_name=nasty, user="'$ips {} %s")
    traffic.flow(1, ZERO, COMMAND, 443)
    finding = find("f-1", "c2_beaconing", "T1071", (1, 2), ZERO, COMMAND, ports=[443],
                   names=[nasty], title=nasty + "{0}")  # fmt: skip
    report = build(traffic, [finding], tmp_path)
    (incident,) = report.incidents
    assert incident.victims[0].name == nasty
    assert incident.victims[0].user == "'$ips {} %s"
    assert nasty.lower() in {i.value for i in report.indicators}


def test_no_findings_no_incidents_but_hosts_and_limits(tmp_path: Path) -> None:
    traffic, _ = intrusion()
    report = build(traffic, [], tmp_path)
    assert report.incidents == ()
    assert report.indicators == ()
    assert {h.ip for h in report.hosts} >= {ZERO, PIVOT, OTHER}
    assert any("TLS sessions" in line for line in report.not_seen)


def test_nothing_read_nothing_claimed(tmp_path: Path) -> None:
    report = build(Traffic(), [], tmp_path)
    assert (report.incidents, report.indicators, report.hosts) == ((), (), ())


def test_confidence_counts_a_detector_once_and_is_never_certain() -> None:
    one = find("f-1", "c2_beaconing", "T1071", (0, 1), ZERO, COMMAND, confidence=0.6)
    same = replace(one, id="f-2", confidence=0.5)
    other = replace(one, id="f-3", detector="exfil_volume", confidence=0.5)
    assert confidence_of([one, same]) == 0.6
    assert confidence_of([one, same, other]) == pytest.approx(0.8)
    assert confidence_of([replace(one, confidence=1.0)]) == 0.99
