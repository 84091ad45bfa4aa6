"""Indicators of others, by the commands a person types."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.traffic import Recording, client_hello, dns_query

Investigate = Callable[..., dict[str, Any]]
Cli = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def workspace(tmp_path: Path, investigate: Investigate) -> Path:
    recording = Recording()
    for n in range(4):
        recording.now_us += 20_000_000
        turns = [(True, client_hello(b"cdn.bad-place.example")), (False, b"\x17\x03\x03\0 " * 9)]
        recording.session("192.168.7.20", "203.0.113.66", 50_000 + n, 443, turns)
        recording.datagram("192.168.7.21", "192.168.7.1", 40_000 + n, 53,
                           dns_query(b"a\x1b[31m.bad-place.example"))  # fmt: skip
    path = tmp_path / "x.pcap"
    path.write_bytes(recording.pcap())
    investigate(path)
    return tmp_path / "case"


def hunted(cli: Cli, *arguments: str, status: int, stdin: bytes = b"") -> dict[str, Any]:
    done = cli("hunt", *arguments, "-w", "case", "--json", stdin=stdin)
    assert done.returncode == status, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_seen_and_not_seen_and_what_the_journal_keeps(workspace: Path, cli: Cli) -> None:
    found = hunted(cli, "203.0.113[.]66", "hxxps://cdn[.]bad-place[.]example/x", "192.0.2.9",
                   status=1)  # fmt: skip
    assert found["hits"] == 2
    address, url = found["seen"]
    assert (address["type"], address["value"], address["rows"]) == ("address", "203.0.113.66", 4)
    assert [host["ip"] for host in address["hosts"]] == ["192.168.7.20"]
    assert address["examples"][0]["frame"] == 1
    assert not any(place["is_exact"] for place in url["places"])
    assert [one["value"] for one in found["nothing"]] == ["192.0.2.9"]
    assert hunted(cli, "192.0.2.9", status=0)["hits"] == 0
    text = cli("hunt", "bad-place.example", "-w", "case").stdout
    assert b"\x1b" not in text
    assert b"bad-place.example  domain (type guessed)" in text
    assert b"All proofs hold" in cli("verify", "-w", "case").stdout
    shown = json.loads(cli("case", "show", "-w", "case", "--json").stdout)
    assert shown["journal_entries"] >= 3


def test_lists_by_content_with_their_marking(workspace: Path, cli: Cli, tmp_path: Path) -> None:
    bundle = {"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "indicator", "id": "indicator--1", "pattern_type": "stix", "name": "C2 =x",
         "pattern": "[domain-name:value = 'bad-place.example']",
         "valid_until": "2001-01-01T00:00:00Z",
         "object_marking_refs": ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]},
        {"type": "indicator", "id": "indicator--2", "pattern_type": "stix",
         "pattern": "[url:value MATCHES '.*']"},
    ]}  # fmt: skip
    (tmp_path / "feed").write_text(json.dumps(bundle))
    text = cli("hunt", "-f", "feed", "-w", "case").stdout.decode()
    assert "1 indicator from feed (STIX 2.1), TLP:RED: 1 domain" in text
    assert "indicator--2: [url:value MATCHES '.*']: it asks for a regular expression" in text
    assert "EXPIRED: its author vouched for it until 2001-01-01 00:00:00 UTC" in text
    assert "Handling    TLP:RED" in text
    done = cli("hunt", "-f", "-", "--csv", "-w", "case", stdin=b"192.0.2.0/24\nbad-place.example\n")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [(row["value"], row["seen"]) for row in rows] == [
        ("bad-place.example", "yes"), ("bad-place.example", "yes"), ("192.0.2.0/24", "no"),
    ]  # fmt: skip
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nonsense"], b"NC-401"), (["-f", "missing"], b"NC-402"), (["-f", "."], b"NC-402"),
        (["-f", "-"], b"NC-404"), (["192.0.2.1", "--type", "domain"], b"NC-401"), ([], b"NC-404"),
    ],
)  # fmt: skip
def test_wrong_use_is_said(workspace: Path, cli: Cli, arguments: list[str], code: bytes) -> None:
    done = cli("hunt", *arguments, "-w", "case", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"].encode() == code


def test_a_hunt_beside_a_run_is_told_and_recorded(workspace: Path, cli: Cli) -> None:
    with (workspace / ".lock").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert hunted(cli, "203.0.113.66", status=1)["not_recorded"] is None


def test_a_hunt_that_cannot_be_recorded_is_told_all_the_same(workspace: Path, cli: Cli) -> None:
    (workspace / "case.anchor").write_bytes(b"changed")
    assert hunted(cli, "203.0.113.66", status=1)["not_recorded"].startswith("NC-507")
