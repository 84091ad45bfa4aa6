"""What a device is told to undo by itself is fixed words; everything else lies in files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcordon.enforcement.device_guard import FOLDER, arm, disarm
from netcordon.enforcement.transports.ssh import PROGRAMS
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint

POINT = EnforcementPoint(name="fw", actuator="nftables", transport="ssh://root@fw")
HOSTILE = 'delete table inet x; $(reboot) `id` "; rm -rf /\n'


def test_text_goes_to_files_and_never_into_arguments():
    revert = (
        Call(argv=("nft", "-f", "-"), stdin=HOSTILE),
        Call(path="/etc/unbound/zone", content=HOSTILE),
    )
    calls = arm(POINT, "r1", revert, 60)
    assert all(HOSTILE not in word and "reboot" not in word for c in calls for word in c.argv)
    assert [c.content for c in calls if c.path] == [HOSTILE, HOSTILE]
    assert all(c.path.startswith(FOLDER) for c in calls if c.path)
    timers = [c.argv for c in calls if c.argv and c.argv[0] == "systemd-run"]
    assert timers[0][timers[0].index("--") + 1 :] == ("nft", "-f", "-")
    assert f"--property=StandardInput=file:{FOLDER}/r1-0" in timers[0]
    assert timers[1][-3:] == ("--", f"{FOLDER}/r1-1", "/etc/unbound/zone")
    assert {c.argv[0] for c in (*calls, *disarm(POINT, "r1")) if c.argv} <= PROGRAMS


def test_later_steps_come_later_and_all_after_ours():
    revert = (Call(path="/z", content="x"), Call(argv=("rndc", "reload", "z")))
    due = [
        int(word.removeprefix("--on-active="))
        for call in arm(POINT, "r1", revert, 60)
        for word in call.argv
        if word.startswith("--on-active=")
    ]
    assert due == sorted(due)
    assert min(due) > 60
    assert len(set(due)) == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(POINT, transport="local"),
        replace(POINT, transport="https://fw"),
        replace(POINT, actuator="cisco_ios"),
    ],
)
def test_devices_that_cannot_have_one_have_none(other):
    revert = (Call(argv=("nft", "-f", "-"), stdin="x"),)
    assert arm(other, "r1", revert, 60) == ()
    assert disarm(other, "r1") == ()


def test_nothing_to_revert_needs_no_guard():
    assert arm(POINT, "r1", (), 60) == ()
