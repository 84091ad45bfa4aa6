"""What holds of every actuator: goldens, refusals, and text that nobody can break out of."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.model.actuator import Standing
from netcordon.model.command import Command, Target, Verb
from netcordon.registry import load
from tests.unit.plugins.actuators.goldens import HERE, texts
from tests.unit.plugins.actuators.orders import ACTUATORS, ORDERS, command, site

EACH = pytest.mark.parametrize("name", sorted(ACTUATORS))
BREAKERS = (
    '"',
    "'",
    ";",
    "\n",
    "\r",
    "}",
    "{",
    "$(",
    "`",
    "|",
    "\\",
    " ",
    "#",
    "\x00",
    "é",
    "\u2028",
)
HOSTILE = st.one_of(
    st.text(min_size=1, max_size=40),
    st.builds(
        lambda good, breaker, tail: good + breaker + tail,
        st.sampled_from(["bad.example", "203.0.113.7/32", "t13d1516h2_8daaf6152771_b186095e22b6"]),
        st.sampled_from(BREAKERS),
        st.sampled_from(["", "flush ruleset", "permit ip any any", "bad.example", "\npass"]),
    ),
)  # fmt: skip
CANONICAL = re.compile(r"[a-z0-9_.:/-]+\Z")


def test_no_actuator_failed_to_load() -> None:
    assert not load("actuators")[1]
    assert "nftables" in ACTUATORS


@EACH
def test_goldens(name: str) -> None:
    for file, content in texts(name).items():
        assert (HERE / name / file).read_text(encoding="utf-8") == content, file


@EACH
def test_each_command_is_expressed_or_refused_in_words(name: str) -> None:
    rendered = ACTUATORS[name].render(ORDERS, site(name))
    ids = [order.id for order in ORDERS]
    assert sorted([*rendered.expressed, *rendered.refused], key=ids.index) == ids
    assert rendered.expressed, "an actuator that can say nothing is none"
    assert all(len(why) > 10 for why in rendered.refused.values())


@EACH
def test_nothing_to_express_is_no_text(name: str) -> None:
    nothing = ACTUATORS[name].render((), site(name))
    assert (nothing.do, nothing.undo, nothing.expressed) == ("", "", ())


@EACH
@pytest.mark.parametrize("field", ["inside", "outside", "domain", "ja4", "protocol", "except_for"])
@given(hostile=HOSTILE)
def test_a_value_that_is_not_canonical_is_refused(name: str, field: str, hostile: str) -> None:
    value = (hostile,) if field == "except_for" else hostile
    bare = Target(outside="203.0.113.7/32")
    order = command(1, replace(bare, **{field: value}))
    rendered = ACTUATORS[name].render([order], site(name))
    if rendered.expressed:
        assert CANONICAL.match(hostile)
    else:
        assert rendered.do == rendered.undo == ""
        assert len(hostile) < 12 or hostile not in rendered.refused["cmd-1"]


@EACH
@given(hostile=HOSTILE)
def test_ids_cannot_break_out_either(name: str, hostile: str) -> None:
    actuator = ACTUATORS[name]
    order = replace(ORDERS[0], id=hostile)
    assert actuator.refusal(order, site(name))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", hostile):
        assert not actuator.render(ORDERS, site(name, case_id=hostile)).expressed


@EACH
def test_undoing_some_leaves_the_others(name: str) -> None:
    actuator = ACTUATORS[name]
    able = [order for order in ORDERS if actuator.refusal(order, site(name)) is None]
    able = [order for order in able if order.verb is not Verb.STOP]
    others = tuple(Standing(case_id="case-7", command=order) for order in able[1:])
    first = actuator.render(able[:1], site(name, standing=others, revision=8))
    assert first.expressed == (able[0].id,)
    if any(call.path for call in actuator.apply(first, site(name))):
        # A file is written whole: what is left is what the others alone would be.
        assert first.undo == actuator.render(able[1:], site(name, revision=9)).do
        assert actuator.render(able, site(name, revision=8)).do == first.do
        return
    assert first.undo != first.do
    gone = {order.id for order in able[1:]}
    assert not [each for each in gone if re.search(rf"{each}\b", first.undo)]


@EACH
def test_capacity_is_kept(name: str) -> None:
    actuator = ACTUATORS[name]
    place = site(name)
    able = [order for order in ORDERS if actuator.refusal(order, place) is None]
    room = actuator.weighs(able[0], place)
    tight = replace(place, point=replace(place.point, capacity=room))
    rendered = actuator.render(able, tight)
    told = sum(actuator.weighs(order, place) for order in able if order.id in rendered.expressed)
    assert told <= room
    assert able[0].id in rendered.expressed


@EACH
def test_the_same_twice_is_refused(name: str) -> None:
    actuator = ACTUATORS[name]
    able = [order for order in ORDERS if actuator.refusal(order, site(name)) is None]
    again = replace(able[0], id="cmd-99")
    assert actuator.render([able[0], again], site(name)).refused == {
        "cmd-99": f"{able[0].id} does the same here"
    }


@EACH
def test_every_rule_tells_its_case_and_command(name: str) -> None:
    actuator = ACTUATORS[name]

    def told(order: Command) -> bool:
        text = actuator.render([order], site(name)).do
        return "case-7" in text and bool(re.search(rf"{order.id}\b", text))

    silent = [
        order.id
        for order in ORDERS
        if actuator.refusal(order, site(name)) is None
        and order.verb is not Verb.STOP
        and not told(order)
    ]
    assert not silent
