"""The checklist is whole, in order, and honest about what exists."""

from __future__ import annotations

from pathlib import Path

import pytest

import netcordon
from netcordon.phases.checklist import PHASES, phase_statuses
from netcordon.phases.sheet import Phase, Status
from netcordon.workflow.gates import FACTS

IDS = (
    [f"G{n}" for n in range(1, 5)]
    + [f"P{n}" for n in range(16)]
    + [f"I{n}" for n in range(15)]
    + [f"I15{letter}" for letter in "abcdef"]
    + [f"I{n}" for n in range(16, 20)]
    + [f"C{n}" for n in range(10)]
    + [f"C9{letter}" for letter in "abcdef"]
    + [f"M{n}" for n in range(8)]
    + [f"R{n}" for n in range(5)]
    + [f"L{n}" for n in range(9)]
)
"""Every line of the sheet, in its order."""


def test_every_line_of_the_sheet_is_there_once_and_in_order() -> None:
    assert [line.id for line in phase_statuses()] == IDS


@pytest.mark.parametrize("phase", PHASES, ids=lambda p: p.title)
def test_a_phase_holds_its_own_lines_and_its_gate_names_them(phase: Phase) -> None:
    own = {line.id for line in phase.lines}
    assert all(line.id.startswith(phase.letter) for line in phase.lines)
    assert phase.number == 0 or phase.gate is not None
    gates = [gate for gate in (phase.entry, phase.gate) if gate]
    assert {c.line for gate in gates for c in gate.conditions} <= own


def test_every_condition_has_an_id_of_its_own_and_a_command_that_supplies_it() -> None:
    gates = [gate for phase in PHASES for gate in (phase.entry, phase.gate) if gate]
    conditions = [condition for gate in gates for condition in gate.conditions]
    assert len({c.id for c in conditions}) == len(conditions)
    assert all(c.command().startswith("netcordon ") for c in conditions)
    assert all(c.fact in FACTS for c in conditions if c.fact)


@pytest.mark.parametrize(
    "line", [line for phase in PHASES for line in phase.lines], ids=lambda line: line.id
)
def test_a_line_says_where_it_is_done_and_what_is_missing(line) -> None:
    root = Path(netcordon.__file__).parent
    assert [w for w in line.where if not (root / w).is_file()] == []
    assert bool(line.where) == (line.status is not Status.NOT_BUILT)
    if line.status is Status.DONE:
        assert line.missing == ""
    if line.status is Status.PARTIAL:
        assert line.missing


def test_phases_are_numbered_as_the_sheet_numbers_them() -> None:
    assert [phase.number for phase in PHASES] == list(range(7))
