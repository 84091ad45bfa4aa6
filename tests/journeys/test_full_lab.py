"""The full incident: what is found in the excerpt is what the scripts did, by their own account.

Every expected value is read from ``lab/full/truth.json``; the tables here only say how the lab's
words and the program's words for one thing correspond, and what cannot be seen, and why.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import COMMAND

FULL = Path(__file__).parents[2] / "lab" / "full"

pytestmark = pytest.mark.slow

Json = dict[str, Any]

LEADS = {
    "tool_download": ("Loading a program",),
    "beacon": ("Under remote control",),
    "network_scan": ("Looking for ways in",),
    "ssh_brute_force": ("Guessing passwords",),
    "lateral_copy": ("Copying between hosts",),
    "collection": ("Gathering data",),
    "admin_share_copy": ("Copying to another host",),
    "remote_service": ("Moving to another host",),
    "rogue_dhcp": ("Putting itself in between",),
    "arp_spoofing": ("Putting itself in between",),
    "dns_tunnel": ("Hiding traffic in a tunnel",),
    "exfiltration": ("Data leaves",),
}
"""Kind of action -> how its step of the story begins."""

UNSEEN = {
    "phishing_mail": "what a mail says is not read",
    "remote_login": "one login with the right password, as administrators do: nothing tells it",
}
"""Kinds of action that the program does not tell, and why."""

NEAR = timedelta(seconds=90)


@pytest.fixture(scope="module")
def truth() -> Json:
    told: Json = json.loads((FULL / "truth.json").read_text())
    return told


@pytest.fixture(scope="module")
def document(truth: Json, tmp_path_factory: pytest.TempPathFactory) -> Json:
    folder = tmp_path_factory.mktemp("full")
    home = [word for net in truth["networks"]["home"] for word in ("--home-net", net)]
    done = subprocess.run(
        [*COMMAND, "investigate", str(FULL / truth["capture"]["file"]), "-w", str(folder / "case"),
         "--json", *home],
        capture_output=True, cwd=folder, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr.decode(errors="replace")
    found: Json = json.loads(done.stdout)
    return found


@pytest.fixture
def intrusion(document: Json) -> Json:
    worst: Json = document["incidents"][0]
    return worst


def _hosts(truth: Json) -> dict[str, Json]:
    return {host["ip"]: host for host in truth["hosts"]}


def _fell(truth: Json) -> set[str]:
    return {host["ip"] for host in truth["hosts"] if host["compromised"]}


def _deeds(truth: Json, incident: str) -> list[Json]:
    """The steps of one incident that hosts of the company took."""
    ours = _hosts(truth)
    return [a for a in truth["actions"] if a["incident"] == incident and a["src"].get("ip") in ours]


def _action(truth: Json, name: str) -> Json:
    (found,) = (a for a in (*truth["actions"], *truth["look_alikes"]) if a["id"] == name)
    return dict(found)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _ends(incident: Json) -> set[str]:
    return {c[end] for c in incident["channels"] for end in ("src", "dst")}


def test_the_excerpt_is_the_one_the_truth_speaks_of_and_says_what_was_cut(truth: Json) -> None:
    capture = truth["capture"]
    packed = FULL / capture["file"]
    assert hashlib.sha256(packed.read_bytes()).hexdigest() == capture["sha256"]
    assert packed.stat().st_size <= 10_000_000
    assert capture["cut"]["frames_cut"] > 0
    assert capture["cut"]["bytes_cut"] > 0


def test_the_intrusion_is_one_incident(truth: Json, document: Json) -> None:
    assert document["severity"] == "critical"
    first, *others = document["incidents"]
    assert first["severity"] == "critical"
    second = _action(truth, "second-server")
    apart = {second["src"]["ip"], *(d["ip"] for d in second["dst"])}
    hostile = {site["ip"] for site in truth["sites"] if site["hostile"]} - apart
    for other in others:
        assert not _ends(other) & hostile, other["title"]
        assert other["severity"] not in ("high", "critical") or _ends(other) <= apart


def test_patient_zero_and_all_that_fell_are_named(truth: Json, intrusion: Json) -> None:
    victims = {v["ip"]: v for v in intrusion["victims"]}
    zero = _action(truth, "download")["src"]
    (named,) = (v for v in victims.values() if v["role"] == "patient_zero")
    assert (named["ip"], named["mac"], named["user"]) == (zero["ip"], zero["mac"], zero["user"])
    apart = _action(truth, "second-server")["src"]["ip"]
    for ip in _fell(truth) - {apart}:
        assert victims[ip]["mac"] == _hosts(truth)[ip]["mac"]
        assert victims[ip]["name"].lower() == _hosts(truth)[ip]["name"]
    pivot = _action(truth, "admin-share")["src"]["ip"]
    assert pivot in intrusion["pivots"]


def test_every_deed_is_a_step_of_the_story_at_its_time(truth: Json, intrusion: Json) -> None:
    missing = []
    for deed in _deeds(truth, "intrusion"):
        if deed["kind"] in UNSEEN or deed["id"] == "second-server":
            continue
        fitting = [
            step
            for step in intrusion["story"]
            if step["actor_ip"] == deed["src"]["ip"]
            and step["text"].startswith(LEADS[deed["kind"]])
            and abs(_time(step["time"]) - _time(deed["start_time"])) <= NEAR
        ]
        if not fitting:
            missing.append(deed["id"])
    assert missing == []


def test_every_deed_has_a_channel_between_its_true_ends(truth: Json, intrusion: Json) -> None:
    pairs = {(c["src"], c["dst"]) for c in intrusion["channels"]}
    missing = []
    for deed in _deeds(truth, "intrusion"):
        if deed["kind"] in (*UNSEEN, "network_scan") or deed["id"] == "second-server":
            continue
        ends = {flow[3] for flow in deed["flows"]} | {d["ip"] for d in deed["dst"] if "ip" in d}
        gateways = {s["gateway_ipv4"] for s in truth["networks"]["segments"]}
        ends |= gateways if deed["kind"] in ("rogue_dhcp", "arp_spoofing") else set()
        if not any((deed["src"]["ip"], end) in pairs for end in ends):
            missing.append(deed["id"])
    assert missing == []


def test_the_second_command_server_is_named_with_the_reason(truth: Json, intrusion: Json) -> None:
    """It shares nothing with the first but fingerprint and rhythm: a candidate, no certainty."""
    deed = _action(truth, "second-server")
    (end,) = (d["ip"] for d in deed["dst"])
    (candidate,) = (
        e for e in intrusion["scope"] if e["ip"] == deed["src"]["ip"] and end in e["relation"]
    )
    assert "fingerprint" in candidate["relation"]
    assert "rhythm" in candidate["relation"]
    assert candidate["count"] >= 0.9 * sum(flow[0] == "tcp" for flow in deed["flows"])


def test_a_service_that_was_refused_is_told_as_refused(truth: Json, document: Json) -> None:
    deed = _action(truth, "service")
    assert deed["detail"]["outcome"] == "refused"
    (found,) = (f for f in document["findings"] if f["detector"] == "lateral_service")
    assert deed["detail"]["service"] in found["title"]
    assert "refused" in found["title"]
    assert (found["src_ips"], found["dst_ips"]) == (
        [deed["src"]["ip"]], [d["ip"] for d in deed["dst"]]
    )  # fmt: skip


def test_who_stood_in_between_is_found_and_named(truth: Json, document: Json) -> None:
    found = {f["detector"]: f for f in document["findings"]}
    gateway = truth["networks"]["segments"][0]["gateway_ipv4"]
    dhcp, arp = found["access_dhcp_rogue"], found["access_arp_poisoning"]
    for finding, name in ((dhcp, "rogue-dhcp"), (arp, "arp-spoof")):
        deed = _action(truth, name)
        assert finding["severity"] in ("high", "critical")
        assert finding["src_ips"] == [deed["src"]["ip"]]
        assert gateway in finding["dst_ips"]
        assert abs(_time(finding["first_seen_time"]) - _time(deed["start_time"])) <= NEAR
    assert _action(truth, "arp-spoof")["dst"][0]["ip"] in arp["dst_ips"]


def test_the_insider_is_an_incident_of_its_own(truth: Json, document: Json) -> None:
    deed = _action(truth, "insider-upload")
    (end,) = (d["ip"] for d in deed["dst"])
    first, *others = document["incidents"]
    (insider,) = (o for o in others if end in _ends(o))
    assert deed["src"]["ip"] not in _ends(first)
    assert _ends(insider) == {deed["src"]["ip"], end}, "and nothing else that this PC does"
    who = {p["ip"]: p for p in (*insider["victims"], *insider["actors"])}
    assert who[deed["src"]["ip"]]["user"] == deed["src"]["user"]
    assert insider["severity"] == "medium"
    share = _action(truth, "insider-reading")["dst"][0]["ip"]
    titles = [f["title"] for f in document["findings"] if f["id"] in insider["finding_ids"]]
    assert any(share in title and deed["dst"][0]["name"] in title for title in titles)


def test_no_look_alike_is_accused_at_high(truth: Json, document: Json) -> None:
    fell, accused = _fell(truth), []
    grave = [f for f in document["findings"] if f["severity"] in ("high", "critical")]
    for harmless in truth["look_alikes"]:
        src = harmless["src"].get("ip")
        ends = {d["ip"] for d in harmless["dst"] if "ip" in d} - _hosts(truth).keys()
        accused += [
            (harmless["id"], f["title"])
            for f in grave
            if (src not in fell and src in f["src_ips"]) or ends & set(f["dst_ips"])
        ]
    assert accused == []


def test_nothing_harmless_is_an_indicator_without_a_warning(truth: Json, document: Json) -> None:
    sites = [site for site in truth["sites"] if not site["hostile"]]
    harmless = {site[key] for site in sites for key in ("ip", "name")}
    harmless |= {host[key] for host in truth["hosts"] for key in ("ip", "ipv6", "fqdn")}
    wrong = [
        i["value"]
        for i in document["indicators"]
        if not i["caution"]
        and any(name == i["value"] or name.endswith(f".{i['value']}") for name in harmless)
    ]
    assert wrong == []
