"""What people do with cases is appended to the journal, and the fold of it is the state."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from netcordon.casefile.cases import RunRecord, latest_open
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import WorkspaceError
from netcordon.model.casework import Ruling


def _record(title, case_id=None):
    return RunRecord(
        title=title, options={}, versions={}, evidence_ids=["ev-1"], findings=[], incidents=[],
        outcome={}, case_id=case_id,
    )  # fmt: skip


def test_a_run_joins_the_latest_open_case_and_leaves_its_given_title(workspace):
    book = workspace.cases
    first, second = book.open_new("One"), book.open_new("Two")
    assert book.record_run(_record("Beacon")).case_id == second.id
    assert book.record_run(_record("Scan", first.id)).case_id == first.id
    assert [case.title for case in book.cases()] == ["One", "Two"]
    book.close(second.id, Ruling.FALSE, "test", missing=())
    assert latest_open(book.cases()).id == first.id
    book.close(first.id, Ruling.FALSE, "test", missing=())
    third = book.record_run(_record("Beacon"))
    assert third.case_id not in (first.id, second.id)
    assert book.case(third.case_id).title == "Beacon"
    assert [run.id for case in book.cases() for run in case.runs] == [
        "run-0002", "run-0001", "run-0003",
    ]  # fmt: skip


def test_an_edited_note_keeps_what_it_said(workspace, clock):
    book = workspace.cases
    case, other = book.open_new("One"), book.open_new("Two")
    ids = [book.note(case.id, f"text {n}", about="case", object_id=case.id) for n in range(2)]
    ids.append(book.note(other.id, "elsewhere", about="address", object_id="10.0.0.1"))
    assert ids == ["n-0001", "n-0002", "n-0003"]
    before = workspace.journal.head().count
    book.edit_note(case.id, "n-0001", "better")
    assert workspace.journal.head().count == before + 1
    workspace.close()
    with open_workspace(workspace.path, create=False, clock=clock, readonly=True) as reader:
        first, second = reader.cases.case(case.id).notes
        assert [w.text for w in first.wordings] == ["text 0", "better"]
        assert (first.text, second.text) == ("better", "text 1")
        assert first.wordings[0].time < first.wordings[1].time
        assert reader.journal.audit() == []


def test_a_changed_note_is_named_by_entry_and_field(workspace, clock):
    case = workspace.cases.open_new("One")
    workspace.cases.note(case.id, "innocent", about="case", object_id=case.id)
    workspace.close()
    with sqlite3.connect(workspace.path / "case.sqlite") as store:
        store.execute(
            "UPDATE journal_entry SET payload = replace(payload, 'innocent', 'Innocent') "
            "WHERE kind = 'case.noted'"
        )
    store.close()
    with open_workspace(workspace.path, create=False, clock=clock, readonly=True) as reader:
        (defect,) = reader.journal.audit()
        assert (defect.seq, defect.field) == (3, "payload")
        with pytest.raises(WorkspaceError) as caught:
            reader.cases.cases()
        assert caught.value.code == "NC-507"


def test_moves_statements_and_closings_are_kept_in_order(workspace):
    book = workspace.cases
    case_id = book.open_new("One").id
    book.assign(case_id, "Mia")
    book.state(case_id, "I0.scope", "asked the proxy")
    book.move(case_id, "containment", reason="spreading", missing=["I16.machines: …"])
    book.move(case_id, "identification", reason="more hosts", missing=())
    book.close(case_id, Ruling.BENIGN, "a test", missing=())
    book.reopen(case_id, "it goes on")
    case = book.case(case_id)
    assert (case.phase, case.status, case.assignee) == ("identification", "open", "Mia")
    assert [(m.origin, m.target, m.forced) for m in case.moves] == [
        ("identification", "containment", True), ("containment", "identification", False),
    ]  # fmt: skip
    assert [c.ruling for c in case.closings] == [Ruling.BENIGN, None]
    assert case.statements[0].text == "asked the proxy"


def test_a_suppression_ends_by_itself_and_by_hand(workspace):
    triage, now = workspace.triage, datetime(2026, 3, 2, tzinfo=UTC)
    triage.suppress("f-1", now + timedelta(days=1), "known")
    triage.suppress("f-2", now + timedelta(days=1), "known")
    assert set(triage.suppressions(now)) == {"f-1", "f-2"}
    assert triage.suppressions(now + timedelta(days=1)) == {}
    triage.restore("f-2", "no longer known")
    assert set(triage.suppressions(now)) == {"f-1"}


def test_the_latest_ruling_holds(workspace):
    workspace.triage.judge("f-1", "recon_scan", Ruling.FALSE, "noise")
    workspace.triage.judge("f-1", "recon_scan", Ruling.TRUE, "looked again")
    assert workspace.triage.judgements()["f-1"].ruling is Ruling.TRUE
    assert len(list(workspace.journal.entries(("finding.judged",)))) == 2


def test_an_allowance_is_ended_by_time_and_by_hand(workspace):
    now = datetime(2026, 3, 2, tzinfo=UTC)
    given = {"what": "address", "value": "10.0.0.5", "owner": "Mia", "reason": "x", "detector": ""}
    one = workspace.allowed.add(**given, expires=now + timedelta(days=1))
    two = workspace.allowed.add(**given, expires=now + timedelta(days=1))
    assert (one.id, two.id) == ("allow-0001", "allow-0002")
    assert one.in_force(now)
    assert not one.in_force(now + timedelta(days=1))
    workspace.allowed.remove(two.id, "moved")
    assert [a.in_force(now) for a in workspace.allowed.all()] == [True, False]
