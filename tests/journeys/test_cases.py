"""A night with a case: open, note, rule, allow, through the gates, close."""

from __future__ import annotations

import fcntl
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.traffic import Recording, client_hello


def _calls(recording: Recording, src: str, dst: str, name: bytes, start: int) -> None:
    jitter = [(n * 7919) % 13 - 6 for n in range(60)]
    at = recording.now_us
    for n in range(60):
        recording.now_us += (30 + jitter[n]) * 1_000_000
        turns = [(True, client_hello(name)), (False, b"\x17\x03\x03\x00\x20" + bytes(32))]
        recording.session(src, dst, start + n, 443, turns)
    recording.now_us = at


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Two hosts that each call a place of their own by a timer."""
    recording = Recording()
    _calls(recording, "192.168.7.20", "203.0.113.66", b"cdn.bad-place.example", 50_000)
    recording.now_us += 7_000_000
    _calls(recording, "192.168.7.30", "198.51.100.9", b"api.other-place.test", 51_000)
    path = tmp_path / "two.pcap"
    path.write_bytes(recording.pcap())
    return path


@pytest.fixture
def case(cli):
    """``netcordon case …`` in one workspace; the JSON object it prints, status and error text."""

    def run(*arguments: str, group: str = "case", stdin: bytes = b"") -> dict[str, Any]:
        done = cli(group, *arguments, "-w", "case", "--json", stdin=stdin)
        assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
        shown: dict[str, Any] = json.loads(done.stdout)
        return {**shown, "_status": done.returncode}

    return run


def test_notes_are_kept_and_a_changed_one_is_found(case, cli, tmp_path: Path) -> None:
    assert case("note", "too early")["error"]["code"] == "NC-501"
    opened = case("new", "Alarm at night", "--source", "help desk")
    assert (opened["case_id"][:3], opened["phase"]) == ("NC-", "identification")
    assert case("note", "called the owner")["note_id"] == "n-0001"
    piped = case("note", "--on", "192.168.7.20", stdin=b"evil\x1b[2J \xff text\nline two\n")
    assert piped["note_id"] == "n-0002"
    case("note", "--edit", "n-0001", "called the owner twice")
    shown = case("show")
    assert [n["text"] for n in shown["notes"]] == [
        "called the owner twice", "evil\x1b[2J \\xff text\nline two",
    ]  # fmt: skip
    assert shown["notes"][0]["wordings"][0]["text"] == "called the owner"
    assert shown["notes"][1]["about"] == "address"
    text = cli("case", "show", "-w", "case").stdout
    assert b"\x1b" not in text
    assert b"worded 2 times" in text
    assert cli("verify", "-w", "case").returncode == 0
    with sqlite3.connect(tmp_path / "case" / "case.sqlite") as store:
        store.execute(
            "UPDATE journal_entry SET payload = replace(payload, 'twice', 'thrice') "
            "WHERE kind = 'case.note_edited'"
        )
    store.close()
    done = cli("verify", "-w", "case")
    assert done.returncode == 1
    assert b"entry 5: field 'payload' was changed" in done.stdout
    assert case("show")["error"]["code"] == "NC-507"


def test_triage_allowing_and_the_order_of_work(case, cli, investigate, capture, tmp_path) -> None:
    first = investigate(capture)
    assert len(first["incidents"]) == 2
    by_src = {f["src_ips"][0]: f["id"] for f in first["findings"] if f["severity"] != "low"}
    bad, other = by_src["192.168.7.20"], by_src["192.168.7.30"]

    assert case("verdict", bad, "true")["error"]["code"] == "NC-801"
    assert case("verdict", "f-000000000000", "true", "--reason", "x")["error"]["code"] == "NC-702"
    assert case("verdict", bad, "true", "--reason", "seen on disk")["ruling"] == "true"
    case("verdict", other, "benign", "--reason", "vendor says so")
    (record,) = (r for r in case("stats")["detectors"] if r["true"])
    assert record["benign"] + record["true"] == record["ruled"]
    assert record["low"] < record["true"] / record["ruled"] <= record["high"]

    arguments = ["add", "address", "198.51.100.9", "--owner", "Mia", "--reason", "vendor cloud"]
    allowed = case(*arguments, group="allow")
    second = investigate()
    assert {a["finding"]["id"] for a in second["set_aside"]} >= {other}
    assert other not in {f["id"] for f in second["findings"]}
    assert len(second["incidents"]) == 1
    assert bad in {j["finding_id"] for j in second["judgements"]}
    page = Path(second["report_path"]).read_text()
    assert "vendor cloud" in page
    assert "seen on disk" in page
    assert "Mia" in page
    shown = case("show")
    assert other in {f["id"] for f in shown["set_aside"]}
    assert b"Set aside" in cli("investigate", "-w", "case").stdout

    assert case("remove", allowed["id"], group="allow")["error"]["code"] == "NC-801"
    case("remove", allowed["id"], "--reason", "contract ended", group="allow")
    assert (
        case("remove", allowed["id"], "--reason", "x", group="allow")["error"]["code"] == "NC-808"
    )
    case("suppress", bad, "--until", "2999-01-01", "--reason", "x")
    case("suppress", other, "--until", "2001-01-01", "--reason", "x")
    third = investigate()
    assert third["set_aside"] == []
    assert len(third["incidents"]) == 2
    assert case("restore", bad, "--reason", "x")["error"]["code"] == "NC-808"

    order = [p["incident_id"] for p in case("show")["priorities"]]
    (tmp_path / "case" / "netcordon.toml").write_text(
        '[[asset]]\naddress = "192.168.7.30"\nvalue = 5\nowner = "A. Diaz"\n'
        '[[asset]]\naddress = "192.168.7.20"\nvalue = 2\n'
    )
    ranked = case("show")["priorities"]
    hit = {i["id"]: i["victims"][0]["ip"] for i in third["incidents"]}
    assert [hit[p["incident_id"]] for p in ranked] == ["192.168.7.30", "192.168.7.20"]
    assert set(order) == set(hit)
    assert "A. Diaz" in ranked[0]["owners"][0]
    (tmp_path / "case" / "netcordon.toml").write_text('[[asset]]\nname = "x"\nvalue = 9\n')
    refused = case("show")["error"]
    assert refused["code"] == "NC-506"
    assert "line 3: asset 1, key value" in refused["why"]


def test_the_gates_hold_until_forced_and_the_report_says_so(
    case, cli, investigate, capture, tmp_path
) -> None:
    case("new", "Alarm", "--phase", "identification")
    refused = case("phase", "C")
    assert (refused["_status"], refused["made"], refused["error"]["code"]) == (2, False, "NC-803")
    assert {c["id"] for c in refused["conditions"] if not c["met_by"]} == {
        "I16.machines", "I16.techniques", "I0.scope", "I13.unknowns", "C0.lead",
    }  # fmt: skip
    assert all(c["try"].startswith("netcordon ") for c in refused["conditions"])
    done = investigate(capture)
    case("assign", "Mia")
    missing = {c["id"] for c in case("phase")["conditions"] if not c["met_by"]}
    assert missing == {"I0.scope"}
    assert case("phase", "containment", "--force")["error"]["code"] == "NC-801"
    forced = case("phase", "containment", "--force", "--reason", "it is spreading now")
    assert (forced["made"], forced["phase"]) == (True, "containment")
    assert case("phase", "I")["error"]["code"] == "NC-801"
    assert case("phase", "I", "--reason", "another host")["phase"] == "identification"
    case("confirm", "I0.scope", "asked the proxy logs, nobody else")
    assert case("phase", "C")["made"] is True
    page = Path(investigate()["report_path"]).read_text()
    assert "it is spreading now" in page
    assert "by force" in page
    shown = case("show")
    assert [m["forced"] for m in shown["moves"]] == [True, False, False]
    assert shown["title"] == "Alarm"
    assert shown["impacted"][0]["evidence_ids"] == [done["evidence"][0]["id"]]

    assert case("close", "true", "--reason", "done")["error"]["code"] == "NC-803"
    assert case("close", "false", "--reason", "a drill")["made"] is True
    assert case("note", "late")["error"]["code"] == "NC-810"
    assert case("phase", "L", "--case", shown["id"])["error"]["code"] == "NC-805"
    named = ["investigate", "two.pcap", "--case", shown["id"], "-w", "case"]
    assert b"NC-805" in cli(*named).stderr
    assert case("reopen", "--reason", "it came back")["case_id"] == shown["id"]
    assert cli("verify", "-w", "case").returncode == 0


def test_a_note_beside_an_investigation_is_on_record(case, cli, tmp_path: Path) -> None:
    case("new", "Alarm at night")
    with (tmp_path / "case" / ".lock").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = cli("case", "note", "spoke to the owner", "-w", "case")
        assert done.returncode == 0
        assert b"n-0001 is on record" in done.stdout
        assert b"An investigation is running (process " in done.stderr
        assert case("assign", "dana")["_status"] == 0
        assert case("close", "false", "--reason", "a test")["error"]["code"] == "NC-502"
    assert [n["text"] for n in case("show")["notes"]] == ["spoke to the owner"]
