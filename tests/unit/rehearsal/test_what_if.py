"""A plan beside a trial of it: what is stopped, harmed and missed, each as if it were alone."""

from __future__ import annotations

from typing import cast

import pytest

from netcordon.model.actuator import Actuator
from netcordon.model.business import VitalFlow
from netcordon.planning.build import Request, make_plan
from netcordon.planning.changed import changed
from netcordon.planning.hashing import is_sealed
from netcordon.registry import load
from netcordon.rehearsal.model import judge_model, judge_plans
from netcordon.rehearsal.run import reasons_against
from tests.cases import evidence
from tests.unit.planning.network import (
    FILES,
    HOME,
    PARTNER,
    PC,
    PC2,
    START,
    calls,
    channel,
    incident,
    register,
)

ACTUATORS = {p.id: cast(Actuator, p.content) for p in load("actuators")[0]}
PAY = VitalFlow(
    name="pay", src="10.1.0.0/16", dst=f"{PARTNER}/32", port=443, protocol="tcp", owner="A. Diaz"
)


@pytest.fixture
def traffic(tmp_path):
    flows = [
        *calls(1, PC, HOME, 443, [22.0 * n for n in range(30)]),
        *calls(100, PC2, PARTNER, 443, [float(n) for n in range(40)]),
        *calls(300, PC, FILES, 445, [9.0, 12.0]),
    ]
    with evidence.engine(
        {"network_activity": flows}, tmp_path, home_nets=("10.0.0.0/8",)
    ) as engine:
        yield engine


@pytest.fixture
def network():
    return register(PAY)


@pytest.fixture
def plan(traffic, network):
    found = incident(channel(HOME, 443), channel(FILES, 445))
    return make_plan(
        traffic,
        Request(
            case_id="NC-2026-0001", incidents=[found], register=network, actuators=ACTUATORS,
            author="root", time=START, evidence_ids=("ev-1",), duration_s=3600,
        ),
    )  # fmt: skip


def ids(plan):
    return {c.target.outside: (m.id, c.id) for m in plan.measures for c in m.commands}


def test_leaving_a_measure_out_leaves_its_rules_out_and_its_way_open(traffic, network, plan):
    measure, _ = ids(plan)[f"{FILES}/32"]
    other = changed(plan, network, ACTUATORS, without=[measure])
    assert is_sealed(other)
    assert other.hash != plan.hash
    assert (other.changed_from, plan.changed_from) == (plan.id, "")
    assert [rules.point for rules in other.rules] == ["edge-fw"]
    assert FILES in plan.rules[0].do + plan.rules[1].do
    assert all(FILES not in rules.do for rules in other.rules)
    before, after = judge_plans(traffic, [plan, other], network)
    assert (before.effect.stopped, before.effect.harmed, before.missed) == (32, 0, ())
    assert (after.effect.stopped, after.effect.harmed) == (30, 0)
    assert [(m.boundary, m.flows) for m in after.missed] == [("core", 2)]
    assert list(reasons_against(plan, after.commands, after.missed)) == [
        f"{after.missed[0].way_id} goes on at core: 2 of its flows meet no rule"
    ]


def test_widening_names_the_vital_flow_it_would_stop(traffic, network, plan):
    _, command = ids(plan)[f"{HOME}/32"]
    other = changed(plan, network, ACTUATORS, widen={command: 24})
    _, after = judge_plans(traffic, [plan, other], network)
    assert (after.effect.stopped, after.effect.harmed, after.effect.hosts_harmed) == (32, 40, 1)
    assert list(reasons_against(plan, after.commands, after.missed)) == [
        f"{command} would stop the vital flow pay: 40 flows"
    ]
    assert "203.0.113.0/24" in next(r.do for r in other.rules if r.point == "edge-fw")


def test_each_plan_is_judged_beside_others_as_it_is_alone(traffic, network, plan):
    _, command = ids(plan)[f"{HOME}/32"]
    other = changed(plan, network, ACTUATORS, widen={command: 25})
    both = judge_plans(traffic, [plan, other], network)
    assert both[0] == judge_model(traffic, plan, network)
    # Alone, the changed plan has the same ways that are meant.
    assert both[1] == judge_model(traffic, other, network)
