"""Ledgers survive, belong to one user, and are held by one netcordon at a time."""

from __future__ import annotations

import os
import stat

import pytest

from netcordon.casefile.state_folder import state_folder
from netcordon.enforcement.device import Device, key_of
from netcordon.enforcement.put import put_in_force
from netcordon.enforcement.records import Records
from netcordon.errors import WorkspaceError
from netcordon.model.register import EnforcementPoint
from tests.unit.enforcement.test_dialogues import order
from tests.unit.enforcement.world import World

FW = EnforcementPoint(name="fw", actuator="nftables", transport="ssh://root@fw")


def test_a_ledger_with_everything_in_it_comes_back_as_it_was(tmp_path):
    world = World()
    world.run(put_in_force([world.work("a", 1, 2)], order(confirmed=False)))
    (device,) = world.saved.values()
    key = "0123456789abcdef"
    device = Device(**{**vars(device), "key": key})
    records = Records(tmp_path / "state")
    records.save(device)
    assert records.by_key(key) == device
    assert records.of_run("r1") == (device,)
    assert records.of_run("r2") == ()


def test_only_the_user_can_read_it(tmp_path):
    records = Records(tmp_path / "state")
    records.save(records.device(FW))
    for path in (tmp_path / "state").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_one_device_is_one_ledger_whatever_it_is_called(tmp_path):
    other = EnforcementPoint(name="border", actuator="nftables", transport="ssh://root@fw")
    assert key_of(FW) == key_of(other)
    assert key_of(FW) != key_of(EnforcementPoint(name="fw", actuator="nftables"))
    elsewhere = EnforcementPoint(
        name="fw", actuator="nftables", transport="ssh://root@fw", options={"netns": "x"}
    )
    assert key_of(FW) != key_of(elsewhere)


def test_a_device_is_held_by_one_and_let_go_by_the_dead(tmp_path):
    records = Records(tmp_path / "state")
    key = key_of(FW)
    ready, go = os.pipe()
    child = os.fork()
    if not child:
        with Records(tmp_path / "state").alone(key, patience_s=0):
            os.write(go, b"x")
            os.kill(os.getpid(), 19)  # stop: it holds the device until somebody ends it
        os._exit(0)
    os.read(ready, 1)
    try:
        with pytest.raises(WorkspaceError) as error, records.alone(key, patience_s=0.1):
            pass
        assert error.value.code == "NC-841"
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
    with records.alone(key, patience_s=0):
        pass
    os.close(ready)
    os.close(go)


def test_a_snapshot_is_what_its_name_says_or_nothing(tmp_path):
    records = Records(tmp_path / "state")
    digest = records.keep("table inet x\udc80\n")
    assert records.kept(digest) == "table inet x\udc80\n"
    (tmp_path / "state" / "snapshots" / digest).write_text("another")
    assert records.kept(digest) is None
    assert records.kept("../../etc/passwd") is None


@pytest.mark.parametrize("name", ["../x", "A", "", "a/b"])
def test_a_run_is_named_by_letters_and_digits(tmp_path, name):
    with pytest.raises(ValueError, match="named by"):
        Records(tmp_path / "state").is_guarded(name)


def test_where_it_lies():
    assert str(state_folder({"NETCORDON_STATE": "/x"})) == "/x"
    assert str(state_folder({"XDG_STATE_HOME": "/y"})) == "/y/netcordon"
    assert state_folder({"XDG_STATE_HOME": "rel"}).parts[-3:] == (".local", "state", "netcordon")
