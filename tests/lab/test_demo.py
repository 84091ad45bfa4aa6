"""The committed demonstration: its truth has the documented shape and tells only what is there."""

from __future__ import annotations

import gzip
import hashlib
import ipaddress
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lab.flows import Flow, flows, packets
from lab.truth import FLOW_COLUMNS, FORMAT, stamp

from lab import world

DEMO = Path(__file__).resolve().parents[2] / "lab" / "demo"
CAPTURE = DEMO / "demo.pcapng.gz"
LARGEST = 6_500_000
STEPS = {
    "lure": "phishing_mail",
    "download": "tool_download",
    "beacon": "beacon",
    "second-beacon": "beacon",
    "scan": "network_scan",
    "guess": "ssh_brute_force",
    "copy": "lateral_copy",
    "collect": "collection",
    "tunnel": "dns_tunnel",
    "upload": "exfiltration",
}
LAB_NETWORKS = [
    ipaddress.ip_network(network)
    for network in (
        *("10.20.1.0/24", "10.20.2.0/24", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
        *("198.18.0.0/15", "0.0.0.0/32", "255.255.255.255/32", "224.0.0.0/24"),
        *("2001:db8::/32", "fe80::/10", "ff02::/16", "::/128"),
    )
]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DEMO / "truth.json").read_text())
    return loaded


@pytest.fixture(scope="module")
def recorded() -> list[Flow]:
    return flows(CAPTURE)


def entries(truth: dict[str, Any]) -> list[dict[str, Any]]:
    return [*truth["actions"], *truth["look_alikes"]]


def test_the_capture_is_the_one_the_truth_speaks_of(truth: dict[str, Any]) -> None:
    packed = CAPTURE.read_bytes()
    assert len(packed) == truth["capture"]["bytes"] <= LARGEST
    assert hashlib.sha256(packed).hexdigest() == truth["capture"]["sha256"]
    raw = hashlib.sha256(gzip.decompress(packed)).hexdigest()
    assert raw == truth["capture"]["sha256_uncompressed"]
    assert truth["capture"]["dropped"] == 0


def test_the_recording_has_the_length_that_was_asked_for(truth: dict[str, Any]) -> None:
    first, last = (
        datetime.fromisoformat(truth["capture"][f"{end}_time"]) for end in ("first", "last")
    )
    assert 20 * 60 <= (last - first).total_seconds() <= 40 * 60


def test_the_truth_has_its_documented_shape(truth: dict[str, Any]) -> None:
    assert truth["format"] == FORMAT
    assert truth["flow_columns"] == FLOW_COLUMNS
    assert {entry["id"]: entry["kind"] for entry in truth["actions"]} == STEPS
    documented = (DEMO.parent / "README.md").read_text()
    for part in (truth, truth["capture"], truth["networks"], truth["hosts"][0], entries(truth)[0]):
        told = (f"`{name}{tail}`" in documented for name in part for tail in ("", "[]"))
        assert sum(told) == len(part)
    assert len({entry["id"] for entry in entries(truth)}) == len(entries(truth))
    for entry in entries(truth):
        assert entry["start_time"] <= entry["end_time"]
        assert entry["flow_count"] == len(entry["flows"]) > 0, entry["id"]
        assert bool(entry["techniques"]) == entry["malicious"] == (not entry["looks_like"])
        assert all(len(row) == len(FLOW_COLUMNS) for row in entry["flows"])


def test_every_flow_of_the_truth_is_in_the_capture(
    truth: dict[str, Any], recorded: list[Flow]
) -> None:
    there = Counter(
        (f.protocol, f.src_ip, f.src_port, f.dst_ip, f.dst_port)
        + (stamp(f.first), stamp(f.last), f.packets, f.ip_bytes)
        for f in recorded
    )
    told = Counter(tuple(row) for entry in entries(truth) for row in entry["flows"])
    assert not told - there
    assert max(told.values()) == 1


def test_flows_lie_within_their_action(truth: dict[str, Any]) -> None:
    for entry in entries(truth):
        assert all(entry["start_time"] <= row[5] <= entry["end_time"] for row in entry["flows"])


def test_nobody_else_talks_to_the_hostile_sites(
    truth: dict[str, Any], recorded: list[Flow]
) -> None:
    hostile = {site["ip"] for site in truth["sites"] if site["hostile"]}
    told = {tuple(row[:6]) for action in truth["actions"] for row in action["flows"]}
    for flow in recorded:
        if hostile & {flow.src_ip, flow.dst_ip}:
            where = (flow.protocol, flow.src_ip, flow.src_port, flow.dst_ip, flow.dst_port)
            assert (*where, stamp(flow.first)) in told


def test_the_steps_are_as_strong_as_detectors_need(truth: dict[str, Any]) -> None:
    steps = {action["id"]: action for action in truth["actions"]}
    calls = [row for row in steps["beacon"]["flows"] if row[0] == "tcp"]
    assert len(calls) >= 40
    assert len([row for row in steps["second-beacon"]["flows"] if row[0] == "tcp"]) >= 20
    assert len({row[3] for row in steps["scan"]["flows"]}) > 200
    assert steps["guess"]["flow_count"] == steps["guess"]["detail"]["logins"]
    assert steps["upload"]["ip_bytes"] > steps["upload"]["detail"]["bytes"]


def test_an_action_begins_at_its_actor(truth: dict[str, Any]) -> None:
    for action in truth["actions"]:
        passed_on = {world.BY_NAME["ns-01"].ip}  # the resolver asks on behalf of others
        sources = {row[1] for row in action["flows"]}
        outside = {site["ip"] for site in truth["sites"] if site["name"] == action["src"]["name"]}
        assert sources - passed_on == ({action["src"]["ip"]} | outside), action["id"]


def test_only_addresses_of_the_lab_occur() -> None:
    seen = {ip for packet in packets(CAPTURE) for ip in (packet.src_ip, packet.dst_ip)}
    stray = [ip for ip in seen if not any(ipaddress.ip_address(ip) in net for net in LAB_NETWORKS)]
    assert not stray


def test_every_machine_and_every_site_was_heard(recorded: list[Flow]) -> None:
    seen = {ip for flow in recorded for ip in (flow.src_ip, flow.dst_ip)}
    # The visitor and two of the sites come in the full incident only.
    machines = [machine for machine in world.MACHINES if machine is not world.GUEST]
    assert not [machine.name for machine in machines if machine.ip not in seen]
    silent = {
        "ns.quickresolve.example", "avcheck.example", "my.cloudlocker.example",
        "sync.fontmetrics.example",
    }  # fmt: skip
    heard = {site.name for site in world.SITES if {site.ip, site.ip6} & seen}
    assert {site.name for site in world.SITES} - heard == silent
