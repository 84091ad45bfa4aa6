"""What a scenario promises, it can do."""

from __future__ import annotations

import pytest
from lab.scenario import SCENARIOS, Scenario
from lab.steps import MEANING

from lab import world


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda s: s.name)
def test_every_step_has_a_deed_and_a_meaning_in_order(scenario: Scenario) -> None:
    steps = scenario.story.schedule
    assert list(steps.values()) == sorted(steps.values())
    for name in steps:
        assert callable(getattr(scenario.story, name.replace("-", "_")))
        assert MEANING[name][2].startswith("T1")


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda s: s.name)
def test_scenarios_speak_of_machines_that_exist(scenario: Scenario) -> None:
    assert scenario.fell <= world.BY_NAME.keys()
    assert scenario.at_work <= world.BY_NAME.keys()


def test_at_night_only_some_people_work() -> None:
    hours = {pc.name: SCENARIOS["full"].hours(pc.name) for pc in world.PCS}
    assert set(hours.values()) == {"late", "away"}
    assert {SCENARIOS["demo"].hours(pc.name) for pc in world.PCS} == {"day"}
