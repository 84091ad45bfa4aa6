"""Suricata and the model speak of the same flows: used ports, look-ups, flows without a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from netcordon.model.command import Target
from netcordon.planning.hashing import sealed
from netcordon.planning.rendering import rules_of
from tests.cases import evidence
from tests.engines.test_rehearsal import ACTUATORS, plan
from tests.engines.test_rehearsal_judges import changed, judged, network
from tests.traffic import Recording, client_hello, dns_query
from tests.unit.planning.network import HOME, PARTNER, PC, PC2, START, calls, channel, hellos

pytestmark = pytest.mark.engines
NAME, PLAIN = "c2.bad.example", "www.partner.example"
FORWARDER = "192.0.2.53"
TLS, LOOK_UP, SILENT = 41_000, 53_000, 42_000
"""Ports of the client."""

CALLS = {"home": (PC, HOME, NAME, [0.0, 100.0, 110.0]), "page": (PC2, PARTNER, PLAIN, [1.0, 50.0])}
ASKED = [(0.5, NAME), (80.0, PLAIN), (160.0, NAME)]
"""Seconds and names; all from one port, far enough apart for flows of their own."""
SAID_NOTHING_AT = 120.0


@pytest.fixture(autouse=True)
def suricata(engine_program: Callable[[str], str]) -> None:
    engine_program("suricata")


@pytest.fixture
def traffic(tmp_path):
    """Ports are used again: soon by calls home, later by look-ups of other names."""
    tables = {"network_activity": [], "tls_activity": [], "dns_activity": []}
    for number, (src, dst, name, times) in enumerate(CALLS.values()):
        flows = calls(100 * number + 1, src, dst, 443, times)
        for flow in flows:
            flow["src_port"] = TLS
        tables["network_activity"] += flows
        tables["tls_activity"] += hellos(flows, server_name=name)
    asked = calls(500, PC, FORWARDER, 53, [at for at, _ in ASKED])
    for flow, (_, name) in zip(asked, ASKED, strict=True):
        flow |= {"protocol": "udp", "service": "dns", "src_port": LOOK_UP}
        for response in (False, True):
            answers = [HOME if name == NAME else PARTNER] if response else []
            tables["dns_activity"] += hellos(
                [flow], protocol="udp", service="dns", is_response=response, query=name,
                query_type="A", answers=answers,
            )  # fmt: skip
    silent = calls(600, PC, HOME, 8443, [SAID_NOTHING_AT])
    silent[0]["src_port"] = SILENT
    tables["network_activity"] += [*asked, *silent]
    with evidence.engine(tables, tmp_path, home_nets=("10.0.0.0/8",)) as engine:
        yield engine


def recorded(_id: str, _uids: object, out: Path) -> int:
    """The packets of this traffic, in the order of time."""
    made = Recording()
    begun = int(START.timestamp() * 1e6)
    sessions = [
        (at, (src, dst, TLS, 443), client_hello(name.encode()))
        for src, dst, name, times in CALLS.values()
        for at in times
    ]
    sessions.append((SAID_NOTHING_AT, (PC, HOME, SILENT, 8443), b"\x00\x01opaque"))
    said = [(at, (PC, FORWARDER, LOOK_UP, 53), dns_query(name.encode())) for at, name in ASKED]
    for at, ends, payload in sorted(sessions + said):
        made.now_us = begun + int(at * 1e6)
        if ends[3] == 53:
            made.datagram(*ends, payload)
            # An answer, so that Suricata takes the flow for established.
            made.datagram(ends[1], ends[0], ends[3], ends[2], payload[:2] + b"\x81" + payload[3:])
        else:
            made.session(*ends, [(True, payload)])
    out.write_bytes(made.pcap())
    return len(made.frames)


def told(traffic, *targets: Target):
    """A plan whose sensor is told just these, and its network."""
    at = network("suricata", "suricata")
    made = plan(traffic, at, channel(HOME, 443, name=NAME))
    (command,) = made.measures[0].commands
    commands = tuple(
        replace(command, id=f"cmd-{number}", target=target)
        for number, target in enumerate(targets, 1)
    )
    measures = (replace(made.measures[0], commands=commands),)
    rules = rules_of(commands, at, ACTUATORS, made.case_id)
    return sealed(replace(made, measures=measures, rules=rules)), at


def test_each_use_of_a_port_is_judged_by_itself_and_denied_look_ups_are_meant(traffic) -> None:
    made, at = told(traffic, Target(domain=NAME))
    found, by = judged(traffic, at, made, recorded)
    verdict = by["edge-device", "Suricata"]
    assert not verdict.why_not
    # Three calls and two look-ups; the look-up between these, from the same port, goes through.
    assert (verdict.judged, verdict.stopped, verdict.harmed) == (3 + 2 + 3, 3 + 2, 0)
    assert verdict.disagreements == ()
    assert verdict.unjudged == {"tells no name; its look-up is dropped before it begins": 1}
    assert found.passed, found.reasons


def test_a_denied_look_up_that_goes_through_is_a_disagreement(traffic) -> None:
    made, at = told(traffic, Target(domain=NAME))
    found, by = judged(traffic, at, changed(made, "edge-device", "drop dns", "alert dns"), recorded)
    wrong = by["edge-device", "Suricata"].disagreements
    missed = [(d.dst_ip, d.is_way, d.model_stops, d.engine_stops) for d in wrong]
    assert missed == [(FORWARDER, True, True, False)] * 2
    assert not found.passed


def test_a_flow_without_a_name_is_judged_where_its_end_is_blocked(traffic) -> None:
    made, at = told(traffic, Target(domain=NAME), Target(outside=f"{HOME}/32"))
    _, by = judged(traffic, at, made, recorded)
    verdict = by["edge-device", "Suricata"]
    assert (verdict.judged, verdict.stopped) == (3 + 2 + 3 + 1, 3 + 2 + 1)
    assert (verdict.unjudged, verdict.disagreements) == ({}, ())
