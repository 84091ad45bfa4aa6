"""Whatever devices answer and whenever netcordon dies: in force and read back, or as before."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.enforcement.agree import agree
from netcordon.enforcement.back import roll_back, take_back
from netcordon.enforcement.device import Aim
from netcordon.enforcement.effects import Arm, Ask, Attempt, Save
from netcordon.enforcement.order import Order
from netcordon.enforcement.put import put_in_force
from netcordon.enforcement.recover import recover
from netcordon.enforcement.settle import settle
from netcordon.model.command import Probe
from netcordon.model.enforced import FOLLOWS, ActionState
from netcordon.model.in_force import Kind
from tests.unit.enforcement.world import ACTUATOR, CASE, DiedError, World

FAULTS = st.sampled_from(["", "refuse", "ignore", "die", "lie", "cling"])


def order(*, confirmed: bool = True, **more: object) -> Order:
    return Order(run="r1", window_s=60, confirmed=confirmed, **more)  # type: ignore[arg-type]


def probe(port: int, *, must_work: bool) -> Probe:
    return Probe(
        src="10.0.0.1", dst="203.0.113.9", port=port, protocol="tcp", must_work=must_work, why="x"
    )


def revive(world: World) -> None:
    """Lines that were dead are mended, and devices do from now on what they are told."""
    for double in world.doubles.values():
        double.rules.dead = False
        double._fault = ""


def settle_everything(world: World) -> None:
    """What the guard, or the next netcordon, does with what is left under way."""
    for key in sorted(world.saved):
        if world.saved[key].pending is not None:
            back = world.run(recover(world.saved[key], ACTUATOR, world.now))
            assert not back.problem


def assert_sound(world: World) -> None:
    """The ledger says of every device what the device has, and every step was one that may be."""
    for key, device in world.saved.items():
        assert device.pending is None
        stands = {each.command.id for each in device.standing}
        assert world.held(key.rstrip("0")) == stands
        assert all(each.state is not ActionState.APPLYING for each in device.standing)
        states: dict[str, ActionState] = {}
        for _, change in device.outbox:
            before = states.get(change.command_id, ActionState.APPROVED)
            assert change.state in FOLLOWS[before], (before, change.state)
            states[change.command_id] = change.state


def test_nothing_is_called_that_changes_before_it_is_written_down_and_guarded():
    world = World()
    world.run(put_in_force([world.work("a", 1, 2), world.work("b", 3)], order()))
    kinds = [
        "change" if isinstance(e, Ask) and "hold" in e.calls[0].stdin else type(e).__name__
        for e in world.effects
        if isinstance(e, (Ask, Save, Arm))
    ]
    armed, first = kinds.index("Arm"), kinds.index("change")
    assert kinds[:armed].count("Save") == 2
    assert armed < first
    assert world.held("a") == {"cmd-1", "cmd-2"}
    assert_sound(world)


def test_without_a_guard_nothing_is_touched():
    world = World(no_guard="no room for a process")
    found = world.run(put_in_force([world.work("a", 1)], order()))
    assert "no room" in found.why_back
    assert world.doubles["a".ljust(16, "0")].rules.changes == 0
    assert_sound(world)


@pytest.mark.parametrize("fault", ["refuse", "ignore", "lie"])
def test_a_device_that_fails_is_taken_back_alone(fault):
    world = World(faults={"a": (fault, 1)})
    found = world.run(put_in_force([world.work("a", 1), world.work("b", 2)], order()))
    assert found.places[0].problem
    assert not found.places[1].problem
    assert world.held("b") == {"cmd-2"}
    if fault == "lie":  # it can be seen only when it stops lying
        revive(world)
        settle_everything(world)
    assert world.held("a") == set()
    assert_sound(world)


def test_twice_is_once():
    world = World()
    world.run(put_in_force([world.work("a", 1)], order()))
    changes = world.doubles["a".ljust(16, "0")].rules.changes
    found = world.run(put_in_force([world.work("a", 1)], order()))
    assert found.places[0].already == ("cmd-1",)
    assert world.doubles["a".ljust(16, "0")].rules.changes == changes


def test_a_flow_that_stops_working_takes_everything_back():
    world = World()

    must = probe(443, must_work=True)
    dialogue = put_in_force([world.work("a", 1), world.work("b", 2)], order(positive=(must,)))
    answer: object = None
    while True:
        try:
            effect = dialogue.send(answer)
        except StopIteration as end:
            found = end.value
            break
        world.working[443] = not (world.held("a") or world.held("b"))
        answer = world._answer(effect)
    assert "stopped working" in found.why_back
    assert world.held("a") == world.held("b") == set()
    assert_sound(world)


def test_one_lost_packet_takes_nothing_back():
    world = World()
    must = probe(443, must_work=True)
    dialogue = put_in_force([world.work("a", 1)], order(positive=(must,)))
    answer: object = None
    attempts = 0
    while True:
        try:
            effect = dialogue.send(answer)
        except StopIteration as end:
            found = end.value
            break
        attempts += isinstance(effect, Attempt)
        world.working[443] = attempts != 2
        answer = world._answer(effect)
    assert not found.why_back
    assert world.held("a") == {"cmd-1"}


def test_what_people_type_they_are_told_only_when_the_rest_stands():
    for fault in ("", "cut"):
        world = World()
        must = probe(443, must_work=True)
        works = [replace(world.work("h", 2), by_hand=True), world.work("a", 1)]
        dialogue = put_in_force(works, order(positive=(must,)))
        answer: object = None
        while True:
            try:
                effect = dialogue.send(answer)
            except StopIteration as end:
                found = end.value
                break
            world.working[443] = not (fault and world.held("a"))
            answer = world._answer(effect)
        typed = [place.typed for place in found.places if place.work.by_hand]
        assert typed == ([] if fault else ["hold NC-2026-0001 cmd-2 600 203.0.113.2\n"])


def test_repaired_for_what_was_left_is_the_same_command_still():
    world = World()
    world.run(put_in_force([world.work("a", 1)], order()))
    key = "a".ljust(16, "0")
    (stands,) = world.saved[key].standing
    shorter = replace(stands, command=replace(stands.command, duration_s=60))
    world.saved[key] = replace(world.saved[key], standing=(shorter,))
    found = world.run(put_in_force([world.work("a", 1)], order()))
    assert found.places[0].already == ("cmd-1",)


def test_a_later_plan_takes_over_what_stands_and_undoing_the_earlier_leaves_it():
    world = World()
    world.run(put_in_force([world.work("a", 1, 2)], order()))
    key = "a".ljust(16, "0")
    first = world.saved[key].standing
    later = world.work("a", 1, 3)
    later = replace(later, wanted=tuple(replace(w, plan_id="plan-2") for w in later.wanted))
    found = world.run(put_in_force([later], order()))
    assert found.places[0].already == ("cmd-1",)
    stands = {each.command.id: each for each in world.saved[key].standing}
    assert {name: each.plan_id for name, each in stands.items()} == {
        "cmd-1": "plan-2", "cmd-2": "plan-1", "cmd-3": "plan-2",
    }  # fmt: skip
    assert stands["cmd-1"].expires_time == first[0].expires_time
    assert_sound(world)


def test_a_flow_that_did_not_work_before_takes_nothing_back():
    world = World(working={443: False})
    must = probe(443, must_work=True)
    found = world.run(put_in_force([world.work("a", 1)], order(positive=(must,))))
    assert not found.why_back
    assert world.held("a") == {"cmd-1"}


def test_a_negative_probe_that_still_works_is_a_failure_that_stays_in_sight():
    world = World()
    negative = {"msr-1": (probe(4444, must_work=False),)}
    world.run(put_in_force([world.work("a", 1)], order(negative=negative)))
    (standing,) = world.saved["a".ljust(16, "0")].standing
    assert standing.state is ActionState.FAILED


def test_confirming_too_late_takes_back():
    world = World()
    world.run(put_in_force([world.work("a", 1)], order(confirmed=False)))
    assert world.held("a") == {"cmd-1"}
    world.now += timedelta(seconds=61)
    _, why = world.run(settle(world.saved["a".ljust(16, "0")], ACTUATOR, "by me"))
    assert "in time" in why
    assert world.held("a") == set()
    assert_sound(world)


@settings(max_examples=400)
@given(
    faults=st.tuples(FAULTS, FAULTS), at=st.integers(0, 3), dies_at=st.integers(1, 45),
    confirmed=st.booleans(), again=st.integers(1, 25),
)  # fmt: skip
def test_any_answers_and_any_death_end_in_force_or_as_before(faults, at, dies_at, confirmed, again):
    world = World(faults={"a": (faults[0], at), "b": (faults[1], at)})
    positive = (probe(443, must_work=True),)
    works = [world.work("a", 1, 2), world.work("b", 3)]
    with suppress(DiedError):
        world.run(
            put_in_force(works, order(confirmed=confirmed, positive=positive)), dies_at=dies_at
        )
    # Somebody takes it back and dies as well.
    for key in sorted(world.saved):
        device = world.saved[key]
        if device.pending is not None and not confirmed:
            with suppress(DiedError):
                world.run(roll_back(device, ACTUATOR, "no"), dies_at=again)
    revive(world)
    settle_everything(world)
    assert_sound(world)
    for key, device in world.saved.items():
        assert len(device.standing) in (0, len(works[key.startswith("b")].wanted))


@given(fault=FAULTS, dies_at=st.integers(1, 20))
def test_taking_back_dies_anywhere_and_is_finished(fault, dies_at):
    world = World()
    world.run(put_in_force([world.work("a", 1, 2, 3)], order()))
    key = "a".ljust(16, "0")
    world.doubles[key]._fault, world.doubles[key]._fault_at = fault, 0
    gone = world.saved[key].standing[:2]
    with suppress(DiedError):
        world.run(take_back(world.saved[key], ACTUATOR, gone, "r2", "enough"), dies_at=dies_at)
    revive(world)
    pending = world.saved[key].pending
    assert pending is None or pending.aim is Aim.TAKE_BACK
    began = pending is not None or len(world.saved[key].standing) < 3
    settle_everything(world)
    assert world.held("a") == ({"cmd-3"} if began else {"cmd-1", "cmd-2", "cmd-3"})
    assert_sound(world)


def test_over_its_time_is_taken_back_and_what_is_lost_or_left_is_found_and_mended():
    world = World()
    world.run(put_in_force([world.work("a", 1, 2)], order()))
    key = "a".ljust(16, "0")
    rules = world.doubles[key].rules
    known = {each.command.id: each for each in world.saved[key].standing}
    del rules.held[f"{CASE} cmd-1"]

    def compare(*, repair: bool):
        return world.run(
            agree(world.saved[key], ACTUATOR, CASE, run="r2", repair=repair, known=known)
        )

    found = compare(repair=False)
    assert [(d.command_id, d.kind) for d in found.drifts] == [("cmd-1", Kind.LOST)]
    assert [d.settled for d in compare(repair=True).drifts] == ["repaired"]
    until = {each.expires_time for each in world.saved[key].standing}
    assert max(until) - min(until) < timedelta(seconds=2)
    assert compare(repair=False).drifts == ()
    world.run(take_back(world.saved[key], ACTUATOR, [known["cmd-1"]], "r3", "enough"))
    rules.held[f"{CASE} cmd-1"] = "came back"
    found = compare(repair=True)
    assert [(d.command_id, d.kind) for d in found.drifts] == [("cmd-1", Kind.LEFT_OVER)]
    assert world.held("a") == {"cmd-2"}
    world.now += timedelta(seconds=601)
    assert [d.kind for d in compare(repair=False).drifts] == [Kind.EXPIRED]
    assert world.held("a") == set()
    assert_sound(world)
