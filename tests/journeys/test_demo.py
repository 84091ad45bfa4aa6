"""The demonstration: what is found in the recording is what the scripts did, by their own account.

Every expected value is read from ``lab/demo/truth.json``; the tables here only say how the lab's
words and the report's words for one thing correspond.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import COMMAND

DEMO = Path(__file__).parents[2] / "lab" / "demo"

pytestmark = pytest.mark.slow

PURPOSES = {
    "tool_download": "download", "beacon": "command", "ssh_brute_force": "password guessing",
    "lateral_copy": "copy", "collection": "gathering", "dns_tunnel": "tunnel",
    "exfiltration": "exfiltration",
}  # fmt: skip
"""Kind of action -> word in the purpose of its channel. A scan is no way to talk."""

LEADS = {
    "tool_download": "Loading a program", "beacon": "Under remote control",
    "network_scan": "Looking for ways in", "ssh_brute_force": "Guessing passwords",
    "lateral_copy": "Copying between hosts", "collection": "Gathering data",
    "dns_tunnel": "Hiding traffic in a tunnel", "exfiltration": "Data leaves",
}  # fmt: skip
"""Kind of action -> how its step of the story begins."""

ROLES = {
    "download": "staging_server", "command_and_control": "command_server",
    "exfiltration": "exfil_destination", "dns_tunnel": "tunnel_endpoint", "stolen": "account_used",
}  # fmt: skip
TYPES = {"ipv4": "ipv4-addr", "domain": "domain-name", "account": "user-account"}

UNREAD = {
    "phishing": "what a mail says is not read",
    "tool": "carried files are not hashed",
}
"""Roles of indicators that the program does not see, and why."""

SOON = timedelta(seconds=90)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((DEMO / "truth.json").read_text())
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the case is."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def document(truth: dict[str, Any], folder: Path) -> dict[str, Any]:
    home = [word for net in truth["networks"]["home"] for word in ("--home-net", net)]
    done = subprocess.run(
        [*COMMAND, "investigate", str(DEMO / truth["capture"]["file"]), "-w", str(folder / "case"),
         "--json", *home],
        capture_output=True, cwd=folder, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr.decode(errors="replace")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def incident(document: dict[str, Any]) -> dict[str, Any]:
    worst: dict[str, Any] = document["incidents"][0]
    return worst


def _inside(truth: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {host["ip"]: host for host in truth["hosts"]}


def _acted_inside(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """The intruder's steps that hosts of the company took."""
    return [a for a in truth["actions"] if a["src"].get("ip") in _inside(truth)]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _covers(domain: str, name: str) -> bool:
    return name == domain or name.endswith("." + domain)


def test_it_is_one_incident_and_beside_it_only_what_cannot_be_told_apart(
    truth: dict[str, Any], document: dict[str, Any]
) -> None:
    """Without a baseline a first offsite backup looks just like theft; it may be a suspicion."""
    assert document["severity"] == "critical"
    first, *others = document["incidents"]
    assert first["severity"] == "critical"
    backups = {d["ip"] for d in _offsite(truth)["dst"]}
    for other in others:
        assert other["severity"] == "medium", other["title"]
        assert {c["dst"] for c in other["channels"]} <= backups, other["title"]


def _offsite(truth: dict[str, Any]) -> dict[str, Any]:
    (offsite,) = (a for a in truth["look_alikes"] if a["id"] == "offsite")
    return dict(offsite)


def test_the_patient_zero_is_named_in_full(truth: dict[str, Any], incident: dict[str, Any]) -> None:
    first = _inside(truth)[_acted_inside(truth)[0]["src"]["ip"]]
    zero = incident["victims"][0]
    assert zero["role"] == "patient_zero"
    assert (zero["ip"], zero["mac"], zero["user"]) == (first["ip"], first["mac"], first["user"])
    assert zero["name"].lower() == first["name"]
    assert [v["ip"] for v in incident["victims"] if v["role"] == "patient_zero"] == [zero["ip"]]


def test_the_victims_are_those_that_fell_and_those_that_lost_data(
    truth: dict[str, Any], incident: dict[str, Any]
) -> None:
    victims = {v["ip"]: v for v in incident["victims"]}
    fell = {h["ip"]: h for h in truth["hosts"] if h["compromised"]}
    read = {d["ip"] for a in truth["actions"] if a["kind"] == "collection" for d in a["dst"]}
    assert set(victims) == fell.keys() | read
    for ip, host in fell.items():
        assert victims[ip]["mac"] == host["mac"]
        assert victims[ip]["name"].lower() == host["name"]
    assert {ip for ip in read if victims[ip]["role"] != "data_source"} == set()


def test_the_actors_are_the_hostile_sites_and_the_fallen_hosts(
    truth: dict[str, Any], incident: dict[str, Any]
) -> None:
    hostile = {site["ip"] for site in truth["sites"] if site["hostile"]}
    fell = {h["ip"] for h in truth["hosts"] if h["compromised"]}
    actors = {a["ip"] for a in incident["actors"]}
    assert actors <= hostile | fell
    met = {flow[3] for action in _acted_inside(truth) for flow in action["flows"]}
    assert hostile & met <= actors


def test_every_step_that_talks_is_a_channel(
    truth: dict[str, Any], incident: dict[str, Any]
) -> None:
    for action in _acted_inside(truth):
        if action["kind"] not in PURPOSES:
            continue
        ends = {flow[3] for flow in action["flows"]}
        fitting = [
            c
            for c in incident["channels"]
            if c["src"] == action["src"]["ip"]
            and c["dst"] in ends
            and PURPOSES[action["kind"]] in c["purpose"]
            and _time(c["first_seen_time"]) <= _time(action["end_time"]) + SOON
            and _time(c["last_seen_time"]) >= _time(action["start_time"]) - SOON
        ]
        assert fitting, action["id"]


def test_the_story_is_what_happened_in_its_order(
    truth: dict[str, Any], incident: dict[str, Any]
) -> None:
    told: list[datetime] = []
    steps: list[str] = []
    for action in _acted_inside(truth):
        begun = _time(action["start_time"])
        fitting = [
            step
            for step in incident["story"]
            if step["actor_ip"] == action["src"]["ip"]
            and step["text"].startswith(LEADS[action["kind"]])
            and abs(_time(step["time"]) - begun) <= SOON
        ]
        assert len(fitting) == 1, (action["id"], [s["text"] for s in fitting])
        told.append(_time(fitting[0]["time"]))
        steps.append(fitting[0]["text"])
    assert all(a <= b for a, b in pairwise(told))
    assert sorted(steps) == sorted(s["text"] for s in incident["story"]), "and nothing else"


def test_the_indicators_hold_all_that_can_be_seen(
    truth: dict[str, Any], document: dict[str, Any]
) -> None:
    in_packets = {ip for a in truth["actions"] for flow in a["flows"] for ip in (flow[1], flow[3])}
    found = [(i["type"], i["value"], i["role"]) for i in document["indicators"]]
    missing = []
    for wanted in truth["indicators"]:
        unseen = wanted["type"] == "ipv4" and wanted["value"] not in in_packets
        if unseen or wanted["role"] in UNREAD:
            continue
        kind, role = TYPES[wanted["type"]], ROLES[wanted["role"]]
        same = [v for t, v, r in found if (t, r) == (kind, role)]
        covers = _covers if kind == "domain-name" else str.__eq__
        if not any(covers(value, wanted["value"]) for value in same):
            missing.append(wanted["value"])
    assert missing == []


def test_nothing_harmless_is_an_indicator(truth: dict[str, Any], document: dict[str, Any]) -> None:
    harmless = {
        site[key] for site in truth["sites"] if not site["hostile"] for key in ("ip", "name")
    }
    harmless |= {zone for a in truth["look_alikes"] for zone in a["detail"].get("zones", ())}
    ours = {host[key] for host in truth["hosts"] for key in ("ip", "ipv6", "fqdn")}
    suspected = {site for d in _offsite(truth)["dst"] for site in (d.get("ip"), d.get("name"))}
    wrong = [
        i["value"]
        for i in document["indicators"]
        if not (i["caution"] and any(_covers(i["value"], str(name)) for name in suspected))
        and any(
            _covers(i["value"], name) if i["type"] == "domain-name" else i["value"] == name
            for name in harmless | ours
        )
    ]
    assert wrong == []


def test_no_look_alike_is_part_of_it(truth: dict[str, Any], incident: dict[str, Any]) -> None:
    fell = {h["ip"] for h in truth["hosts"] if h["compromised"]}
    alone = {
        a["src"]["ip"]
        for a in truth["look_alikes"]
        if a["src"].get("ip") and a["src"]["ip"] not in fell
    }
    outside = {d["ip"] for a in truth["look_alikes"] for d in a["dst"] if "ip" in d}
    outside -= set(_inside(truth))
    ends = {c[end] for c in incident["channels"] for end in ("src", "dst")}
    ends |= {s["actor_ip"] for s in incident["story"]} | {p["ip"] for p in incident["actors"]}
    assert ends & (alone | outside) == set()


def test_what_to_do_first_is_short_and_spares_who_only_carried(
    truth: dict[str, Any], incident: dict[str, Any]
) -> None:
    actions = incident["first_actions"]
    assert 0 < len(actions) <= 6
    assert len(set(actions)) == len(actions)
    fell = {h["ip"] for h in truth["hosts"] if h["compromised"]}
    lost = {d["ip"] for a in truth["actions"] if a["kind"] == "collection" for d in a["dst"]}
    assert all(ip in actions[0] for ip in fell), "the fallen hosts come first"
    spared = [ip for ip in _inside(truth) if ip not in fell | lost]
    spared += [segment["gateway_ipv4"] for segment in truth["networks"]["segments"]]
    assert [
        ip
        for ip in spared
        if any(re.search(rf"\b{re.escape(ip)}(?![0-9])", text) for text in actions)
    ] == []


def test_the_title_can_be_read_out(truth: dict[str, Any], incident: dict[str, Any]) -> None:
    first = _inside(truth)[_acted_inside(truth)[0]["src"]["ip"]]
    assert len(incident["title"]) <= 110
    assert first["name"] in incident["title"].lower()
    assert first["user"] in incident["title"]


def _contain(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [*COMMAND, "contain", *words, "-w", str(folder / "case"), "--json"],
        capture_output=True, cwd=folder, timeout=300, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, told


@pytest.mark.engines
def test_its_rules_hit_its_flows_and_nothing_else(
    truth: dict[str, Any],
    incident: dict[str, Any],
    folder: Path,
    engine_program: Callable[[str], str],
) -> None:
    engine_program("suricata")
    status, told = _contain(folder, "rules", incident["id"], "-o", "rules")
    assert status == 0, told
    written = [rule for rule in told["rules"] if rule["written"]]
    assert written
    for rule in written:
        assert rule["hits"], rule["mark"]["title"]
        assert not rule["others"], rule["mark"]["title"]
    rules = (folder / "rules" / "netcordon.rules").read_text()
    assert rules.count("alert ") == sum(rule["language"] == "suricata" for rule in written)
    sites = [
        i["value"] for i in truth["indicators"] if i["type"] == "domain" and i["role"] in ROLES
    ]
    assert sites
    for site in sites:
        labels = site.split(".")
        above = [".".join(labels[at:]) for at in range(len(labels) - 1)]
        assert any(f'content:".{name}"' in rules for name in above), site
    # Where both languages can say it, both speak of the same flows, but for what is counted.
    said: dict[int, dict[str, int]] = {}
    for rule in written:
        if rule["mark"]["kind"] not in ("pace", "dns labels"):
            said.setdefault(rule["sid"], {})[rule["language"]] = rule["hits"]
    assert {tuple(sorted(each)) for each in said.values()} == {("sigma", "suricata")}
    assert all(each["sigma"] == each["suricata"] for each in said.values())


@pytest.mark.engines
def test_a_capture_with_the_incident_named_ordinary_leaves_no_rule(
    truth: dict[str, Any],
    incident: dict[str, Any],
    folder: Path,
    engine_program: Callable[[str], str],
) -> None:
    engine_program("suricata")
    capture = str(DEMO / truth["capture"]["file"])
    status, told = _contain(folder, "rules", incident["id"], "-o", "none", "--ordinary", capture)
    assert status == 1
    assert told["rules"]
    assert not [rule["mark"]["title"] for rule in told["rules"] if rule["written"]]
    assert not list((folder / "none").iterdir())


def test_what_a_changed_plan_would_do_is_told_and_recorded_nowhere(
    incident: dict[str, Any], folder: Path
) -> None:
    _, planned = _contain(folder, "plan")
    ordered = [m for m in planned["plan"]["measures"] if m["commands"]]
    # The address and the name: both close the way.
    closing = [m["id"] for m in ordered if set(m["covers"]) & set(ordered[0]["covers"])]
    without = [word for id_ in closing for word in ("--without", id_)]
    status, told = _contain(folder, "rehearse", *without)
    found = told["what_if"]
    assert status == 1
    assert found["plan_id"] == planned["plan"]["id"] != found["changed_id"]
    assert found["after"]["effect"]["stopped"] < found["before"]["effect"]["stopped"]
    assert not found["before"]["missed"]
    assert found["after"]["missed"]
    again, _ = _contain(folder, "rehearse", found["changed_id"])
    assert again == 2
