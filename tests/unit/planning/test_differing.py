"""Two plans side by side: what came, what went, and what explains it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcordon.model.business import VitalFlow
from netcordon.planning.differing import plan_diff
from netcordon.planning.picks import Picks, Preference
from netcordon.reporting.plan_diff_text import plan_diff_text
from tests.unit.planning.made import plan
from tests.unit.planning.made import traffic as recorded
from tests.unit.planning.network import FILES, HOME, PARTNER, SECOND, channel, register


@pytest.fixture(scope="module")
def traffic(tmp_path_factory):
    yield from recorded(tmp_path_factory.mktemp("lake"))


def parts(diff):
    return {part.what: part for part in diff.parts}


def test_the_same_plan_does_not_differ(traffic):
    made = plan(traffic, channel(HOME, 443))
    diff = plan_diff(made, plan(traffic, channel(HOME, 443)), register(), register())
    assert diff.parts == ()
    assert diff.reasons == ()
    assert "They hold the same." in plan_diff_text(diff)


def test_a_new_channel_brings_its_way_measure_and_command(traffic):
    before = plan(traffic, channel(HOME, 443))
    after = plan(traffic, channel(HOME, 443), channel(FILES, 445))
    found = parts(plan_diff(before, after))
    assert any(FILES in text for text in found["ways"].came)
    assert any(FILES in text for text in found["commands"].came)
    assert found["ways"].went == ()
    back = parts(plan_diff(after, before))
    assert back["commands"].went == found["commands"].came


def test_a_confirmed_way_is_told_as_such(traffic):
    before = plan(traffic, channel(HOME, 443))
    (likely,) = [way.id for way in before.ways if not way.certain]
    after = plan(traffic, channel(HOME, 443), confirmed={likely})
    found = parts(plan_diff(before, after))
    assert any(SECOND in text and "in doubt" in text for text in found["ways"].went)
    assert any("nobody confirmed" in text for text in found["gaps"].went)


def test_a_changed_register_is_named_by_entry(traffic):
    pay = VitalFlow(name="pay", src="10.1.0.0/16", dst=f"{PARTNER}/32", port=443, owner="A. Diaz")
    before = plan(traffic, channel(PARTNER, 443))
    after = plan(traffic, channel(PARTNER, 443), network=register(pay))
    diff = plan_diff(before, after, register(), register(pay))
    assert "the register changed: vital flow pay is new" in diff.reasons
    bare = replace(register(), points=register().points[:2], boundaries=register().boundaries[:1])
    said = plan_diff(before, replace(before, register_hash="x"), register(), bare).reasons
    assert said == ("the register changed: boundary edge is gone; device resolver is gone",)


def test_a_persons_choice_shows(traffic):
    before = plan(traffic, channel(HOME, 443))
    after = plan(traffic, channel(HOME, 443), picks=Picks(prefer={"way-1": Preference.SLOW}))
    diff = plan_diff(before, after)
    text = plan_diff_text(diff)
    assert "+ " in text
    assert any(text.startswith("Slow down") for text in parts(diff)["measures"].came)
