"""Files are replaced whole, in their folder alone, and stay whose they were."""

from __future__ import annotations

import os
import stat

import pytest

from netcordon.enforcement.transports import transport_to
from netcordon.errors import UsageError
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint


@pytest.fixture
def drop(tmp_path):
    (tmp_path / "served").mkdir()
    point = EnforcementPoint(
        name="list", actuator="block_list", transport=f"file:{tmp_path / 'served'}"
    )
    return transport_to(point)


def test_a_file_is_put_and_read_back(drop, tmp_path):
    assert drop.run(Call(path="a.txt", content="203.0.113.7\n")).ok
    assert drop.run(Call(path="a.txt")).text == "203.0.113.7\n"
    assert [path.name for path in (tmp_path / "served").iterdir()] == ["a.txt"]


def test_one_that_is_not_there_reads_as_nothing(drop):
    reply = drop.run(Call(path="none.txt"))
    assert (reply.ok, reply.text) == (True, "")


def test_a_new_one_can_be_read_by_a_server_and_an_old_one_keeps_its_mode(drop, tmp_path):
    drop.run(Call(path="new", content="x"))
    assert stat.S_IMODE((tmp_path / "served" / "new").stat().st_mode) == 0o644
    old = tmp_path / "served" / "old"
    old.write_text("x")
    old.chmod(0o640)
    drop.run(Call(path="old", content="y"))
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


@pytest.mark.parametrize("path", ["../out", "/etc/hostname", "sub/../../out", "..", "."])
def test_nothing_lies_outside_the_folder(drop, tmp_path, path):
    (tmp_path / "served" / "sub").mkdir()
    for call in (Call(path=path, content="x"), Call(path=path)):
        reply = drop.run(call)
        assert not reply.ok
        assert "does not lie in" in reply.error
    assert not (tmp_path / "out").exists()


def test_links_lead_nowhere(drop, tmp_path):
    (tmp_path / "secret").write_text("kept")
    (tmp_path / "served" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "served" / "away").symlink_to(tmp_path)
    assert not drop.run(Call(path="link")).ok
    assert not drop.run(Call(path="link", content="x")).ok
    assert not drop.run(Call(path="away/secret", content="x")).ok
    assert (tmp_path / "secret").read_text() == "kept"


def test_what_is_no_plain_file_is_refused(drop, tmp_path):
    os.mkfifo(tmp_path / "served" / "pipe")
    assert not drop.run(Call(path="pipe")).ok
    assert not drop.run(Call(path="pipe", content="x")).ok


def test_nothing_is_run(drop):
    assert not drop.run(Call(argv=("true",))).ok


def test_without_a_transport_only_a_person_reaches_it():
    with pytest.raises(UsageError) as error:
        transport_to(EnforcementPoint(name="x", actuator="nftables"))
    assert error.value.code == "NC-846"


@pytest.mark.parametrize(
    "transport",
    [
        "ssh://-oProxyCommand=x", "ssh://a;b@host", "ssh://host/path", "ssh://user:pw@host",
        "https://", "https://user@host/", "https://host/?x=1", "https://host/a b", "double:rel",
        "telnet://host",
    ],
)  # fmt: skip
def test_addresses_that_are_none_are_refused(transport):
    with pytest.raises(UsageError) as error:
        transport_to(EnforcementPoint(name="x", actuator="openc2", transport=transport))
    assert error.value.code == "NC-846"
