"""From a finding on: why, who else, and queries worth keeping; by the commands a person types."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.traffic import Recording, client_hello

Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def finding(tmp_path: Path, investigate: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """A beacon; another host that called the same place twice, before."""
    recording = Recording()
    turns = [(True, client_hello(b"cdn.bad-place.example")), (False, b"\x17\x03\x03\0 " * 90)]
    for n in range(2):
        recording.session("192.168.7.33", "203.0.113.66", 50_000 + n, 443, turns)
        recording.now_us += 300_000_000
    for n in range(60):
        recording.now_us += 20_000_000
        recording.session("192.168.7.20", "203.0.113.66", 50_000 + n, 443, turns)
    path = tmp_path / "x.pcap"
    path.write_bytes(recording.pcap())
    document = investigate(path)
    found: dict[str, Any] = next(f for f in document["findings"] if f["detector"] == "c2_beaconing")
    return found


def read(cli: Cli, *arguments: str, status: int) -> dict[str, Any]:
    done = cli(*arguments, "-w", "case", "--json")
    assert done.returncode == status, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_scope_holds_who_called_before_the_alert(finding: dict[str, Any], cli: Cli) -> None:
    found = read(cli, "scope", finding["id"], status=1)
    assert found["new_hosts"] == ["192.168.7.33"]
    kinds = {shape["kind"] for shape in found["shapes"]}
    assert {"destination", "name", "registered domain", "JA4", "rhythm"} <= kinds
    hosts = {host["ip"]: host for host in found["hosts"]}
    early = {r["kind"] for r in hosts["192.168.7.33"]["reasons"] if r["is_before_alert"]}
    assert {"destination", "name", "JA4"} <= early
    assert "rhythm" not in {r["kind"] for r in hosts["192.168.7.33"]["reasons"]}
    assert "rhythm" in {r["kind"] for r in hosts["192.168.7.20"]["reasons"]}
    assert hosts["192.168.7.20"]["is_known"]
    assert found["not_recorded"] is None
    text = cli("scope", finding["id"], "-w", "case").stdout.decode()
    assert "ALREADY BEFORE the first alert" in text
    assert b"All proofs hold" in cli("verify", "-w", "case").stdout
    wrong = cli("scope", "f-000000000000", "-w", "case")
    assert (wrong.returncode, b"NC-702" in wrong.stderr) == (2, True)


def test_why(finding: dict[str, Any], cli: Cli) -> None:
    found = read(cli, "explain", finding["id"], status=0)
    assert found["prior_is_current"]
    assert {term["name"] for term in found["terms"]} == set(finding["terms"])
    for term in found["terms"]:
        helps = term["contribution"] > 0
        assert (term["confidence_without"] <= finding["confidence"]) == helps or not term[
            "contribution"
        ]
    assert found["rows"]
    assert "$min_gaps" in finding["sql"]
    assert "$min_gaps" not in found["sql"]
    text = cli("explain", finding["id"], "-w", "case", "--sql").stdout.decode()
    for word in ("Why", "Change", "Harmless", "Rows", "Look next", "SQL", "x "):
        assert word in text
    assert max(map(len, text.split("SQL   ")[0].splitlines())) <= 100
    incident = json.loads(cli("case", "show", "-w", "case", "--json").stdout)["incidents"][0]["id"]
    wrong = cli("explain", incident, "-w", "case")
    assert (wrong.returncode, b"NC-406" in wrong.stderr) == (2, True)


def test_saved_queries(finding: dict[str, Any], cli: Cli) -> None:
    shipped = cli("sql", "--saved", "top-talkers", "--param", "limit=1", "-w", "case",
                  "--format", "json")  # fmt: skip
    assert [row["src_ip"] for row in json.loads(shipped.stdout)] == ["192.168.7.20"]
    query = (
        "-- Flows to a port.\n-- $port = 80: the port\n"
        "SELECT src_ip, $note AS note FROM network_activity WHERE dst_port = $port LIMIT 1"
    )
    assert cli("sql", "--save", "to-port", query, "-w", "case").returncode == 0
    listed = cli("sql", "--list", "-w", "case").stdout.decode()
    assert (
        "to-port  (saved here)\n    Flows to a port.\n    $note\n    $port = 80  the port" in listed
    )
    given = ("--param", "port=443", "--param", "note='; DROP TABLE x; --")
    done = cli("sql", "--saved", "to-port", *given, "-w", "case", "--format", "json")
    assert json.loads(done.stdout)[0]["note"] == "'; DROP TABLE x; --"
    wrong = {
        b"NC-305": ["--saved", "to-port"],
        b"NC-306": ["--saved", "nothing"],
        b"NC-302": ["--save", "evil", "SELECT * FROM read_csv('/etc/passwd')"],
        b"NC-301": ["--saved", "to-port", "--param", "port=x", "--param", "note=1"],
    }
    for code, arguments in wrong.items():
        done = cli("sql", *arguments, "-w", "case")
        assert (done.returncode, code in done.stderr) == (2, True), (code, done.stderr)
    taken = cli("sql", "--save", "top-talkers", "SELECT 1", "-w", "case")
    assert (taken.returncode, b"NC-306" in taken.stderr) == (2, True)
    typed = cli("sql", "SELECT $n + 1 AS n", "--param", "n=41", "-w", "case", "--format", "csv")
    assert typed.stdout.split() == [b"n", b"42"]
