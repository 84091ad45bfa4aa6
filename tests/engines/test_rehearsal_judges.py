"""Each engine reads the plan's rules as the model does, and a fault in them is seen and named."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from netcordon.model.command import Verb
from netcordon.model.register import EnforcementPoint
from netcordon.planning.hashing import sealed
from netcordon.planning.rendering import rules_of
from netcordon.rehearsal import kernel, proxy
from netcordon.rehearsal.run import rehearse
from tests.cases import evidence
from tests.conftest import REQUIRE_ENGINES
from tests.engines.test_rehearsal import ACTUATORS, plan
from tests.traffic import Recording, client_hello
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
    register,
)

pytestmark = pytest.mark.engines
NAME = "c2.bad.example"
RESOLVER = "10.2.0.53"


@pytest.fixture(autouse=True)
def root() -> None:
    if os.geteuid() != 0:
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("making network namespaces needs root")


@pytest.fixture
def traffic(tmp_path):
    """A host that calls a named home, ordinary pages, ordinary look-ups beside the denied one."""
    home = calls(1, PC, HOME, 443, [22.0 * n for n in range(12)])
    pages = calls(100, PC2, PARTNER, 443, [float(n) for n in range(8)])
    plain = calls(150, PC2, PARTNER, 80, [0.5])
    plain6 = calls(160, "fd00:1::6", "2001:db8:90::1", 80, [0.7])
    names = [
        NAME,
        "www.partner.example",
        "notc2.bad.example",
        "bad.example",
        "UPPER.partner.example",
    ]
    asked = calls(200, PC, RESOLVER, 53, [float(n) for n in range(len(names))])
    for flow in asked:
        flow |= {"protocol": "udp", "service": "dns"}
    looked = [
        {"time": f["start_time"], "frame": n, "uid": f["uid"], "src_ip": PC, "dst_ip": RESOLVER,
         "src_port": f["src_port"], "dst_port": 53, "protocol": "udp", "service": "dns",
         "is_response": response, "query": name, "query_type": "A",
         "answers": [HOME if name == NAME else PARTNER] if response else []}
        for n, (f, name) in enumerate(zip(asked, names, strict=True), 1)
        for response in (False, True)
    ]  # fmt: skip
    tables = {
        "network_activity": [
            *home, *pages, *plain, *plain6, *asked, *calls(400, PC, FILES, 445, [9.0]),
            *calls(401, PC2, FILES, 445, [9.0]),
        ],
        "tls_activity": [
            *hellos(home, server_name=NAME), *hellos(pages, server_name="www.partner.example"),
        ],
        "http_activity": [
            *hellos(plain, host="www.partner.example", method="GET", uri="/"),
            *hellos(plain6, host="v6.partner.example", method="GET", uri="/"),
        ],
        "dns_activity": looked,
    }  # fmt: skip
    with evidence.engine(tables, tmp_path, home_nets=("10.0.0.0/8", "fd00::/8")) as engine:
        yield engine


def network(edge: str, core: str = "nftables"):
    """One device at each boundary, of these kinds."""
    made = register()
    office = replace(made.zones[0], networks=("10.1.0.0/16", "fd00:1::/64"))
    return replace(
        made,
        zones=(office, made.zones[1]),
        boundaries=(made.boundaries[0], replace(made.boundaries[1], points=("edge-device",))),
        points=(
            EnforcementPoint(name="core-fw", actuator=core),
            EnforcementPoint(
                name="edge-device",
                actuator=edge,
                options={"sinkhole": "10.1.9.53"} if edge == "dns_rpz" else {},
            ),
        ),
    )


def judged(traffic, network, made, packets=None):
    found = rehearse(traffic, made, network, START, ACTUATORS, packets)
    return found, {(v.point, v.engine): v for v in found.engines}


def changed(made, point, old, new):
    """The plan with rules that say something else than its commands."""
    rules = next(rules for rules in made.rules if rules.point == point)
    assert old in rules.do
    other = replace(rules, do=rules.do.replace(old, new))
    return sealed(replace(made, rules=tuple(other if r == rules else r for r in made.rules)))


def test_iptables_and_the_model_agree_and_a_wrong_set_is_found(
    traffic, engine_program: Callable[[str], str]
) -> None:
    for program in (*kernel.PROGRAMS, "iptables", "ip6tables-restore", "ipset"):
        engine_program(program)
    at = network("iptables", "iptables")
    made = plan(traffic, at, channel(HOME, 443), channel(FILES, 445))
    found, by = judged(traffic, at, made)
    assert found.passed, found.reasons
    edge, core = by["edge-device", "Linux iptables"], by["core-fw", "Linux iptables"]
    assert (edge.judged, edge.stopped, edge.open_stopped) == (12 + 8 + 2, 12, 12)
    assert (core.judged, core.stopped) == (2 + 5, 1)
    found, by = judged(traffic, at, changed(made, "edge-device", HOME, PARTNER))
    assert not found.passed
    assert by["edge-device", "Linux iptables"].disagreeing == 12 + 9
    assert {h.dst_ip for h in by["edge-device", "Linux iptables"].harms} == {PARTNER}


@pytest.mark.parametrize(("server", "engine"), [("unbound", "Unbound"), ("named", "BIND")])
def test_a_resolver_denies_the_name_and_what_is_under_it_and_nothing_beside_it(
    traffic, server: str, engine: str, engine_program: Callable[[str], str]
) -> None:
    engine_program(server)
    at = network("dns_rpz")
    made = plan(traffic, at, channel(HOME, 443, name=NAME))
    assert NAME in made.rules[0].do
    found, by = judged(traffic, at, made)
    verdict = by["edge-device", engine]
    assert not verdict.why_not
    # The name itself, twice (both families), and two under it; the recorded ones go through.
    assert (verdict.of, verdict.stopped, verdict.harmed, verdict.disagreeing) == ("name", 4, 0, 0)
    assert verdict.judged >= 4 + 4
    found, by = judged(traffic, at, changed(made, "edge-device", f"*.{NAME} CNAME .\n", ""))
    assert {d.name for d in by["edge-device", engine].disagreements} == {
        f"x.{NAME}", f"a.b.{NAME}"
    }  # fmt: skip
    assert any(f"model and {engine} disagree on 2 names" in reason for reason in found.reasons)
    wide = changed(made, "edge-device", f"*.{NAME} CNAME .\n", "*.bad.example CNAME .\n")
    _, by = judged(traffic, at, wide)
    wrong = by["edge-device", engine].harms
    assert "notc2.bad.example" in {h.name for h in wrong}


def test_a_name_that_is_led_to_a_sinkhole_must_lead_there(
    traffic, engine_program: Callable[[str], str]
) -> None:
    engine_program("unbound")
    at = network("dns_rpz")
    made = plan(traffic, at, channel(HOME, 443, name=NAME))
    measures = tuple(
        replace(m, commands=tuple(replace(c, verb=Verb.REDIRECT) if c.target.domain else c
                                  for c in m.commands))
        for m in made.measures
    )  # fmt: skip
    commands = [command for measure in measures for command in measure.commands]
    rules = rules_of(commands, at, ACTUATORS, made.case_id)
    led = sealed(replace(made, measures=measures, rules=rules))
    assert f"{NAME} A 10.1.9.53" in led.rules[0].do
    _, by = judged(traffic, at, led)
    verdict = by["edge-device", "Unbound"]
    assert (verdict.stopped, verdict.harmed, verdict.disagreeing) == (4, 0, 0)
    # Three questions for an IPv4 address; of the other family there is none to give.
    _, by = judged(traffic, at, changed(led, "edge-device", "A 10.1.9.53", "A 10.1.9.54"))
    assert by["edge-device", "Unbound"].disagreeing == 3


def test_a_zone_that_cannot_be_read_never_passes(
    traffic, engine_program: Callable[[str], str]
) -> None:
    engine_program("named")
    at = network("dns_rpz")
    made = plan(traffic, at, channel(HOME, 443, name=NAME))
    found, by = judged(traffic, at, changed(made, "edge-device", "CNAME .", "NONSENSE ."))
    assert not found.passed
    # It starts without the zone, so that nothing is denied.
    assert (by["edge-device", "BIND"].stopped, by["edge-device", "BIND"].disagreeing) == (0, 4)


def recorded(_id: str, uids: object, out: Path) -> int:
    """The packets of the traffic above that cross the edge, byte by byte."""
    made = Recording()
    for first, count, src, dst, name in (
        (1, 12, PC, HOME, NAME), (100, 8, PC2, PARTNER, "www.partner.example"),
    ):  # fmt: skip
        for number in range(first, first + count):
            # Ports follow the number of a flow, as in the rows.
            hello = [(True, client_hello(name.encode()))]
            made.session(src, dst, 40_000 + number, 443, hello)
    out.write_bytes(made.pcap())
    return 20


def test_suricata_drops_the_ways_and_names_what_it_drops_besides(
    traffic, engine_program: Callable[[str], str]
) -> None:
    engine_program("suricata")
    at = network("suricata")
    made = plan(traffic, at, channel(HOME, 443, name=NAME))
    found, by = judged(traffic, at, made, recorded)
    verdict = by["edge-device", "Suricata"]
    assert not verdict.why_not
    assert (verdict.ways_stopped, verdict.harmed, verdict.disagreeing) == (12, 0, 0)
    assert found.passed, found.reasons
    wrong = changed(made, "edge-device", HOME, PARTNER)
    found, by = judged(traffic, at, wrong, recorded)
    harms = by["edge-device", "Suricata"].harms
    assert {(h.src_ip, h.dst_ip) for h in harms} == {(PC2, PARTNER)}
    assert not found.passed
    _, by = judged(traffic, at, changed(made, "edge-device", "drop ", "drp "), recorded)
    assert by["edge-device", "Suricata"].why_not


def test_suricata_without_the_packets_says_so(traffic, engine_program) -> None:
    engine_program("suricata")
    at = network("suricata")
    made = plan(traffic, at, channel(HOME, 443))
    _, by = judged(traffic, at, made)
    assert by["edge-device", "Suricata"].why_not == "the recorded packets are not at hand"


def test_squid_refuses_recorded_requests_for_the_name_and_lets_others_through(
    traffic, engine_program: Callable[[str], str]
) -> None:
    engine_program("squid")
    at = network("squid")
    made = plan(traffic, at, channel(HOME, 443, name=NAME))
    found, by = judged(traffic, at, made)
    verdict = by["edge-device", proxy.ENGINE]
    assert not verdict.why_not
    # Requests alike are one: the home by its name, pages of the partner, one of them over IPv6.
    assert (verdict.of, verdict.judged, verdict.stopped) == ("request", 4, 1)
    assert found.passed, found.reasons
    rules = next(r for r in made.rules if r.point == "edge-device")
    none = sealed(replace(made, rules=(replace(rules, do="# nothing\n"),)))
    found, by = judged(traffic, at, none)
    assert [d.name for d in by["edge-device", proxy.ENGINE].disagreements] == [NAME]
    broken = sealed(replace(made, rules=(replace(rules, do="acl x nonsense\n"),)))
    _, by = judged(traffic, at, broken)
    assert "squid refuses the rules" in by["edge-device", proxy.ENGINE].why_not


def test_a_device_without_an_engine_is_judged_by_the_model_alone_and_says_so(traffic) -> None:
    at = network("cisco_ios")
    at = replace(
        at,
        points=(
            at.points[0],
            replace(at.points[1], options={"out": "OUT", "in": "IN", "out6": "O6", "in6": "I6"}),
        ),
    )
    made = plan(traffic, at, channel(HOME, 443))
    (verdict,) = rehearse(traffic, made, at, START, ACTUATORS).engines
    assert "no engine on this machine" in verdict.why_not
    assert "Cisco" in verdict.engine
