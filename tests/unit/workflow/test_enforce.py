"""Enforcement as a job, on devices for drills and files: gate, ledger, time, hands, two at once."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from netcordon.casefile.plans import record_plan
from netcordon.casefile.workspace import CONFIG_NAME, open_workspace
from netcordon.enforcement.device import Aim, Pending
from netcordon.errors import NetcordonError, UsageError, WorkspaceError
from netcordon.interfaces.cli.contain import command as contain
from netcordon.model.actuator import Site
from netcordon.model.enforced import ActionState
from netcordon.model.in_force import Kind
from netcordon.model.register import EnforcementPoint
from netcordon.planning.hashing import sealed
from netcordon.workflow.confirm import confirm
from netcordon.workflow.in_force import ledger, reconcile, status
from netcordon.workflow.orphans import see_to_orphans
from netcordon.workflow.plan_facts import plan_facts
from netcordon.workflow.task_done import task_done
from netcordon.workflow.undo import undo
from tests.engines.force import CASE, Force, approved, block, measure, now, plan, register

HOME, NET = "203.0.113.7/32", "198.51.100.0/24"


def points(folder: Path) -> tuple[EnforcementPoint, ...]:
    (folder / "served").mkdir(exist_ok=True)
    return (
        EnforcementPoint(
            name="fw", actuator="rehearsal_double", transport=f"double:{folder / 'fw.json'}"
        ),
        EnforcementPoint(
            name="list", actuator="block_list", transport=f"file:{folder / 'served'}"
        ),
        EnforcementPoint(
            name="switch", actuator="cisco_ios",
            options={"out": "OUT", "in": "IN", "out6": "OUT6", "in6": "IN6"},
        ),
    )  # fmt: skip


def force(folder: Path, *commands: object, name: str = "a", case_id: str = CASE) -> Force:
    known = register(*points(folder))
    made = plan(known, *[measure(n, c) for n, c in enumerate(commands, 1)], case_id=case_id)  # type: ignore[arg-type]
    return replace(approved(folder / name, folder / "state", known, made), guarded=False)


def served(folder: Path) -> str:
    return (folder / "served" / "netcordon.txt").read_text()


def states(here: Force) -> dict[str, ActionState]:
    shown = status(here.workspace, here.plan.id, here.devices())
    return {row.command_id: row.state for row in shown.rows}


def test_a_plan_that_nobody_approved_is_refused_in_words(tmp_path):
    here = force(tmp_path, block(1, HOME))
    other = plan(register(*points(tmp_path)), measure(1, block(7, NET)))
    with open_workspace(here.workspace, create=False, clock=now, beside=True) as opened:
        record_plan(opened.journal, other, register(*points(tmp_path)))
    with pytest.raises(UsageError) as error:
        replace(here, plan=other).enforce()
    assert error.value.code == "NC-840"
    assert "IT" in error.value.why
    assert not (tmp_path / "fw.json").exists()


def test_an_entry_that_somebody_took_from_a_list_is_missed(tmp_path):
    here = force(tmp_path, block(1, HOME, point="list"), block(2, NET, point="list"))
    assert here.enforce().holds
    file = tmp_path / "served" / "netcordon.txt"
    file.write_text("".join(f"{x}\n" for x in served(tmp_path).splitlines() if x != "203.0.113.7"))
    found = reconcile(here.workspace, here.devices(), repair=False)
    assert [(d.command_id, d.kind) for d in found.drifts] == [("cmd-1", Kind.LOST)]


def test_a_deadline_is_shown_with_the_plan_that_it_waits_for(tmp_path):
    here = force(tmp_path, block(1, HOME))
    known = register(*points(tmp_path))
    other = plan(known, measure(1, block(1, NET)))
    with open_workspace(here.workspace, create=False, clock=now, beside=True) as opened:
        record_plan(opened.journal, other, known)
    replace(here, guarded=True).enforce(confirmed=False, window_s=30)
    waits = {
        name: [
            row.deadline is not None for row in status(here.workspace, name, here.devices()).rows
        ]
        for name in (here.plan.id, other.id)
    }
    assert waits == {here.plan.id: [True], other.id: [False]}
    confirm(here.workspace, here.plan.id, here.devices())


def test_state_goes_from_draft_to_undone(tmp_path):
    here = force(tmp_path, block(1, HOME), block(2, HOME, point="list"))
    assert set(states(here).values()) == {ActionState.APPROVED}
    assert here.enforce().holds
    assert set(states(here).values()) == {ActionState.ACTIVE}
    assert "203.0.113.7\n" in served(tmp_path)
    undo(here.workspace, None, here.devices(), only=["cmd-2"])
    assert states(here) == {"cmd-1": ActionState.ACTIVE, "cmd-2": ActionState.UNDONE}
    assert served(tmp_path) == ""
    undo(here.workspace, None, here.devices())
    assert set(states(here).values()) == {ActionState.UNDONE}
    with pytest.raises(UsageError) as error:
        undo(here.workspace, None, here.devices())
    assert error.value.code == "NC-847"


def test_two_cases_share_a_list_and_neither_takes_the_others_entries(tmp_path):
    one = force(tmp_path, block(1, HOME, point="list"))
    two = force(tmp_path, block(1, NET, point="list"), name="b", case_id="NC-2026-0002")
    children = []
    for each in (one, two):
        child = os.fork()
        if not child:
            done = 1
            try:
                done = int(not each.enforce().holds)
            finally:
                os._exit(done)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert "203.0.113.7\n" in served(tmp_path)
    assert "198.51.100.0/24\n" in served(tmp_path)
    assert len(ledger(one.devices())[0]) == 2
    undo(one.workspace, None, one.devices())
    assert "203.0.113.7" not in served(tmp_path)
    assert "198.51.100.0/24\n" in served(tmp_path)
    assert reconcile(two.workspace, two.devices(), repair=False).is_sound


def test_another_workspace_with_the_same_case_is_refused(tmp_path):
    force(tmp_path, block(1, HOME)).enforce()
    with pytest.raises(WorkspaceError) as error:
        force(tmp_path, block(1, NET), name="b").enforce()
    assert error.value.code == "NC-849"


def test_what_waits_for_its_confirmation_is_nobody_elses_business(tmp_path):
    one = force(tmp_path, block(1, HOME, point="list"))
    two = force(tmp_path, block(1, NET, point="list"), name="b", case_id="NC-2026-0002")
    replace(one, guarded=True).enforce(confirmed=False, window_s=30)
    with pytest.raises(WorkspaceError) as error:
        two.enforce()
    assert error.value.code == "NC-841"
    assert "waits for its confirmation" in error.value.why
    assert confirm(one.workspace, None, one.devices()).stands == ("list",)
    assert two.enforce().holds


def test_over_its_time_is_taken_back_by_whoever_comes(tmp_path):
    here = force(tmp_path, block(1, HOME), block(2, HOME, point="list", duration_s=60))
    here.enforce()

    def later() -> datetime:
        return now() + timedelta(seconds=61)

    shown = status(here.workspace, None, here.devices(later))
    assert [(d.command_id, d.kind, d.settled) for d in shown.drifts] == [
        ("cmd-2", Kind.EXPIRED, "taken back")
    ]
    assert served(tmp_path) == ""
    assert states(here) == {"cmd-1": ActionState.ACTIVE, "cmd-2": ActionState.UNDONE}


def test_one_timer_sees_to_all_cases_of_a_user(tmp_path):
    one = force(tmp_path, block(1, HOME, duration_s=60))
    two = force(tmp_path, block(1, NET, point="list"), name="b", case_id="NC-2026-0002")
    assert one.enforce().holds
    assert two.enforce().holds
    found = reconcile(None, two.devices(lambda: now() + timedelta(seconds=61)), repair=False)
    assert [(d.case_id, d.kind, d.settled) for d in found.drifts] == [
        (CASE, Kind.EXPIRED, "taken back")
    ]
    assert one.changes()[-1].state is ActionState.UNDONE
    assert [row.case_id for row in ledger(one.devices())[0]] == ["NC-2026-0002"]


def test_a_person_types_and_says_so(tmp_path):
    here = force(tmp_path, block(1, HOME), block(2, NET, point="switch"))
    found = replace(here, guarded=True).enforce(confirmed=False, window_s=30)
    typed = next(d.typed for d in found.devices if d.point == "switch")
    assert "ip access-list extended" in typed
    first = confirm(here.workspace, None, here.devices())
    assert (first.stands, first.by_hand) == (("fw",), ("switch",))
    assert states(here)["cmd-2"] is ActionState.APPLYING
    assert confirm(here.workspace, None, here.devices(), points=["switch"]).stands == ("switch",)
    assert states(here)["cmd-2"] is ActionState.ACCEPTED
    gone = undo(here.workspace, None, here.devices(), only=["cmd-2"])
    assert gone.devices[0].typed
    assert states(here)["cmd-2"] is ActionState.EXPIRING
    with pytest.raises(UsageError, match="No device waits") as nobody_typed:
        confirm(here.workspace, None, here.devices())
    assert nobody_typed.value.code == "NC-843"
    assert "--at switch" in nobody_typed.value.hint
    assert states(here)["cmd-2"] is ActionState.EXPIRING
    confirm(here.workspace, None, here.devices(), points=["switch"])
    assert states(here)["cmd-2"] is ActionState.UNDONE


def test_what_people_must_do_first_they_do_first(tmp_path):
    known = register(*points(tmp_path))
    memory = replace(measure(1), title="Copy the memory")
    made = plan(known, memory, measure(2, block(1, HOME), after=("msr-1",)))
    here = approved(tmp_path / "a", tmp_path / "state", known, made)
    with pytest.raises(UsageError) as error:
        here.enforce()
    assert error.value.code == "NC-842"
    assert "Copy the memory" in error.value.why
    with pytest.raises(UsageError):
        task_done(here.workspace, ["msr-2"], plan_id=None, note="", clock=now)
    task_done(here.workspace, ["msr-1"], plan_id=None, note="on stick 4", clock=now)
    found = here.enforce()
    assert found.holds
    assert [(task.measure_id, bool(task.done)) for task in found.tasks] == [("msr-1", True)]


def test_what_is_protected_since_the_plan_was_made_is_protected(tmp_path):
    here = force(tmp_path, block(1, HOME))
    with (here.workspace / CONFIG_NAME).open("a") as config:
        config.write('\n[[never_block]]\naddress = "203.0.113.7"\nreason = "bought since"\n')
    with pytest.raises(WorkspaceError) as error:
        here.enforce()
    assert error.value.code == "NC-845"


def test_rules_that_are_not_those_that_were_approved_are_refused(tmp_path):
    known = register(*points(tmp_path))
    made = plan(known, measure(1, block(1, HOME)))
    other = replace(made.rules[0], do=made.rules[0].do + "hold everything\n")
    here = approved(
        tmp_path / "a", tmp_path / "state", known, sealed(replace(made, rules=(other,)))
    )
    with pytest.raises(WorkspaceError) as error:
        here.enforce()
    assert error.value.code == "NC-845"


def test_what_the_dead_left_is_cleared_by_the_next_command(tmp_path):
    here = force(tmp_path, block(1, HOME))
    here.enforce()
    records = here.devices().records
    (device,) = records.all()
    left = Pending(
        run="dead", aim=Aim.PUT, outstanding=device.standing, touched=True, deadline=now(),
        site=Site(point=device.point, boundaries=(), case_id=CASE),
        revert=here.devices().actuator(device).revert(
            here.devices().actuator(device).render(
                [each.command for each in device.standing], device.at(CASE, ["cmd-1"])
            ),
            device.at(CASE, ["cmd-1"]),
        ),
    )  # fmt: skip
    records.save(replace(device, pending=left, standing=()))
    assert see_to_orphans(now, {"NETCORDON_STATE": str(here.state)}) == ()
    assert json.loads((tmp_path / "fw.json").read_text())["held"] == {}
    assert here.changes()[-1].state is ActionState.ROLLED_BACK


def test_a_journal_that_cannot_be_written_learns_of_it_later(tmp_path):
    here = force(tmp_path, block(1, HOME))
    here.enforce()
    moved = tmp_path / "moved"
    here.workspace.rename(moved)
    devices = here.devices()
    (device,) = devices.records.all()
    devices.records.save(device.noting(device.standing, ActionState.DRIFTED, now(), "test"))
    assert any("does not know of it yet" in problem for problem in devices.tell())
    moved.rename(here.workspace)
    assert devices.tell() == ()
    assert here.changes()[-1].state is ActionState.DRIFTED
    assert devices.records.all()[0].outbox == ()


def test_the_gate_hears_when_every_command_was_seen_to_work(tmp_path):
    here = force(tmp_path, block(1, HOME), block(2, NET))
    here.enforce()

    def verified() -> str:
        with open_workspace(here.workspace, create=False, clock=now, readonly=True) as opened:
            return plan_facts(opened.journal, CASE).verified

    for number in range(2):
        assert verified() == ""
        devices = here.devices()
        (device,) = devices.records.all()
        seen = device.standing[number : number + 1]
        devices.records.save(device.noting(seen, ActionState.VERIFIED, now(), "traffic"))
        assert devices.tell() == ()
    assert here.plan.id in verified()


def test_a_damaged_ledger_is_an_error_and_not_an_empty_one(tmp_path):
    here = force(tmp_path, block(1, HOME))
    here.enforce()
    (file,) = (tmp_path / "state" / "devices").glob("*.json")
    file.write_text('{"key": 1}')
    with pytest.raises(NetcordonError) as error:
        ledger(here.devices())
    assert error.value.code == "NC-844"


def run(here: Force, *argv: str) -> tuple[int, str]:
    environ = {"NETCORDON_STATE": str(here.state), "COLUMNS": "100"}
    named = [*argv, "-w", str(here.workspace)] if argv[0] != "ledger" else list(argv)
    done = CliRunner(env=environ).invoke(contain, named, standalone_mode=False)
    assert done.exception is None or isinstance(done.exception, NetcordonError), done.exception
    return (done.return_value if done.exception is None else 4), done.stdout


@pytest.mark.parametrize("as_json", [False, True])
def test_at_the_command_line(tmp_path, as_json):
    here = force(tmp_path, block(1, HOME), block(2, NET, point="switch"))
    more = ["--json"] if as_json else []
    steps: Sequence[tuple[Sequence[str], int, str]] = (
        (["enforce", "--window", "30s"], 0, "deadline" if as_json else "Confirm"),
        (["confirm"], 0, '"stands"' if as_json else "Confirmed"),
        (["status"], 0, '"applying"' if as_json else "applying"),
        (["reconcile"], 0, '"drifts"' if as_json else "agree"),
        (["ledger"], 0, "cmd-1"),
        (["undo", "--only", "msr-1", "--reason", "enough"], 0, "cmd-1"),
        (["status"], 0, "undone"),
    )
    for argv, expected, said in steps:
        exit_status, out = run(here, *argv, *more)
        assert exit_status == expected, (argv, out)
        assert said in out, (argv, out)
        if as_json:
            json.loads(out)
        else:
            assert all(len(line) <= 100 for line in out.splitlines())


def test_a_device_that_says_yes_and_does_nothing_is_named(tmp_path):
    known = register(replace(points(tmp_path)[0], options={"fault": "ignore", "fault_at": "0"}))
    here = approved(
        tmp_path / "a", tmp_path / "state", known, plan(known, measure(1, block(1, HOME)))
    )
    exit_status, out = run(here, "enforce", "--yes")
    assert exit_status == 1
    assert "it accepted, but does not have cmd-1" in " ".join(out.split())
    assert run(here, "status")[0] == 1
