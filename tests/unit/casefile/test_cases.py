import pytest

from netcordon.casefile.cases import RunRecord
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import WorkspaceError


def _record(title="Beacon from 10.0.0.5", findings=({"id": "f-1", "score": 0.9},)):
    return RunRecord(
        title=title,
        options={"since": None},
        versions={"netcordon": "0.1.0"},
        evidence_ids=["ev-1"],
        findings=list(findings),
        incidents=[{"id": "inc-1", "title": title}],
        outcome={"severity": "high"},
    )


def test_the_first_run_opens_the_case(workspace, clock):
    assert workspace.cases.cases() == ()
    run = workspace.cases.record_run(_record())
    workspace.close()
    with open_workspace(workspace.path, create=False, clock=clock, readonly=True) as reader:
        (case,) = reader.cases.cases()
        assert (case.id, case.title) == ("NC-2026-0001", "Beacon from 10.0.0.5")
        assert (case.status, case.phase) == ("open", "identification")
        assert case.runs == (run,)
        assert run.id == "run-0001"
        assert reader.cases.findings(run) == ({"id": "f-1", "score": 0.9},)
        assert reader.cases.incidents(run) == ({"id": "inc-1", "title": "Beacon from 10.0.0.5"},)


def test_a_second_run_joins_the_case_and_stores_only_what_is_new(workspace):
    first = workspace.cases.record_run(_record())
    count = workspace.journal.head().count
    second = workspace.cases.record_run(_record())
    assert workspace.journal.head().count == count + 1
    assert second.entries == first.entries
    changed = workspace.cases.record_run(_record("Spread", [{"id": "f-1", "score": 0.99}]))
    case = workspace.cases.case("NC-2026-0001")
    assert case.title == "Spread"
    assert [run.id for run in case.runs] == ["run-0001", "run-0002", "run-0003"]
    assert workspace.cases.findings(first) == ({"id": "f-1", "score": 0.9},)
    assert workspace.cases.findings(changed) == ({"id": "f-1", "score": 0.99},)
    assert workspace.journal.audit() == []


def test_an_unknown_case_is_an_error_that_lists_the_known(workspace):
    workspace.cases.record_run(_record())
    with pytest.raises(WorkspaceError) as caught:
        workspace.cases.case("NC-1999-0001")
    assert caught.value.code == "NC-509"
    assert "NC-2026-0001" in caught.value.why
