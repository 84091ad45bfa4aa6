"""Whatever people type into a case is used as it is, or refused with a code; never half."""

from __future__ import annotations

import pytest
from click.exceptions import ClickException

from netcordon.casefile.workspace import open_workspace
from netcordon.errors import NetcordonError
from netcordon.interfaces.cli.main import cli
from netcordon.interfaces.cli.options import now


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    path = tmp_path_factory.mktemp("cases") / "ws"
    cli.main(["case", "new", "Start", "-w", str(path)], standalone_mode=False)
    return path


def _entries(workspace):
    with open_workspace(workspace, create=False, clock=now, readonly=True) as opened:
        return opened.journal.head().count


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["case", "new", "   "], "NC-801"),
        (["case", "new", "x" * 201], "NC-801"),
        (["case", "note", "x" * 20_001], "NC-801"),
        (["case", "note", "x", "--on", "f-nothing"], "NC-802"),
        (["case", "note", "x", "--edit", "n-0009"], "NC-802"),
        (["case", "note", "x", "--case", "NC-1-1"], "NC-509"),
        (["case", "show", "\x1b]0;x\x07"], "NC-509"),
        (["case", "assign", "\n"], "NC-801"),
        (["case", "phase", "Z"], "NC-804"),
        (["case", "phase", "identification"], "NC-804"),
        (["case", "confirm", "X1.none", "x"], "NC-802"),
        (["case", "reopen", "--reason", "x"], "NC-805"),
        (["case", "suppress", "f-1", "--until", "soon", "--reason", "x"], "NC-002"),
        (["case", "verdict", "f-1", "perhaps", "--reason", "x"], "NC-002"),
        (["allow", "add", "address", "10.0.0.300", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "prefix", "0.0.0.0/0", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "prefix", "10.0.0.1/8", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "name", "co.uk", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "name", "x' OR 1=1", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "ja4", "abc", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "user-agent", "M*", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "detector", "nothing", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "pair", "10.0.0.1", "--owner", "a", "--reason", "b"], "NC-807"),
        (["allow", "add", "address", "10.0.0.3", "--reason", "b"], "NC-801"),
        (["allow", "add", "address", "10.0.0.3", "--owner", "a"], "NC-801"),
        (["allow", "remove", "allow-0007", "--reason", "b"], "NC-808"),    ],
)  # fmt: skip
def test_bad_input_is_refused_and_nothing_is_recorded(workspace, arguments, code):
    before = _entries(workspace)
    with pytest.raises((NetcordonError, ClickException)) as caught:
        cli.main([*arguments, "-w", str(workspace)], standalone_mode=False)
    assert getattr(caught.value, "code", "NC-002") == code
    assert _entries(workspace) == before


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["address", "2001:DB8::1"], "2001:db8::1"),
        (["prefix", "10.9.0.0/24"], "10.9.0.0/24"),
        (["name", "Update.Example.ORG."], "update.example.org"),
        (["name", "fs-01"], "fs-01"),
        (["user-agent", "Patcher/1.*"], "Patcher/1.*"),
        (["detector", "recon_scan"], "recon_scan"),
        (["pair", "10.9.0.0/24", "Example.org"], "10.9.0.0/24,example.org"),
    ],
)
def test_good_input_is_kept_in_one_form(workspace, arguments, value):
    given = ["allow", "add", *arguments, "--owner", "Mia", "--reason", "known", "-w"]
    cli.main([*given, str(workspace)], standalone_mode=False)
    with open_workspace(workspace, create=False, clock=now, readonly=True) as opened:
        added = opened.allowed.all()[-1]
    assert (added.value, added.owner) == (value, "Mia")
    assert 89 <= (added.expires - added.time).days <= 90
