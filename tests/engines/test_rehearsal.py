"""A plan on the kernel: it agrees with the model, cuts what is open, and a fault is seen."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from netcordon.casefile.canonical import plain
from netcordon.model.actuator import Actuator
from netcordon.model.business import VitalFlow
from netcordon.model.command import Target
from netcordon.planning.build import make_plan
from netcordon.planning.hashing import sealed
from netcordon.planning.reading import plan_of, register_of
from netcordon.planning.request import Request
from netcordon.registry import load
from netcordon.rehearsal.kernel import PROGRAMS
from netcordon.rehearsal.run import rehearse
from tests.cases import evidence
from tests.conftest import REQUIRE_ENGINES
from tests.unit.planning.network import (
    FILES,
    HOME,
    PARTNER,
    PC,
    PC2,
    START,
    calls,
    channel,
    hellos,
    incident,
    register,
)

pytestmark = pytest.mark.engines
ACTUATORS = {p.id: cast(Actuator, p.content) for p in load("actuators")[0]}
V6, HOME6 = "fd00:1::5", "2001:db8:bad::1"


@pytest.fixture(autouse=True)
def programs(engine_program: Callable[[str], str]) -> None:
    for program in PROGRAMS:
        engine_program(program)
    if os.geteuid() != 0:
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("making network namespaces needs root")


@pytest.fixture
def network():
    made = register()
    office = replace(made.zones[0], networks=("10.1.0.0/16", "fd00:1::/64"))
    edge = replace(made.boundaries[1], translated=("10.1.0.0/16",))
    return replace(made, zones=(office, made.zones[1]), boundaries=(made.boundaries[0], edge))


@pytest.fixture
def traffic(tmp_path):
    home = calls(1, PC, HOME, 443, [22.0 * n for n in range(30)])
    flows = [
        *home, *calls(100, PC2, PARTNER, 443, [float(n) for n in range(40)]),
        *calls(200, PC2, HOME, 80, [5.0, 6.0]), *calls(300, PC, FILES, 445, [9.0, 12.0]),
        *calls(400, PC2, FILES, 445, [9.0]), *calls(500, V6, HOME6, 8443, [1.0, 2.0, 3.0]),
        *calls(600, HOME, PC, 22, [7.0]),
    ]  # fmt: skip
    for number, flow in enumerate(flows[30:50]):
        flow["protocol"] = ("tcp", "udp")[number % 2]
    tables = {"network_activity": flows, "tls_activity": hellos(home, server_name="c2.example")}
    with evidence.engine(tables, tmp_path, home_nets=("10.0.0.0/8", "fd00::/8")) as engine:
        yield engine


def plan(engine, network, *channels):
    return make_plan(
        engine,
        Request(
            case_id="NC-2026-0001", incidents=[incident(*channels)], register=network,
            actuators=ACTUATORS,
            author="root", time=START, evidence_ids=("ev-1",), duration_s=3600,
        ),
    )  # fmt: skip


CHANNELS = (channel(HOME, 443), channel(FILES, 445), channel(HOME6, 8443, src=V6))


def test_model_and_kernel_agree_on_both_families_behind_translation(traffic, network):
    made = plan(traffic, network, *CHANNELS)
    found = rehearse(traffic, made, network, START, ACTUATORS)
    assert found.passed, found.reasons
    by_point = {verdict.point: verdict for verdict in found.engines}
    edge, core = by_point["edge-fw"], by_point["core-fw"]
    assert not edge.why_not
    assert not core.why_not
    # 30 calls and three over IPv6; what else passes the edge goes on.
    assert (edge.stopped, edge.open_flows, edge.open_stopped) == (33, 33, 33)
    assert edge.judged == 30 + 40 + 2 + 3 + 1
    # One host is kept from the files, the other is not.
    assert (core.judged, core.stopped) == (3, 2)


def test_rules_that_do_more_or_less_than_the_plan_says_are_found(traffic, network):
    made = plan(traffic, network, *CHANNELS)
    edge = next(rules for rules in made.rules if rules.point == "edge-fw")
    wrong = edge.do.replace(HOME, PARTNER)
    assert wrong != edge.do
    tampered = sealed(
        replace(made, rules=tuple(replace(r, do=wrong) if r == edge else r for r in made.rules))
    )
    found = rehearse(traffic, tampered, network, START, ACTUATORS)
    assert not found.passed
    verdict = next(v for v in found.engines if v.point == "edge-fw")
    ends = {(d.dst_ip, d.model_stops) for d in verdict.disagreements}
    assert (HOME, True) in ends
    assert (PARTNER, False) in ends
    assert any("disagree" in reason for reason in found.reasons)


def test_rules_that_let_open_connections_live_are_found(traffic, network):
    made = plan(traffic, network, channel(HOME, 443))
    edge = next(rules for rules in made.rules if rules.point == "edge-fw")
    # As blockers that add their rule behind the site's: what is open goes on.
    late = edge.do.replace("priority -10", "priority 10") + (
        "table inet early {\n chain f {\n type filter hook forward priority -20; policy accept;\n"
        " ct state established meta mark set 0x77\n }\n}\n"
    )
    late = late.replace("drop", "meta mark != 0x77 drop")
    assert "0x77 drop" in late
    found = rehearse(
        traffic,
        sealed(replace(made, rules=(replace(edge, do=late),))),
        network,
        START,
        ACTUATORS,
    )
    verdict = found.engines[0]
    assert not verdict.why_not
    assert verdict.open_stopped < verdict.open_flows
    assert not found.passed


def test_rules_the_kernel_refuses_leave_the_model_alone_and_say_so(traffic, network):
    made = plan(traffic, network, channel(HOME, 443))
    broken = tuple(replace(rules, do="table inet x {\n nonsense\n}\n") for rules in made.rules)
    found = rehearse(traffic, sealed(replace(made, rules=broken)), network, START, ACTUATORS)
    assert "syntax error" in found.engines[0].why_not


def test_a_rule_that_is_too_wide_fails_the_plan_and_names_the_vital_flow(traffic, network):
    made = plan(traffic, network, channel(HOME, 443))
    pay = VitalFlow(name="pay", src="10.1.0.0/16", dst=f"{HOME}/32", port=80, protocol="tcp")
    network = replace(network, business=replace(network.business, vital_flows=(pay,)))
    assert rehearse(traffic, made, network, START, ACTUATORS).passed
    measure = next(m for m in made.measures if m.commands[0].point == "edge-fw")
    wide = replace(measure.commands[0], target=Target(outside=f"{HOME}/32"))
    wider = sealed(
        replace(made, measures=(replace(measure, commands=(wide,)),), rules=made.rules[:0])
    )
    found = rehearse(traffic, wider, network, START, ACTUATORS)
    assert not found.passed
    assert found.reasons == (f"{wide.id} would stop the vital flow pay: 2 flows",)
    assert found.commands[0].harms[0].critical == "pay"
    assert found.commands[0].harms[0].src_ips == (PC2,)


def test_what_the_journal_keeps_is_the_plan_itself(traffic, network):
    made = plan(traffic, network, *CHANNELS)
    assert plan_of(plain(made)) == made
    assert register_of(plain(network)) == network
