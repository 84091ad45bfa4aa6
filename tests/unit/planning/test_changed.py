"""What if: a changed plan is another plan, never the approved one, and says what it leaves open."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.errors import UsageError
from netcordon.model.plan import CellState
from netcordon.planning.changed import changed
from netcordon.planning.hashing import is_sealed
from netcordon.registry import load
from tests.unit.planning.made import commands, plan
from tests.unit.planning.made import traffic as recorded
from tests.unit.planning.network import FILES, HOME, channel, register, taken

ACTUATORS = {plugin.id: plugin.content for plugin in load("actuators")[0]}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    for engine in recorded(tmp_path_factory.mktemp("lake")):
        yield plan(
            engine, channel(HOME, 443, name="c2.bad.example"), channel(FILES, 445),
            victims=(taken(),),
        )  # fmt: skip


def of(made, way):
    return next(m for m in made.measures if way in m.covers and m.kind != "name" and m.commands)


def way_to(made, ip):
    return next(way.id for way in made.ways if way.dst == ip)


def test_without_a_measure_its_way_is_open_and_its_rules_are_gone(made):
    home = way_to(made, HOME)
    cut = of(made, home)
    trial = changed(made, register(), ACTUATORS, without=[cut.id])
    assert cut.id not in {measure.id for measure in trial.measures}
    (cell,) = [c for c in trial.coverage if c.way_id == home]
    assert (cell.state, cell.reason) == (CellState.GAP, "left out of this trial")
    gone = {command.id for command in cut.commands}
    assert not gone & {command_id for rules in trial.rules for command_id in rules.command_ids}
    assert trial.changed_from == made.id
    assert trial.hash != made.hash
    assert is_sealed(trial)


def test_a_wider_command_keeps_its_id_and_forgets_its_harm(made):
    (command,) = of(made, way_to(made, HOME)).commands
    trial = changed(made, register(), ACTUATORS, widen={command.id: 24})
    (wide,) = [c for c in commands(trial) if c.id == command.id]
    assert wide.target.outside == "203.0.113.0/24"
    assert next(m for m in trial.measures if wide in m.commands).harms == ()
    assert any("203.0.113.0/24" in rules.do for rules in trial.rules)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"without": ["msr-99"]}, "neither a measure nor a command"),
        ({"widen": {"cmd-99": 24}}, "neither a measure nor a command"),
        ({"widen": {"msr-1": 24}}, "is a measure; name one of its commands"),
        ({"widen": {"cmd-1": 33}}, "cannot be widened to /33"),
        ({"widen": {"cmd-1": -1}}, "cannot be widened to /-1"),
    ],
)
def test_what_is_not_there_is_refused_in_words(made, change, why):
    assert made.measures[0].commands[0].id == "cmd-1"
    with pytest.raises(UsageError, match="NC-825") as caught:
        changed(made, register(), ACTUATORS, **change)
    assert why in caught.value.why


def test_a_name_cannot_be_widened(made):
    (named,) = [c for c in commands(made) if c.target.domain]
    with pytest.raises(UsageError) as caught:
        changed(made, register(), ACTUATORS, widen={named.id: 8})
    assert "names no address" in caught.value.why


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_part_left_out_gives_a_sealed_plan_of_the_rest(made, data):
    names = [m.id for m in made.measures] + [c.id for c in commands(made)]
    without = data.draw(st.sets(st.sampled_from(names)))
    trial = changed(made, register(), ACTUATORS, without=without)
    assert is_sealed(trial)
    assert not without & {c.id for c in commands(trial)}
    assert {c.id for c in commands(trial)} == {i for r in trial.rules for i in r.command_ids}
    closed = {c.way_id for c in trial.coverage if c.state is not CellState.GAP}
    assert closed <= {way for m in trial.measures for way in m.covers}
