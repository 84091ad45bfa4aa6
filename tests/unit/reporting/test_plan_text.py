"""A plan on a terminal: nothing that an entry of ``netcordon.toml`` holds acts on it."""

from __future__ import annotations

import pytest

from netcordon.model.register import EnforcementPoint
from netcordon.reporting.plan_text import plan_text
from tests.engines.force import block, measure, plan, register


@pytest.mark.parametrize("detail", [0, 1, 2])
def test_names_of_devices_are_made_visible(detail: int) -> None:
    name = "fw\x1b[2J\u202e"
    known = register(EnforcementPoint(name=name, actuator="nftables"))
    text = plan_text(plan(known, measure(1, block(1, "203.0.113.9/32", point=name))), detail=detail)
    assert "fw⟨U+001B⟩[2J⟨U+202E⟩ (nftables): 1 command" in text
    assert "\x1b" not in text
