"""The report tells of plans what became of them, and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from netcordon.casefile.actions import record_changes, record_done
from netcordon.casefile.plans import record_plan
from netcordon.casefile.workspace import open_workspace
from netcordon.model.contained import ContainedPlan
from netcordon.model.enforced import ActionState, Change
from netcordon.model.register import Register
from netcordon.workflow.contained import contained, measure_lines
from tests.unit.reporting.exchange import samples

AT = datetime(2026, 3, 1, tzinfo=UTC)


def told(folder: Path, *states: ActionState) -> tuple[ContainedPlan, ...]:
    plan = samples.plan()
    device = next(m for m in plan.measures if m.commands)
    person = next((m for m in plan.measures if not m.commands), None)
    with open_workspace(folder / "ws", create=True, clock=lambda: AT) as opened:
        record_plan(opened.journal, plan, Register())
        record_changes(
            opened.journal,
            [
                Change(
                    id=f"c{n}", case_id=plan.case_id, plan_id=plan.id, measure_id=device.id,
                    command_id=device.commands[0].id, point="fw", state=state,
                    time=AT + timedelta(minutes=n), why=f"why {n}",
                    expires_time=AT + timedelta(hours=1),
                )
                for n, state in enumerate(states)
            ],
        )  # fmt: skip
        if states and person is not None:
            record_done(opened.journal, plan.id, person.id, "typed")
        return contained(opened.journal, plan.case_id)


def test_a_plan_alone_is_told_as_planned(tmp_path: Path) -> None:
    (plan,) = told(tmp_path)
    assert not plan.begun
    assert plan.rehearsed is None
    assert {measure.states for measure in plan.measures} == {()}


def test_the_last_state_counts_with_its_reason(tmp_path: Path) -> None:
    (plan,) = told(tmp_path, ActionState.APPLYING, ActionState.ACTIVE, ActionState.FAILED)
    measure = next(m for m in plan.measures if not m.by_people)
    assert plan.begun
    assert measure.states == ("failed",)
    assert measure.why == "why 2"
    assert measure.until is None  # what failed holds nothing


def test_until_is_told_of_what_stands(tmp_path: Path) -> None:
    (plan,) = told(tmp_path, ActionState.APPLYING, ActionState.VERIFIED)
    measure = next(m for m in plan.measures if not m.by_people)
    assert (measure.states, measure.until) == (("verified",), AT + timedelta(hours=1))
    assert [m.states for m in plan.measures if m.by_people][:1] in ([], [("done",)])


def test_a_situation_report_has_a_line_of_what_was_touched_and_none_of_the_rest(
    tmp_path: Path,
) -> None:
    (plan,) = told(tmp_path, ActionState.APPLYING, ActionState.VERIFIED)
    with open_workspace(tmp_path / "ws", create=False, clock=lambda: AT) as opened:
        lines = list(measure_lines(opened.journal, samples.plan().case_id))
    touched = [measure for measure in plan.measures if measure.states]
    assert len(lines) == len(touched) < len(plan.measures) + 1
    assert "verified, until 2026-03-01 01:00 UTC (why 1)" in "".join(lines)
