"""Titles are plain, short, and no surer than the findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcordon.model.finding import Finding
from netcordon.model.incident import Incident
from netcordon.model.severity import Severity
from tests.unit.incidents.intrusion import intrusion
from tests.unit.incidents.traffic import Traffic, build, find

PC, SERVER, EVIL = "10.0.0.1", "10.0.0.9", "203.0.113.5"


def incident(folder: Path, *findings: Finding, rows: Traffic | None = None) -> Incident:
    traffic = rows or Traffic()
    traffic.flow(0, PC, EVIL, 443)
    (found,) = build(traffic, findings, folder).incidents
    return found


def test_an_intrusion_in_one_sentence(tmp_path: Path) -> None:
    rows, findings = intrusion()
    found = incident(tmp_path, *findings, rows=rows)
    assert found.title == (
        "PC-042 (alice) is under remote control; the intruder entered SRV-FILES and sent data out"
    )


TUNNEL = find("f", "c2_dns_tunnel", "T1071.004", (0, 1), PC, EVIL, ports=[53],
              names=["x.y.bad-host.net"], protocol="udp")  # fmt: skip


@pytest.mark.parametrize(
    ("finding", "title"),
    [
        (TUNNEL, f"DNS tunnel from {PC} to bad-host.net"),
        (
            find("f", "access_bruteforce", "T1110.001", (0, 1), EVIL, PC, facts={"service": "ssh"}),
            f"SSH password guessing from {EVIL} against {PC}, not successful as far as seen",
        ),
        (
            find("f", "c2_beaconing", "T1071", (0, 1), PC, EVIL),
            f"{PC} is under remote control by {EVIL}",
        ),
        (
            find("f", "c2_beaconing", "T1071", (0, 1), PC, EVIL, severity=Severity.MEDIUM),
            f"{PC} calls {EVIL} as a remote-controlled host would",
        ),
        (
            find("f", "recon_scan", "T1046", (0, 1), EVIL, [f"10.0.0.{n}" for n in range(1, 31)]),
            f"Scan of 30 addresses by {EVIL}",
        ),
        (
            find("f", "exfil_volume", "T1048", (0, 1), PC, EVIL),
            f"Suspicious transfer of data from {PC} to {EVIL}",
        ),
    ],
)  # fmt: skip
def test_one_behaviour_is_told_by_its_kind(finding: Finding, title: str, tmp_path: Path) -> None:
    assert incident(tmp_path, finding).title == title


def test_where_nobody_can_be_named_the_finding_speaks(tmp_path: Path) -> None:
    flood = find("f", "impact_flood", "T1498.001", (0, 1), [], PC, title=f"{PC} was flooded")
    assert incident(tmp_path, flood).title == f"{PC} was flooded"


def test_hostile_names_do_not_make_it_long(tmp_path: Path) -> None:
    rows = Traffic()
    for ip in (PC, SERVER):
        rows.is_called(ip, host_name="N" * 200, user="u" * 200)
    found = incident(
        tmp_path,
        find("b", "c2_beaconing", "T1071", (0, 1), PC, EVIL),
        find("g", "access_bruteforce", "T1110", (2, 3), PC, SERVER, succeeded=True),
        rows=rows,
    )
    assert len(found.title) <= 110
    assert "under remote control" in found.title


def test_a_router_is_not_to_be_isolated(tmp_path: Path) -> None:
    rows = Traffic()
    rows.is_called("10.0.0.254", source="arp", mac="02:00:00:00:00:fe")
    for n in range(1, 9):
        rows.flow(1, f"10.0.1.{n}", PC, 80, src_mac="02:00:00:00:00:fe")
    scan = find("s", "recon_scan", "T1018", (0, 1), "10.0.0.254", [PC, SERVER])
    (lead, *_) = incident(tmp_path, scan, rows=rows).first_actions
    assert lead.startswith("Do not cut 10.0.0.254 off without a plan")
    assert "isolate" not in lead


def test_clones_of_one_image_are_told_apart_by_their_addresses(tmp_path: Path) -> None:
    rows = Traffic()
    for ip in (PC, SERVER):
        rows.is_called(ip, host_name="IMAGE")
    found = incident(
        tmp_path,
        find("b", "c2_beaconing", "T1071", (0, 1), PC, EVIL),
        find("c", "c2_beaconing", "T1071", (0, 1), SERVER, EVIL),
        rows=rows,
    )
    assert found.title == f"{PC} and {SERVER} are under remote control by {EVIL}"


def test_a_file_that_was_loaded_twice_is_kept_once(tmp_path: Path) -> None:
    rows = Traffic()
    for minute in (5, 6):
        rows.http(minute, PC, EVIL, f"/{minute}", response_magic="pe")
    found = incident(tmp_path, find("b", "c2_beaconing", "T1071", (0, 60), PC, EVIL), rows=rows)
    assert "loaded a suspicious file" not in found.summary
    kept = [action for action in found.first_actions if "Keep the file" in action]
    assert [action.count("Keep the file") for action in kept] == [1]


def test_a_file_alone_is_no_remote_control(tmp_path: Path) -> None:
    found = incident(tmp_path, find("d", "access_drive_by", "T1189", (1, 2), PC, EVIL))
    assert found.title == f"{PC} loaded a suspicious file from {EVIL}"
    assert found.summary.startswith(f"{PC} loaded a suspicious file at ")
    assert "remote control" not in found.summary
