"""A restricted case does not exist for others, and their asking is on record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from netcordon.casefile import compartments as kept
from netcordon.casefile.cases import CaseBook, RunRecord
from netcordon.casefile.workspace import Workspace
from netcordon.errors import WorkspaceError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _record(book: CaseBook, title: str, evidence_id: str, case_id: str | None = None) -> str:
    run = RunRecord(
        title=title, options={}, versions={}, evidence_ids=[evidence_id],
        findings=[{"id": f"f-{title}"}], incidents=[], outcome={}, case_id=case_id,
    )  # fmt: skip
    return book.record_run(run).case_id


def _said(book: CaseBook, case_id: str) -> str:
    with pytest.raises(WorkspaceError) as error:
        book.case(case_id)
    assert error.value.code == "NC-509"
    return str(error.value).replace(case_id, "CASE")


def test_others_see_nothing_of_it_in_the_words_of_a_case_that_is_not_there(workspace) -> None:
    journal = workspace.journal
    denied: list[str] = []
    everybody = CaseBook(journal, lambda: NOW)
    secret = _record(everybody, "insider", "ev-1")
    kept.restrict(journal, secret, ["legal"], ["M. Ole"], "an insider")
    analyst = CaseBook(journal, lambda: NOW, viewer="analyst", denied=denied.append)
    legal = CaseBook(journal, lambda: NOW, viewer="legal", denied=denied.append)

    assert [case.id for case in legal.cases()] == [secret]
    assert analyst.cases() == ()
    assert _said(analyst, secret) == _said(analyst, "NC-2026-0099")
    assert denied == [secret]
    assert analyst.finding("f-insider") is None
    assert legal.finding("f-insider") is not None
    assert analyst.known_findings() == frozenset()
    assert analyst.hidden_evidence() == {"ev-1"}
    assert legal.hidden_evidence() == frozenset()

    other = _record(analyst, "other", "ev-2")
    assert other != secret, "a run of his does not join a case that he may not know of"
    assert [case.title for case in analyst.cases()] == ["other"]
    assert analyst.runs() == 2, "reports are numbered over all runs, so that none is overwritten"
    _record(analyst, "other", "ev-1", other)
    assert analyst.hidden_evidence() == frozenset(), "he handed it in himself"

    kept.release(journal, secret, "closed")
    assert {case.id for case in analyst.cases()} == {secret, other}


def test_the_log_keeps_requests_and_attempts_over_a_change_of_readers(workspace) -> None:
    journal = workspace.journal
    secret = _record(workspace.cases, "insider", "ev-1")
    kept.note_attempt(journal, secret)
    assert kept.compartments(journal) == {}, "nothing was restricted yet"
    kept.restrict(journal, secret, ["nobody-of-this-name"], [], "an insider")
    _said(workspace.cases, secret)
    kept.request(journal, secret, "HR", "letter 7")
    kept.restrict(journal, secret, ["legal", "hr"], ["M. Ole"], "an insider")
    one = kept.compartments(journal)[secret]
    assert one.readers == ("legal", "hr")
    assert [r.reference for r in one.requests] == ["letter 7"]
    assert len(one.attempts) == 1
    assert journal.audit() == []


def test_a_case_that_nobody_restricted_is_everybodys(workspace: Workspace) -> None:
    case = _record(workspace.cases, "plain", "ev-1")
    assert workspace.cases.case(case).title == "plain"
    assert workspace.cases.known_findings() is None
    _said(workspace.cases, "NC-2026-0099")
    assert list(workspace.journal.entries((kept.DENIED,))) == []
