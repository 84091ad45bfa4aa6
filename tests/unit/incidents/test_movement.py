"""Downloads before, copies after: told when ends and order fit, left alone otherwise."""

from __future__ import annotations

from pathlib import Path

from netcordon.model.incident import Incident
from tests.unit.incidents.traffic import Traffic, at, build, find

PC, SERVER, EVIL, SITE = "10.0.0.1", "10.0.0.9", "203.0.113.5", "198.51.100.7"


def incident(rows: Traffic, folder: Path, *, guess_at: float | None = None) -> Incident:
    findings = [find("f-beacon", "c2_beaconing", "T1071", (60, 90), PC, EVIL, ports=[443])]
    if guess_at is not None:
        findings.append(
            find("f-guess", "access_bruteforce", "T1110.001", (guess_at, guess_at + 5), PC, SERVER,
                 ports=[22], succeeded=True, facts={"entered_time": at(guess_at + 4)})
        )  # fmt: skip
    (found,) = build(rows, findings, folder).incidents
    return found


def staged(found: Incident) -> list[str]:
    return [p.ip for p in found.actors if p.role == "staging_server"]


def test_the_last_program_before_the_first_act_is_the_likely_way_in(tmp_path: Path) -> None:
    rows = Traffic()
    rows.http(10, PC, "192.0.2.1", "/older.exe", response_magic="pe")
    rows.http(50, PC, SITE, "/x", response_magic="pe")
    rows.http(70, PC, "192.0.2.2", "/later.exe", response_magic="pe")
    found = incident(rows, tmp_path)
    assert staged(found) == [SITE]
    assert "likely the way in" in found.story[0].text


def test_pages_and_popular_servers_are_no_way_in(tmp_path: Path) -> None:
    rows = Traffic()
    rows.http(50, PC, SITE, "/app.js?x.exe", response_content_type="text/javascript")
    rows.http(51, PC, SITE, "/missing.exe", status_code=404)
    rows.http(52, PC, SITE, "/photo.exe", response_content_type="image/png")
    for client in range(2, 9):
        rows.http(40, f"10.0.0.{client}", "192.0.2.3", "/agent.msi", response_magic="ole")
    rows.http(53, PC, "192.0.2.3", "/agent.msi", response_magic="ole")
    rows.http(54, PC, "192.0.2.4", "/u.exe", response_magic="pe", host="dl.windowsupdate.com")
    assert staged(incident(rows, tmp_path)) == []


def test_a_program_loaded_two_days_before_is_not_told(tmp_path: Path) -> None:
    rows = Traffic()
    rows.http(-2 * 1440, PC, SITE, "/x", response_magic="elf")
    assert staged(incident(rows, tmp_path)) == []


def test_programs_from_the_attackers_own_server_count_afterwards_too(tmp_path: Path) -> None:
    rows = Traffic()
    rows.http(80, PC, EVIL, "/second-stage", response_magic="elf")
    found = incident(rows, tmp_path)
    assert any("second-stage" in step.text for step in found.story)
    assert "T1105" in found.techniques


def test_a_copy_counts_after_the_entry_only(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(100.5, PC, SERVER, 445, service="smb", out=900_000)
    rows.flow(110, PC, SERVER, 22, service="ssh", out=500, back=700_000)
    rows.flow(111, PC, SERVER, 22, service="ssh", out=500, back=700)
    found = incident(rows, tmp_path, guess_at=99)
    copies = [s for s in found.story if s.text.startswith("Copying")]
    assert [(s.tactic, "700 kB from" in s.text) for s in copies] == [("collection", True)]
    purposes = {c.port: c.purpose for c in found.channels if c.dst == SERVER}
    assert purposes[22] == "password guessing; copy of 700 kB from 10.0.0.9"
    assert purposes[445] == "other traffic between the ends"


def test_scripts_of_a_page_are_no_way_in_and_of_a_bare_address_they_are(tmp_path: Path) -> None:
    rows = Traffic()
    rows.http(50, PC, SITE, "/rp/x.sh", host="www.search.example", response_magic="script")
    rows.http(51, PC, SITE, "/rp/app.js", host="www.search.example",
              response_content_type="application/x-javascript")  # fmt: skip
    assert staged(incident(rows, tmp_path)) == []
    rows.http(52, PC, SITE, "/a", response_magic="script")
    found = incident(rows, tmp_path / "bare")
    assert staged(found) == [SITE]
    assert f"loaded http://{SITE}/a (type script, 90 kB)" in found.story[0].text
