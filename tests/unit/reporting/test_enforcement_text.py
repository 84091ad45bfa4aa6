"""The first line of an enforcement is true of every device, told by itself or by a person."""

from __future__ import annotations

import pytest

from netcordon.model.enforced import ActionState
from netcordon.model.in_force import EnforcedPlan, Placed
from netcordon.reporting.enforcement_text import enforced_text

BY_ITSELF = Placed(point="border", states={"cmd-1": ActionState.ACTIVE})
BY_HAND = Placed(point="resolver", states={"cmd-2": ActionState.APPLYING}, typed="a zone")
REFUSED = Placed(point="proxy", states={}, refused={"cmd-3": "it knows no ports"})


@pytest.mark.parametrize(
    ("devices", "begins"),
    [
        ((BY_ITSELF,), "Enforced    plan-1 for C: every device has it"),
        ((BY_HAND,), "By hand     plan-1 for C: 1 device to be told by hand; nothing holds there"),
        (
            (BY_ITSELF, BY_HAND),
            "Enforced    plan-1 for C: 1 device by itself, 1 device to be told by hand; nothing",
        ),
        ((BY_ITSELF, REFUSED), "PARTLY      plan-1 for C: not all of it is in force, see proxy"),
        ((REFUSED,), "NOTHING     plan-1 for C: nothing of it is in force, see proxy"),
    ],
)  # fmt: skip
def test_what_is_in_force_is_not_overstated(devices: tuple[Placed, ...], begins: str) -> None:
    found = EnforcedPlan(plan_id="plan-1", case_id="C", run="r", devices=devices)
    assert enforced_text(found).startswith(begins)
