"""Plans as files and two plans compared, at the command line, on one small workspace."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from netcordon.casefile.plans import record_plan
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import NetcordonError
from netcordon.interfaces.cli.main import cli
from netcordon.planning.hashing import sealed
from tests.unit.planning.network import register
from tests.unit.reporting.exchange.samples import plan

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A workspace whose journal holds two plans."""
    folder = tmp_path_factory.mktemp("kept")
    first = sealed(plan())
    second = sealed(replace(plan(), measures=plan().measures[:1], posture="discreet"))
    with open_workspace(folder / "case", create=True, clock=lambda: NOW) as opened:
        for made in (first, second):
            record_plan(opened.journal, made, register())
    return folder, first, second


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    """Exit status, standard output, and the code of the error; in this process, for its time."""
    with contextlib.chdir(folder):
        done = CliRunner().invoke(cli, ["contain", *words], standalone_mode=False)
    if isinstance(done.exception, NetcordonError):
        return done.exception.exit_code, done.output, done.exception.code
    assert done.exception is None, done.exception
    return done.return_value, done.output, ""


def test_what_is_exported_holds_and_is_never_overwritten(kept):
    folder, first, _ = kept
    for name in ("p.md", "p.cacao.json", "p.openc2.json"):
        status, said, _ = run(
            folder, "export", first.id, "-o", name, "-w", "case", "--tlp", "green"
        )
        # OpenC2 has no word for slowing, which is said.
        assert (status, "cmd-6 is not in it" in said) == ((1, True) if "openc2" in name else
                                                          (0, False))  # fmt: skip
        assert oct((folder / name).stat().st_mode)[-3:] == "600"
    assert (folder / "p.md").read_text().startswith("**TLP:GREEN**")
    for name in ("p.cacao.json", "p.openc2.json"):
        assert run(folder, "check-document", name)[:2] == (
            0, ("CACAO 2.0" if "cacao" in name else "OpenC2") + ": it holds.\n"
        )  # fmt: skip
    status, _, said = run(folder, "export", first.id, "-o", "p.md", "-w", "case")
    assert (status, said) == (2, "NC-701")
    status, _, said = run(folder, "export", first.id, "-o", "p.pdf", "-w", "case")
    assert (status, said) == (2, "NC-826")


def test_a_broken_document_is_refused_with_its_place_and_nothing_acts_on_the_terminal(kept):
    folder, *_ = kept
    document = {"type": "playbook", "workflow": {"\x1b[31mred": {"type": "task"}}}
    (folder / "bad.json").write_text(json.dumps(document))
    status, said, _ = run(folder, "check-document", "bad.json")
    assert status == 1
    assert "spec_version: must be cacao-2.0" in said
    assert "\x1b" not in said
    status, said, _ = run(folder, "check-document", "bad.json", "--json")
    told = json.loads(said)
    assert (status, told["kind"], told["holds"]) == (1, "CACAO 2.0", False)
    status, _, said = run(folder, "check-document", "nowhere.json")
    assert (status, said) == (2, "NC-837")


def test_two_plans_are_compared(kept):
    folder, first, second = kept
    status, said, _ = run(folder, "diff", first.id, second.id, "-w", "case", "--json")
    told = json.loads(said)
    assert status == 1
    assert told["reasons"] == ["posture was fast, is discreet"]
    assert {part["what"] for part in told["parts"]} == {"measures"}
    assert run(folder, "diff", first.id, first.id, "-w", "case")[0] == 0
    status, _, said = run(folder, "diff", first.id, "plan-0000000000", "-w", "case")
    assert (status, said) == (2, "NC-823")
