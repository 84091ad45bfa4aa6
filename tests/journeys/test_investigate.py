"""The main job: one command, an answer, and the same answer every time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.traffic import Recording, client_hello, dns_query

Investigate = Callable[..., dict[str, Any]]

KEYS = {
    "document": {"version", "evidence", "capture_quality", "incidents", "findings", "indicators",
                 "hosts", "not_seen", "report_path", "error"},
    "evidence": {"id", "path", "sha256", "kind", "bytes", "records", "refused", "first_time",
                 "last_time", "warnings"},
    "finding": {"id", "detector", "title", "severity", "confidence", "src_ips", "dst_ips",
                "dst_names", "dst_ports", "accounts", "techniques", "first_seen_time",
                "last_seen_time", "terms", "evidence_rows"},
    "incident": {"id", "title", "severity", "confidence", "actors", "victims", "channels",
                 "techniques", "card", "finding_ids"},
    "indicator": {"type", "value", "role", "confidence", "first_seen_time", "last_seen_time",
                  "finding_ids", "caution"},
}  # fmt: skip


@pytest.fixture
def beacon(tmp_path: Path) -> Path:
    """A host that calls home every 30 s with some jitter, amid look-ups of others."""
    recording = Recording()
    jitter = [(n * 7919) % 13 - 6 for n in range(80)]
    for n in range(80):
        recording.now_us += (30 + jitter[n]) * 1_000_000
        turns = [
            (True, client_hello(b"cdn.bad-place.example")),
            (False, b"\x17\x03\x03\x00\x20" + bytes(32)),
        ]
        recording.session("192.168.7.20", "203.0.113.66", 50_000 + n, 443, turns)
        recording.datagram(
            "192.168.7.21", "192.168.7.1", 40_000 + n, 53, dns_query(b"www.example.org")
        )
    path = tmp_path / "beacon.pcap"
    path.write_bytes(recording.pcap())
    return path


def test_the_beacon_is_found_and_its_ends_are_named(beacon: Path, investigate: Investigate) -> None:
    document = investigate(beacon)
    assert document["_status"] == 1
    found = [f for f in document["findings"] if f["detector"] == "c2_beaconing"]
    assert any("192.168.7.20" in f["src_ips"] and "203.0.113.66" in f["dst_ips"] for f in found)
    incident = document["incidents"][0]
    assert "192.168.7.20" in {v["ip"] for v in incident["victims"]}
    assert "203.0.113.66" in {i["value"] for i in document["indicators"]}
    assert "192.168.7.20" not in {i["value"] for i in document["indicators"]}


def test_the_contract_of_the_json(beacon: Path, investigate: Investigate) -> None:
    document = investigate(beacon)
    assert KEYS["document"] <= set(document)
    for name in ("evidence", "finding", "incident", "indicator"):
        listed = document[name if name == "evidence" else name + "s"]
        assert listed, f"no {name} to look at"
        for item in listed:
            assert KEYS[name] <= set(item), name
    for finding in document["findings"]:
        assert 0 <= finding["confidence"] <= 1
        for term in finding["terms"].values():
            assert {"contribution", "value"} <= set(term)
        for rows in finding["evidence_rows"]:
            assert {"evidence_id", "table"} <= set(rows)
            assert "frames" in rows or "lines" in rows


def test_the_same_evidence_again_adds_nothing(
    beacon: Path, investigate: Investigate, cli, tmp_path: Path
) -> None:
    first = investigate(beacon)
    copy = tmp_path / "renamed.pcap"
    copy.write_bytes(beacon.read_bytes())
    second = investigate(copy)
    assert first["findings"] == second["findings"]
    counted = cli("sql", "SELECT count(DISTINCT evidence_id) AS n FROM network_activity",
                  "--workspace", "case", "--format", "json")  # fmt: skip
    assert json.loads(counted.stdout) == [{"n": 1}]


def test_repeated_runs_are_identical(beacon: Path, investigate: Investigate) -> None:
    documents = []
    for n in range(3):
        document = investigate(beacon, workspace=f"case{n}")
        for key in ("report_path", "_stderr", "generated_time"):
            document.pop(key, None)
        documents.append(json.dumps(document))
    assert documents[0] == documents[1] == documents[2]


def test_one_flipped_byte_is_named(beacon: Path, investigate: Investigate, cli) -> None:
    investigate(beacon)
    assert cli("verify", "--workspace", "case").returncode == 0
    raw = bytearray(beacon.read_bytes())
    raw[len(raw) // 2] ^= 1
    beacon.write_bytes(raw)
    done = cli("verify", "--workspace", "case")
    assert done.returncode == 1
    assert b"beacon.pcap" in done.stdout


def test_a_window_of_time(beacon: Path, investigate: Investigate) -> None:
    document = investigate(beacon, options=["--until", "2001-01-01"])
    assert document["findings"] == []
    assert document["_status"] == 0


def test_an_empty_result_says_so(tmp_path: Path, cli) -> None:
    recording = Recording()
    recording.datagram("10.0.0.5", "10.0.0.1", 40000, 53, dns_query(b"www.example.org"))
    (tmp_path / "quiet.pcap").write_bytes(recording.pcap())
    done = cli("investigate", "quiet.pcap", "--workspace", "case")
    assert done.returncode == 0
    assert len(done.stdout.decode().splitlines()) <= 45


def test_cases_are_listed_and_shown(beacon: Path, investigate: Investigate, cli) -> None:
    investigate(beacon)
    listed = json.loads(cli("case", "list", "--workspace", "case", "--json").stdout)["cases"]
    assert len(listed) == 1
    shown = json.loads(cli("case", "show", listed[0]["id"], "--workspace", "case", "--json").stdout)
    assert shown["findings"]
    assert shown["runs"][0]["id"] == "run-0001"
    assert cli("case", "show", "NC-1999-0001", "--workspace", "case").returncode == 4
