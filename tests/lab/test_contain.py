"""The containment on a live network: its measure first, then all of it, and nothing left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lab.cage import STATE
from lab.contain import actors, border, needs
from lab.contain.cast import DEEDS, HOSTILE, ORDINARY
from lab.contain.tally import Tally, count

from lab import topology, world

WANTS = needs.missing()
live = pytest.mark.skipif(bool(WANTS), reason=WANTS or "complete")
ROOT = Path(__file__).resolve().parents[2]
PLAY = [sys.executable, "-m", "lab.contain"]
TRIES = (
    "10.000\t10.100\tok\t\n"
    "11.000\t11.200\tok\t\n"
    "12.000\t14.000\tno\tTimeoutError('timed out')\n"
    "15.000\t17.0"
)  # fmt: skip


@pytest.fixture
def tallies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(actors, "TRIES", tmp_path)
    (tmp_path / f"{DEEDS[0].name}.log").write_text(TRIES)
    return tmp_path


def test_attempts_are_counted_in_their_stretch_of_time(tallies: Path) -> None:
    whole = count(DEEDS[0], 0.0)
    assert (whole.tries, whole.worked, whole.last_s) == (3, 2, 11.2)
    assert whole.why == "TimeoutError('timed out')"
    assert not whole.goes_on
    assert not whole.is_dead
    assert count(DEEDS[0], 0.0, 11.5).goes_on
    assert count(DEEDS[0], 11.5).is_dead
    assert count(DEEDS[0], 10.05, 11.1).tries == 0


def test_what_was_never_tried_neither_lives_nor_is_dead(tallies: Path) -> None:
    never = count(DEEDS[1], 0.0)
    assert never == Tally(DEEDS[1], 0, 0, None, "")
    assert not never.goes_on
    assert not never.is_dead


def test_every_deed_is_somebodys_on_one_side() -> None:
    names = [deed.name for deed in DEEDS]
    assert len(set(names)) == len(names)
    assert all(deed.hostile for deed in HOSTILE)
    assert not any(deed.hostile for deed in ORDINARY)
    assert {deed.machine for deed in DEEDS} <= {*world.BY_NAME, "inet"}


def test_elements_are_found_by_their_far_end() -> None:
    def element(near: str, far: object) -> object:
        return {"elem": {"val": {"concat": [near, far]}, "timeout": 60}}

    prefix = {"prefix": {"addr": "203.0.113.0", "len": 24}}
    sets = [
        {"family": "inet", "table": "netcordon_NC-1", "name": "a",
         "elem": [element("10.0.0.1", prefix), element("10.0.0.1", "198.51.100.7")]},
        {"family": "inet", "table": "site", "name": "b", "elem": [element("10.0.0.1", prefix)]},
        {"family": "inet", "table": "netcordon_NC-1", "name": "empty"},
    ]  # fmt: skip
    listed = json.dumps({"nftables": [{"metainfo": {}}, *({"set": each} for each in sets)]})
    found = list(border.elements(listed, "203.0.113.9"))
    assert found == [("inet", "netcordon_NC-1", "a", "10.0.0.1 . 203.0.113.0/24")]


def test_a_device_is_bare_only_without_anything_of_netcordons() -> None:
    site = "table inet border {\n}\n"
    assert border.Configuration(ruleset=site, rules="", zone="@ NS localhost.").is_bare
    ours = f"{site}table inet netcordon_NC-2026-0001 {{\n}}\n"
    assert not border.Configuration(ruleset=ours, rules="", zone="").is_bare
    assert not border.Configuration(ruleset=site, rules="drop (msg:netcordon;)", zone="").is_bare
    assert not border.Configuration(ruleset=site, rules="", zone="; netcordon NC-1").is_bare


def traces() -> list[str]:
    """What the lab would leave; other tests may change this machine at the same time."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    ours = {topology.BORDER, topology.SENSOR, topology.SWITCH, "inet", "crook", *world.BY_NAME}
    names = [line.split()[0] for line in listed.stdout.splitlines() if line.split()[0] in ours]
    people = Path("/etc/passwd").read_text().splitlines()
    accounts = [line for line in people if line.partition(":")[0] in world.PASSWORDS]
    return [*names, *accounts, *([str(STATE)] if STATE.exists() else [])]


@live
@pytest.mark.engines
@pytest.mark.slow
def test_killed_it_leaves_nothing_behind() -> None:
    play = subprocess.Popen(PLAY, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert play.stdout is not None
    try:
        assert play.stdout.readline().startswith("The company stands")
        inside = _descendants(play.pid)
        assert any("lab.contain.actors" in command for command in inside.values())
    finally:
        os.kill(play.pid, signal.SIGKILL)
        play.communicate()
    deadline = time.monotonic() + 15
    while alive := [pid for pid, command in inside.items() if _command(pid) == command]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.1)
    assert traces() == []


@live
@pytest.mark.engines
@pytest.mark.slow
def test_the_whole_containment_on_a_live_network() -> None:
    done = subprocess.run(PLAY, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    failed = [line for line in done.stdout.splitlines() if "FAIL" in line]
    assert not failed, done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("  PASS  ") > 80
    assert traces() == []


def _descendants(root: int) -> dict[int, str]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    commands = {pid: _command(pid) for pid in found - {root}}
    return {pid: command for pid, command in commands.items() if command}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
