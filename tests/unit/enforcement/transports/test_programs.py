"""Programs are run as they are, bounded, and what they say is told."""

from __future__ import annotations

import time

import pytest

from netcordon.enforcement.transports.local import Local
from netcordon.enforcement.transports.programs import run_program
from netcordon.enforcement.transports.ssh import Ssh
from netcordon.errors import UsageError
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint


def local(**options: str) -> Local:
    return Local(
        EnforcementPoint(name="x", actuator="nftables", transport="local", options=options)
    )


def test_arguments_reach_a_program_as_they_are():
    argv = ("printf", "%s|", "$(id)", "a b", "`x`", "*")
    assert local().run(Call(argv=argv)).text == "$(id)|a b|`x`|*|"


def test_input_and_status():
    assert local().run(Call(argv=("cat",), stdin="told\n")).text == "told\n"
    assert local().run(Call(argv=("false",), fine=(0, 1))).ok
    reply = local().run(Call(argv=("ls", "/no/such/place")))
    assert not reply.ok
    assert "No such file" in reply.error


def test_unless_makes_a_call_needless(tmp_path):
    mark = tmp_path / "mark"
    assert local().run(Call(argv=("touch", str(mark)), unless=("true",))).ok
    assert not mark.exists()
    assert local().run(Call(argv=("touch", str(mark)), unless=("false",))).ok
    assert mark.exists()


def test_a_program_that_does_not_end_is_ended_with_all_it_started():
    began = time.monotonic()
    reply = run_program(("sh", "-c", "sleep 60 & sleep 60"), "", (0,), timeout_s=0.3)
    assert not reply.ok
    assert "did not end" in reply.error
    assert time.monotonic() - began < 5


def test_what_is_not_there_is_said():
    assert "No such file" in run_program(("/no/such/program",), "", (0,)).error


@pytest.mark.parametrize("name", ["a/b", "-x", "", " "])
def test_a_namespace_is_a_name(name):
    if not name:
        assert local(netns=name).run(Call(argv=("true",))).ok
        return
    with pytest.raises(UsageError):
        local(netns=name)


def test_over_ssh_only_programs_of_the_list_are_run():
    far = Ssh(EnforcementPoint(name="x", actuator="nftables", transport="ssh://nobody@127.0.0.1:1"))
    assert "no program" in far.run(Call(argv=("sh", "-c", "id"))).error
    assert "line feed" in far.run(Call(argv=("nft", "a\nb"))).error
    assert "does not lie" in far.run(Call(path="../../etc/shadow")).error
    reply = far.run(Call(argv=("nft", "list", "ruleset")))  # nobody listens there
    assert not reply.ok
