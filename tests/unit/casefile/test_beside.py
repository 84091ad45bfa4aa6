"""People write into the journal while a run holds the workspace."""

import subprocess
import sys

import pytest

from netcordon.casefile.anchor import ANCHOR_NAME, read_anchor
from netcordon.casefile.cases import RunRecord
from netcordon.casefile.lock import running
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import WorkspaceError

_WRITER = """
import sys
from datetime import UTC, datetime
from netcordon.casefile.workspace import open_workspace
clock = lambda: datetime(2026, 3, 1, tzinfo=UTC)
with open_workspace(sys.argv[1], create=False, clock=clock, beside=True) as opened:
    print("open", flush=True)
    sys.stdin.readline()
    for number in range(20):
        opened.cases.note(sys.argv[2], f"note {number}", about="case", object_id=sys.argv[2])
"""


def _record(**changes):
    return RunRecord(
        **{"title": "beacon", "options": {}, "versions": {}, "evidence_ids": [], "findings": [],
           "incidents": [], "outcome": {}, **changes}
    )  # fmt: skip


def test_a_note_is_taken_while_a_run_holds_the_workspace(workspace, clock):
    case = workspace.cases.open_new("a call at night")
    with open_workspace(workspace.path, create=False, clock=clock, beside=True) as other:
        assert other.cases.note(case.id, "spoke to the owner", about="case", object_id=case.id)
    findings = [{"id": f"f-{n}", "title": "t"} for n in range(3)]
    run = workspace.cases.record_run(_record(findings=findings))
    assert [d["id"] for d in workspace.cases.findings(run)] == ["f-0", "f-1", "f-2"]
    assert [n.text for n in workspace.cases.case(case.id).notes] == ["spoke to the owner"]
    assert workspace.journal.audit() == []


def test_writers_take_turns_and_no_number_is_given_twice(workspace):
    case = workspace.cases.open_new("many hands")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, workspace.path, case.id],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout.readline() == b"open\n"
    for writer in writers:
        writer.communicate(b"go\n", timeout=120)
        assert writer.returncode == 0
    notes = workspace.cases.case(case.id).notes
    assert sorted(n.id for n in notes) == [f"n-{n:04d}" for n in range(1, 61)]
    assert workspace.journal.audit() == []
    assert read_anchor(workspace.path / ANCHOR_NAME) == workspace.journal.head()


def test_a_turn_that_fails_adds_nothing(workspace):
    def half() -> None:
        with workspace.journal.alone():
            workspace.cases.open_new("never")
            raise RuntimeError

    head = workspace.journal.head()
    with pytest.raises(RuntimeError):
        half()
    assert workspace.journal.head() == head == read_anchor(workspace.path / ANCHOR_NAME)
    assert workspace.cases.cases() == ()


def test_beside_checks_the_end_of_the_journal(workspace, clock):
    (workspace.path / ANCHOR_NAME).write_bytes(b"changed")
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(workspace.path, create=False, clock=clock, beside=True)
    assert caught.value.code == "NC-507"


def test_who_runs_is_told_and_looking_holds_nobody_up(workspace, clock):
    assert "process" in str(running(workspace.path))
    workspace.close()
    assert running(workspace.path) is None
    open_workspace(workspace.path, create=False, clock=clock).close()
    assert running(workspace.path / "absent") is None
