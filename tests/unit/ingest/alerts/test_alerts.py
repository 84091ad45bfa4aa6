"""Alerts and hits of each tool become rows, with their ends, their times and how grave they are."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.unit.ingest.alerts import lines
from tests.unit.ingest.alerts.lines import read_at
from tests.unit.ingest.text.logs import Read

OURS, THEIRS, POT, STRANGER = "10.0.0.50", "198.51.100.4", "10.0.0.7", "192.0.2.9"


def read(*records: dict[str, object]) -> Read:
    return read_at(b"".join(json.dumps(record).encode() + b"\n" for record in records))


def pick(row: dict[str, object], names: str) -> list[object]:
    return [row[name] for name in names.split()]


@pytest.mark.parametrize(
    ("record", "kind", "told"),
    [
        (lines.SNORT, "snort", ["snort", "1:77", OURS, 40000, THEIRS, 443, "tcp", 4, None]),
        (lines.SNORT_YEARLESS, "snort", ["snort", "1:408", OURS, None, THEIRS, None, "icmp", None,
                                         None]),
        (lines.IDMEF, "idea", ["slips", "Connection to unknown destination port *TCP destination "
                               "IP *.", OURS, 40000, THEIRS, 6667, "tcp", 3, 0.8]),
        (lines.IDEA, "idea", ["kippo", "Attempt.Login", OURS, None, POT, 22, "tcp", None, None]),
        (lines.VECTRA, "vectra", ["vectra", "hidden_https_tunnel_cnc", OURS, None, THEIRS, 443,
                                  "tcp", 4, 0.86]),
        (lines.DARKTRACE, "darktrace", ["darktrace", "u", OURS, None, THEIRS, 443, None, 4, 0.87]),
        (lines.DARKTRACE_INCIDENT, "darktrace", ["darktrace", "HttpAgentSummary", OURS, None,
                                                 THEIRS, None, None, 4, 0.555]),
        (lines.GATEWATCHER, "gatewatcher", ["gatewatcher", "beacon_detect", OURS, None, THEIRS,
                                            443, "tcp", 4, None]),
        (lines.RITA, "rita", ["rita", "beacon", OURS, None, THEIRS, 8080, "tcp", 4, 0.977]),
    ],
)  # fmt: skip
def test_alerts(record: dict[str, object], kind: str, told: Sequence[object]) -> None:
    found = read(record)
    assert found.kind == f"alerts:{kind}"
    row = found.only("detection_finding")
    names = "product rule_id src_ip src_port dst_ip dst_port protocol severity_id confidence"
    assert pick(row, names) == list(told)
    assert str(row["time"]).startswith("2024-05-06 07:08:09")


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (lines.DIONAEA, ["dionaea", "login", STRANGER, POT, 1433, "mssql", "sa"]),
        (lines.DIONAEA_FLAT, ["dionaea", "connection", STRANGER, POT, 445, "smb", None]),
        (lines.OPENCANARY, ["opencanary", "login", OURS, POT, 21, "ftp", "bob"]),
        (lines.TOKEN, ["canarytoken", "marked document or link opened", OURS, None, None, "http",
                       None]),
        (lines.CONSOLE, ["canary", "Shared File Opened", OURS, POT, 445, None, None]),
        (lines.TPOT, ["heralding", "login", STRANGER, POT, 5900, "vnc", "admin"]),
    ],
)  # fmt: skip
def test_hits_of_honeypots(record: dict[str, object], told: Sequence[object]) -> None:
    found = read(record)
    row = found.only("detection_finding")
    assert pick(row, "product title src_ip dst_ip dst_port service account") == list(told)
    assert row["kind"] == "honeypot"
    assert str(row["time"]).startswith("2024-05-06 07:08:09")
    logins = found.tables.get("authentication", [])
    assert [(r["account"], r["is_decoy"], r["outcome"]) for r in logins] == (
        [(told[-1], True, "failure")] if told[-1] else []
    )


def test_a_session_at_cowrie_is_told_with_the_servers_end_its_first_record_names() -> None:
    found = read(*lines.COWRIE)
    rows = found.tables["detection_finding"]
    assert [r["title"] for r in rows] == [
        "connection", "login", "login that was let in", "command", "file fetched",
        "relay asked for",
    ]  # fmt: skip
    assert {(r["src_ip"], r["dst_ip"], r["dst_port"]) for r in rows} == {(STRANGER, POT, 2222)}
    assert rows[-1]["observable"] == "198.51.100.80"
    outcomes = [(r["account"], r["outcome"]) for r in found.tables["authentication"]]
    assert outcomes == [("root", "failure"), ("admin", "success")]
    carried = found.only("file_activity")
    assert (carried["sha256"], carried["origin"]) == ("0123456789abcdef" * 4,
                                                      "http://198.51.100.4/x.sh")  # fmt: skip
    assert found.result.facts["comment_lines"] == 1  # the end of the session


def test_names_and_spans_that_a_tool_tells_are_kept() -> None:
    vectra, watcher, incident = (
        read(r).only("detection_finding")
        for r in (lines.VECTRA, lines.GATEWATCHER, lines.DARKTRACE_INCIDENT)
    )
    assert (vectra["observable"], vectra["reference"], vectra["techniques"]) == (
        "c2.example", "1900", ["T1071"],
    )  # fmt: skip
    assert str(watcher["last_seen_time"]) == "2024-05-06 08:00:00"
    assert incident["observable"] == "c2.example"
    triaged = read({**lines.VECTRA, "triaged": True}).only("detection_finding")
    assert triaged["severity_id"] == 1


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"category": "HOST SCORING", "threat": 20}, "a score of Vectra, no detection"),
        ({"iris-event-type": "antigena_state_change"}, "an action of Darktrace, no detection"),
        ({"observer": {"vendor": "gatewatcher"}, "event": {"kind": "event"}},
         "metadata of Gatewatcher, no alert"),
        ({"something": "else"}, "no record of a known kind"),
        ({**lines.SNORT, "seconds": "soon"}, "no time, or none that can be read"),
    ],
)  # fmt: skip
def test_what_is_no_alert_is_refused_with_its_reason(
    record: dict[str, object], reason: str
) -> None:
    found = read(lines.SNORT, lines.SNORT, record)
    assert found.result.refused == {reason: 1}


def test_records_in_an_array_and_behind_syslog_are_read_too() -> None:
    array = read_at(json.dumps([lines.VECTRA, lines.DARKTRACE], indent=1).encode())
    assert len(array.tables["detection_finding"]) == 2
    text = f"<13>May  6 07:08:11 head vectra_json -: {json.dumps(lines.VECTRA)}\n" * 2
    behind = read_at(text.encode())
    assert behind.kind == "syslog:json_alerts"
    row = behind.tables["detection_finding"][0]
    assert (row["product"], str(row["time"])) == ("vectra", "2024-05-06 07:08:09")


def test_alerts_as_text_are_read_with_and_without_year_priority_and_ports() -> None:
    found = read_at("".join(f"{line}\n" for line in lines.FAST).encode())
    rows = found.tables["detection_finding"]
    names = "product rule_id src_ip src_port dst_ip dst_port severity_id action"
    assert [pick(row, names) for row in rows] == [
        ["suricata", "1:2013028", OURS, 40000, THEIRS, 443, 4, None],
        ["suricata", "1:2", "2001:db8::1", 53, "2001:db8::2", 5353, 2, "blocked"],
        ["snort", "116:6", OURS, None, THEIRS, None, 2, None],
        ["snort", "1:408", THEIRS, None, OURS, None, 2, None],
        ["suricata", "1:2013028", OURS, 40000, THEIRS, 443, 4, None],
    ]
    assert {str(row["time"])[:19] for row in rows} == {"2024-05-06 07:08:09"}
    assert [rows[0]["category"], rows[1]["title"]] == ["A Network Trojan was detected", "x [y]"]


def test_alerts_over_several_lines_count_once_and_one_that_is_cut_off_is_refused() -> None:
    found = read_at(lines.FULL)
    assert found.kind == "snort_full"
    rows = found.tables["detection_finding"]
    names = "frame rule_id src_ip src_port dst_ip dst_port protocol severity_id"
    assert [pick(row, names) for row in rows] == [
        [1, "1:1000001", STRANGER, 4444, POT, 445, "tcp", 4],
        [7, "1:408", THEIRS, None, OURS, None, "icmp", 2],
        [15, "1:408", THEIRS, None, OURS, None, None, 2],
    ]
    assert found.result.refused == {"an alert without time and ends": 1}


def test_rita_is_dated_by_its_file_and_says_so() -> None:
    found = read_at(lines.RITA_CSV)
    beacon, tunnel = found.tables["detection_finding"]
    names = "title src_ip dst_ip dst_port observable severity_id confidence count"
    assert pick(beacon, names) == ["beacon", OURS, THEIRS, 8080, None, 4, 0.977, 60]
    assert pick(tunnel, names)[0] == "tunnel over DNS"
    assert tunnel["observable"] == "tunnel.example"
    assert [w.code for w in found.result.warnings] == ["NC-270", "NC-235"]
    assert found.result.refused == {"not as many values as the heading": 1}
    four = read_at(lines.RITA_4).only("detection_finding")
    assert pick(four, names) == ["beacon", OURS, THEIRS, None, None, 3, 0.838, 210]
    undated = read_at(lines.RITA_4, modified=None)
    assert undated.result.refused == {"no time, and none of the file": 1}
