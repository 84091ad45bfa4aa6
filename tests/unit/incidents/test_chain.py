"""What one host does of several kinds at once, and whose host it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from netcordon.model.finding import Finding
from netcordon.model.incident import Incident
from netcordon.model.severity import Severity
from tests.unit.incidents.traffic import Traffic, at, build, find

PC, SERVER, INSIDE, EVIL = "10.0.0.1", "10.0.0.9", "10.0.0.66", "203.0.113.5"


def incidents(folder: Path, findings: Sequence[Finding]) -> tuple[Incident, ...]:
    rows = Traffic()
    rows.flow(0, PC, EVIL, 443)
    rows.flow(0, PC, SERVER, 445)
    return build(rows, findings, folder).incidents


def medium(name: str, detector: str, technique: str, start: float, src: str, dst: str,
           succeeded: bool | None = None) -> Finding:  # fmt: skip
    return find(name, detector, technique, (start, start + 9), src, dst, ports=[443],
                severity=Severity.MEDIUM, succeeded=succeeded)  # fmt: skip


CHANNEL = (
    medium("b", "c2_beaconing", "T1071", 0, PC, EVIL),
    medium("p", "c2_http_checkin", "T1071.001", 0, PC, EVIL),
)
ASKS = medium("asks", "recon_directory", "T1087.002", 4, PC, SERVER)


def test_orders_and_deeds_of_one_host_are_grave_together(tmp_path: Path) -> None:
    (found,) = incidents(tmp_path, [*CHANNEL, ASKS])
    assert found.severity is Severity.HIGH
    assert found.title == f"{PC} is under remote control; it looks around"
    assert [v.role for v in found.victims] == ["patient_zero", "target"]


def test_each_alone_is_a_suspicion(tmp_path: Path) -> None:
    (channel,) = incidents(tmp_path / "a", CHANNEL)
    (seen_once,) = incidents(tmp_path / "b", [CHANNEL[0], ASKS])
    assert channel.severity is seen_once.severity is Severity.MEDIUM
    assert f"{PC} may be under remote control since" in seen_once.summary


def test_a_host_of_ours_that_others_call_for_orders_is_the_intruders(tmp_path: Path) -> None:
    enters = find("e", "access_web", "T1190", (0, 1), INSIDE, SERVER, ports=[80], succeeded=True)
    orders = find("o", "c2_reverse_session", "T1095", (1, 5), SERVER, INSIDE, ports=[9001],
                  severity=Severity.MEDIUM)  # fmt: skip
    (found,) = incidents(tmp_path, [enters, orders])
    assert found.title == f"{SERVER} is under remote control"
    assert [(v.ip, v.role) for v in found.victims] == [(SERVER, "patient_zero")]
    assert [(a.ip, a.role) for a in found.actors if a.ip == INSIDE] == [(INSIDE, "command_server")]


def test_where_the_intruder_came_from_is_not_made_up(tmp_path: Path) -> None:
    enters = find("e", "lateral_service", "T1569.002", (5, 6), PC, SERVER, succeeded=True)
    (found,) = incidents(tmp_path, [enters])
    zero = found.victims[0]
    assert (zero.ip, zero.role) == (PC, "patient_zero")
    assert zero.why.startswith("The intruder acts from it; how he came to hold it was not seen.")
    assert "under control" not in found.summary
    rows = find("r", "lateral_winrm", "T1021.006", (7, 8), PC, "10.0.0.20", succeeded=True)
    copies = find("c", "lateral_copy", "T1570", (9, 9), PC, "10.0.0.20", succeeded=True)
    (found,) = incidents(tmp_path / "several", [enters, rows, copies])
    assert found.title == f"An intruder on {PC} entered {SERVER} and 10.0.0.20"


def test_the_summary_tells_who_fell_to_whom_and_as_whom(tmp_path: Path) -> None:
    enters = find("e", "lateral_service", "T1569.002", (5, 6), PC, SERVER, succeeded=True,
                  accounts=["CORP\\dana"])  # fmt: skip
    sends = find("x", "exfil_volume", "T1048", (8, 9), SERVER, "198.51.100.7", succeeded=True)
    (found,) = incidents(tmp_path, [*CHANNEL, enters, sends])
    assert found.summary == (
        f"{PC} is under remote control since 2024-05-01 09:00:00 UTC by {EVIL}. "
        f"The intruder entered {SERVER} at 2024-05-01 09:05:00 UTC. "
        "Data left the network for 198.51.100.7. Account used: CORP\\dana. "
        "The last of it seen ends at 2024-05-01 09:09:00 UTC. "
        "Seen of the kill chain: command-and-control, execution, exfiltration."
    )
    assert any("CORP\\dana (used by the intruder)" in a for a in found.first_actions)


def test_what_was_read_from_the_command_server_is_no_data_of_ours(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(0, SERVER, PC, 53)
    rows.flow(6, SERVER, INSIDE, 443, back=300_000)
    rows.flow(7, SERVER, "10.0.0.50", 445, back=300_000)
    enters = find("e", "lateral_service", "T1569.002", (5, 6), PC, SERVER, succeeded=True)
    orders = find("o", "c2_beaconing", "T1071", (6, 9), SERVER, INSIDE, ports=[443])
    (found,) = build(rows, [enters, orders], tmp_path).incidents
    assert [v.ip for v in found.victims if v.role == "data_source"] == ["10.0.0.50"]


def test_a_channel_that_two_detectors_see_is_one_step(tmp_path: Path) -> None:
    both = [replace(f, title=f"{PC} {said} {EVIL}.")
            for f, said in zip(CHANNEL, ("called", "posted to"), strict=True)]  # fmt: skip
    later = replace(both[1], id="later", first_seen_time=at(60), last_seen_time=at(61))
    (found,) = incidents(tmp_path, [*both, later])
    assert [s.text for s in found.story] == [
        f"Perhaps under remote control. {PC} called {EVIL}. It also posted to {EVIL}.",
        f"Perhaps under remote control. {PC} posted to {EVIL}.",
    ]


def test_an_entered_host_that_only_takes_orders_is_a_victim(tmp_path: Path) -> None:
    enters = find("e", "lateral_service", "T1569.002", (5, 6), PC, SERVER, succeeded=True)
    orders = find("o", "c2_beaconing", "T1071", (6, 9), SERVER, EVIL, ports=[443])
    (found,) = incidents(tmp_path / "a", [enters, orders])
    assert found.pivots == ()
    assert [(v.ip, v.role) for v in found.victims] == [(PC, "patient_zero"), (SERVER, "victim")]
    goes_on = find("s", "recon_scan", "T1046", (7, 8), SERVER, ["10.0.0.20", "10.0.0.21"])
    (found,) = incidents(tmp_path / "b", [enters, orders, goes_on])
    assert found.pivots == (SERVER,)


def test_a_server_inside_that_gave_the_program_it_talks_to_holds_the_host(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, PC, INSIDE, 80)
    rows.http(1, PC, INSIDE, "/tool.exe", response_magic="pe")
    rows.flow(2, PC, INSIDE, 443)
    orders = medium("o", "c2_odd_certificate", "T1573.002", 2, PC, INSIDE)
    (found,) = build(rows, [orders], tmp_path / "a").incidents
    assert [(v.ip, v.role) for v in found.victims] == [(PC, "patient_zero")]
    rows.rows["http_activity"][0]["dst_ip"] = "10.0.0.70"
    (found,) = build(rows, [orders], tmp_path / "b").incidents
    assert [(v.ip, v.role) for v in found.victims] == [(PC, "victim")]


def test_what_ftp_moves_serves_what_it_was_asked_for(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, PC, EVIL, 21, service="ftp")
    rows.flow(1.1, PC, EVIL, 44_523, service="ftp-data", out=9_000)
    rows.flow(1.2, EVIL, PC, 50_001, service="ftp-data")
    rows.flow(1.3, PC, EVIL, 80, service="http")
    given = find("x", "exfil_stolen_data", "T1048.003", (1, 2), PC, EVIL, ports=[21])
    (found,) = build(rows, [given], tmp_path).incidents
    assert {(c.port, c.purpose) for c in found.channels} == {
        (21, "exfiltration"), (44_523, "exfiltration"), (50_001, "exfiltration"),
        (80, "other traffic between the ends"),
    }  # fmt: skip
