"""A compromised computer gets its sheet, its steps count, and memory comes before isolation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.phases.intrusion import MEMORY, SHEETS, system_of
from netcordon.workflow import gates
from netcordon.workflow.casework import new_case
from netcordon.workflow.taken_hosts import _announced, do_step, mark_taken, memory_first, sheets
from tests.cases import evidence


def _clock() -> datetime:
    return datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    new_case(tmp_path / "ws", "A case", phase="identification", source="", clock=_clock)
    return tmp_path / "ws"


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda s: s.number)
def test_a_sheet_begins_with_memory_and_goes_through_its_parts_in_order(sheet) -> None:
    assert sheet.steps[0].id == MEMORY
    assert len({step.id for step in sheet.steps}) == len(sheet.steps)
    order = ["collect", "analyse", "remove", "restore"]
    places = [order.index(step.part) for step in sheet.steps]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("hint", "system"),
    [("Windows 10.0 build 19041", "windows"), ("MSFT 5.0", "windows"), ("Samba 4.17", "linux"),
     ("dhcpcd-9.4.1:Linux-6.1", "linux"), ("Windows on Linux", ""), ("printer", ""), ("", "")],
)  # fmt: skip
def test_the_system_is_told_by_what_a_host_announces(hint: str, system: str) -> None:
    assert system_of(hint) == system


def test_hints_of_the_evidence_are_read_and_their_lack_is_said(tmp_path: Path) -> None:
    rows = [
        {"ip": "10.1.0.17", "os_hint": "printer", "first_seen_time": 1, "last_seen_time": 1},
        {"ip": "10.1.0.17", "os_hint": "MSFT 5.0", "first_seen_time": 1, "last_seen_time": 2},
        {"ip": "10.1.0.18", "os_hint": "printer", "first_seen_time": 1, "last_seen_time": 1},
    ]
    with evidence.engine({"host_identity": rows}, tmp_path) as engine:
        assert _announced(engine, "10.1.0.17") == ("windows", "it announced MSFT 5.0")
        with pytest.raises(UsageError, match="announced printer"):
            _announced(engine, "10.1.0.18")
        with pytest.raises(UsageError, match="announced nothing"):
            _announced(engine, "10.1.0.19")


def test_steps_are_recorded_and_count_in_the_gate(workspace: Path) -> None:
    made = mark_taken(workspace, None, "10.1.0.17", "linux", clock=_clock)
    assert made.sheet.number == "IRM-3"
    assert len(made.open) == len(made.sheet.steps)

    def met() -> str:
        with open_workspace(workspace, create=False, clock=_clock, readonly=True) as opened:
            case = opened.cases.cases()[0]
            return gates.FACTS["sheets"](gates.known(opened, case))

    assert met() == ""
    for step in made.sheet.steps:
        assert met() == ""
        one = do_step(workspace, None, "10.1.0.17", step.id, "done", clock=_clock)
    assert one.open == ()
    assert met() == f"{len(made.sheet.steps)} steps on 1 computer"
    mark_taken(workspace, None, "10.1.0.18", "windows", clock=_clock)
    assert met() == ""
    assert [s.host.ip for s in sheets(workspace, None, clock=_clock)] == ["10.1.0.17", "10.1.0.18"]


def test_isolating_before_the_memory_was_saved_asks_for_a_reason(workspace: Path) -> None:
    mark_taken(workspace, None, "10.1.0.17", "windows", clock=_clock)
    with open_workspace(workspace, create=False, clock=_clock, beside=True) as opened:
        case = opened.cases.cases()[0].id
        with pytest.raises(UsageError, match="NC-952"):
            memory_first(opened, case, "10.1.0.17", "")
        memory_first(opened, case, "10.1.0.17", "it encrypts files right now")
        memory_first(opened, case, "10.1.0.99", "")
    do_step(workspace, None, "10.1.0.17", MEMORY, "on disk 7", clock=_clock)
    with open_workspace(workspace, create=False, clock=_clock, readonly=True) as opened:
        memory_first(opened, case, "10.1.0.17", "")


@pytest.mark.parametrize(
    ("address", "step", "note", "code"),
    [
        ("10.1.0.17", "nonsense", "x", "NC-951"),
        ("10.1.0.18", MEMORY, "x", "NC-951"),
        ("host", MEMORY, "x", "NC-950"),
        ("10.1.0.17", MEMORY, " ", "NC-801"),
    ],
)
def test_what_cannot_be_recorded_says_why(workspace, address, step, note, code) -> None:
    mark_taken(workspace, None, "10.1.0.17", "windows", clock=_clock)
    with pytest.raises(UsageError, match=code):
        do_step(workspace, None, address, step, note, clock=_clock)
