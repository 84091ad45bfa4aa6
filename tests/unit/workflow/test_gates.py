"""A gate opens on what the case shows, or on a person's word, and on nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from netcordon.casefile.cases import RunRecord
from netcordon.casefile.lookups import ScopeRecord, record_scope
from netcordon.casefile.plans import record_plan
from netcordon.casefile.workspace import open_workspace
from netcordon.model.casework import Ruling
from netcordon.model.plan import Cell, CellState
from netcordon.model.register import Register
from netcordon.phases.checklist import SIX
from netcordon.planning.hashing import sealed
from netcordon.workflow import gates
from tests.unit.reporting.exchange import samples

FINDING = {"id": "f-1", "detector": "c2_beaconing", "severity": "high"}
INCIDENT = {
    "id": "inc-1", "finding_ids": ["f-1"], "techniques": ["T1071.001"],
    "victims": [{"ip": "10.0.0.5", "internal": True}],
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path):
    def clock():
        return datetime(2026, 3, 1, tzinfo=UTC)

    with open_workspace(tmp_path / "ws", create=True, clock=clock) as opened:
        yield opened


def _run(workspace, *evidence_ids, not_seen=3):
    workspace.cases.record_run(
        RunRecord(
            title="x", options={}, versions={}, evidence_ids=evidence_ids, findings=[FINDING],
            incidents=[INCIDENT], outcome={"not_seen": not_seen, "set_aside": {}},
        )
    )  # fmt: skip


def _scope(workspace, subject, *evidence_ids):
    record = ScopeRecord(
        subject=subject, finding_ids=["f-1"], shapes=[], left_out=[], hosts=1, new_hosts=0,
        hosts_named=[], evidence_ids=evidence_ids, versions={},
    )  # fmt: skip
    record_scope(workspace.journal, record)


def _missing(workspace, target=2):
    (case,) = workspace.cases.cases()
    conditions = gates.between(gates.phase_of(case), SIX[target])
    checks = gates.checked(conditions, gates.known(workspace, case))
    return [check.condition.id for check in checks if not check.met_by]


def _commands(workspace):
    (case,) = workspace.cases.cases()
    checks = gates.checked(gates.between(SIX[1], SIX[2]), gates.known(workspace, case))
    return [check.command for check in checks]


def test_a_complete_case_passes_and_each_part_counts(workspace):
    case_id = workspace.cases.open_new("x").id
    everything = ["I16.machines", "I16.techniques", "I0.scope", "I13.unknowns", "C0.lead"]
    assert _missing(workspace) == everything
    _run(workspace, "ev-1", not_seen=0)
    assert _missing(workspace) == ["I0.scope", "C0.lead"]
    assert "netcordon scope inc-1" in _commands(workspace)
    workspace.cases.assign(case_id, "Mia")
    _scope(workspace, "inc-1", "ev-1")
    assert _missing(workspace) == []


def test_a_scope_query_counts_for_its_case_and_its_evidence_only(workspace):
    _run(workspace, "ev-1")
    _scope(workspace, "inc-other", "ev-1")
    assert "I0.scope" in _missing(workspace)
    _scope(workspace, "f-1", "ev-1")
    assert "I0.scope" not in _missing(workspace)
    _run(workspace, "ev-1", "ev-2")
    assert "I0.scope" in _missing(workspace)
    _scope(workspace, "f-1", "ev-2")
    assert "I0.scope" not in _missing(workspace)


def test_a_false_alarm_impacts_nobody(workspace):
    _run(workspace, "ev-1")
    workspace.triage.judge("f-1", "c2_beaconing", Ruling.FALSE, "a drill")
    assert {"I16.machines", "I16.techniques"} <= set(_missing(workspace))
    workspace.triage.judge("f-1", "c2_beaconing", Ruling.TRUE, "after all")
    assert not {"I16.machines", "I16.techniques"} & set(_missing(workspace))


def test_a_word_on_record_opens_a_gate(workspace):
    case_id = workspace.cases.open_new("x").id
    workspace.cases.state(case_id, "I16.machines", "PC-042, seen by its user")
    assert "I16.machines" not in _missing(workspace)
    (case,) = workspace.cases.cases()
    checks = gates.checked(gates.between(SIX[1], SIX[2]), gates.known(workspace, case))
    assert checks[0].met_by.endswith(": PC-042, seen by its user")


def test_every_gate_on_the_way_is_asked(workspace):
    _run(workspace, "ev-1")
    missing = _missing(workspace, target=5)
    assert {"C2.verified", "M0.ruled", "M7.approvals", "R1.traffic", "L1.rulings"} <= set(missing)
    assert not any(c.startswith(("P", "L0")) for c in missing)
    assert [c.id for c in gates.between(SIX[5], None)] == [
        "L0.review", "L1.report", "L8.improvements",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [("C", "containment"), ("rec", "recovery"), ("Lessons-Learned", "lessons learned"),
     ("p", "preparation"), ("", None), ("x", None), ("containment phase", None)],
)  # fmt: skip
def test_a_phase_is_known_by_letter_name_or_beginning(text, name):
    found = gates.phase_named(text)
    assert (found.name if found else None) == name


def test_a_plan_without_gaps_shows_that_every_channel_has_an_action(workspace):
    _run(workspace, "ev-1")
    (case,) = workspace.cases.cases()
    cell = Cell(way_id="way-1", boundary="edge", state=CellState.GAP)
    for state, shown in (
        (CellState.GAP, ""), (CellState.CUT, "no gap in 1 field"),
        (CellState.LEFT, "plain left open way-1"),
    ):  # fmt: skip
        made = replace(samples.plan(), case_id=case.id, coverage=(replace(cell, state=state),))
        record_plan(workspace.journal, sealed(made), Register())
        assert shown in gates.known(workspace, case).plan.planned
        assert bool(shown) is bool(gates.known(workspace, case).plan.planned)
