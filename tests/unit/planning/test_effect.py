"""The effect of commands on recorded flows: equal to a plain judge, and by names as clients see."""

from __future__ import annotations

import ipaddress
import random
from dataclasses import replace

import pytest

from netcordon.model.command import Command, Direction, Target, Verb
from netcordon.model.register import INTERNET, Boundary, Register, Zone
from netcordon.planning.crossing import crossings
from netcordon.planning.effect import prepare, touch
from tests.cases import evidence

REGISTER = Register(
    zones=(
        Zone(name="office", networks=("10.1.0.0/16", "fd00:1::/32")),
        Zone(name="servers", networks=("10.1.2.0/24", "fd00:1:2::/48")),
    ),
    boundaries=(
        Boundary(name="core", zones=("office", "servers"), points=("core-fw", "both-fw")),
        Boundary(name="edge", zones=("office", INTERNET), points=("edge-fw", "both-fw")),
    ),
)
ENDS = (
    "10.1.0.5", "10.1.0.6", "10.1.2.7", "10.1.2.8", "203.0.113.7", "203.0.113.8", "198.51.100.9",
    "fd00:1::5", "fd00:1:2::7", "2001:db8:bad::1", "2001:db8:bad:1::2",
)  # fmt: skip
NETWORKS = (
    *(f"{ip}/{128 if ':' in ip else 32}" for ip in ENDS), "10.1.0.0/16", "10.1.2.0/24",
    "203.0.113.0/24", "0.0.0.0/0", "2001:db8::/32", "2001:db8:bad::/64", "fd00:1::/32", "::/0",
)  # fmt: skip


def order(target: Target, boundary: str = "edge", direction: Direction = Direction.BOTH) -> Command:
    return Command(
        id="cmd-1", verb=Verb.DENY, target=target, point=f"{boundary}-fw", boundary=boundary,
        duration_s=3600, direction=direction,
    )  # fmt: skip


def holds(network: str, ip: str) -> bool:
    if not network:
        return True
    net, address = ipaddress.ip_network(network), ipaddress.ip_address(ip)
    return net.version == address.version and address in net


def meets(command: Command, flow: dict[str, object]) -> bool:
    """The same in plain words: no joins, no spans, one flow and one command at a time."""
    target, src, dst = command.target, str(flow["src_ip"]), str(flow["dst_ip"])
    pair = REGISTER.zone_of(src), REGISTER.zone_of(dst)
    crossed = crossings(REGISTER).get(pair, ())
    if not any(command.point in REGISTER.boundary(name).points for name in crossed):
        return False
    if target.protocol not in ("", flow["protocol"]):
        return False
    for outside, inside, port_out, port_in, begun in (
        (dst, src, flow["dst_port"], flow["src_port"], Direction.EGRESS),
        (src, dst, flow["src_port"], flow["dst_port"], Direction.INGRESS),
    ):
        if not (holds(target.outside, outside) and holds(target.inside, inside)):
            continue
        if target.port not in (None, port_in if target.serves_inside else port_out):
            continue
        if target.port is None and command.direction not in (Direction.BOTH, begun):
            continue
        if any(holds(spared, end) for spared in target.except_for for end in (outside, inside)):
            continue
        return True
    return False


def random_flow(dice: random.Random) -> dict[str, object]:
    src, dst = dice.sample(ENDS, 2)
    while (":" in src) != (":" in dst):
        src, dst = dice.sample(ENDS, 2)
    return {
        "start_time": 0, "src_ip": src, "dst_ip": dst, "src_port": dice.choice((443, 40000, 53)),
        "dst_port": dice.choice((443, 53, 4444)), "protocol": dice.choice(("tcp", "udp")),
        "packets_out": dice.choice((0, 3)), "packets_in": dice.choice((0, 3)),
    }  # fmt: skip


def random_order(dice: random.Random) -> Command:
    port = dice.choice((None, None, 443, 4444))
    family = dice.choice((4, 6))
    of_family = [n for n in NETWORKS if ipaddress.ip_network(n).version == family]
    target = Target(
        inside=dice.choice(("", *of_family)), outside=dice.choice(("", *of_family)), port=port,
        protocol=dice.choice(("tcp", "udp")) if port else dice.choice(("", "tcp")),
        serves_inside=dice.random() < 0.2,
        except_for=tuple(dice.sample(of_family, dice.choice((0, 0, 1, 2)))),
    )  # fmt: skip
    return order(target, dice.choice(("core", "edge", "both")), dice.choice(list(Direction)))


def touched(engine, commands) -> set[tuple[int, str]]:
    touch(engine, commands)
    rows = engine.query("SELECT no, uid FROM touched ORDER BY no, uid")
    found = {(row["no"], row["uid"]) for row in rows}
    assert len(found) == len(rows), "a flow is met once by each command"
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_join_says_what_a_plain_judge_says(tmp_path, seed):
    dice = random.Random(seed)
    flows = [evidence._filled("network_activity", n, random_flow(dice)) for n in range(1, 301)]
    commands = [random_order(dice) for _ in range(80)]
    with evidence.engine({"network_activity": flows}, tmp_path) as engine:
        prepare(engine, REGISTER)
        found = touched(engine, commands)
    expected = {
        (no, flow["uid"])
        for no, command in enumerate(commands)
        for flow in flows
        if (command.target.inside or command.target.outside) and meets(command, flow)
    }
    assert found == expected
    assert expected, "the dice must make commands that meet something"


def flow(uid: str, dst: str, **more: object) -> dict[str, object]:
    return evidence._filled(
        "network_activity", int(uid[1:]),
        {"uid": uid, "start_time": 0, "src_ip": "10.1.0.5", "dst_ip": dst, "dst_port": 443, **more},
    )  # fmt: skip


def looked_up(name: str, *answers: str, src: str = "10.1.0.5") -> dict[str, object]:
    return {
        "time": 0, "frame": 1, "uid": "C99", "src_ip": src, "dst_ip": "10.1.2.8", "src_port": 5000,
        "dst_port": 53, "protocol": "udp", "service": "dns", "is_response": bool(answers),
        "query": name, "answers": list(answers),
    }  # fmt: skip


def said(uid: str, name: str) -> dict[str, object]:
    return {
        "time": 0, "frame": 1, "uid": uid, "src_ip": "10.1.0.5", "dst_ip": "203.0.113.7",
        "src_port": 5000, "dst_port": 443, "server_name": name, "ja4": "t13d1516h2_x_y",
    }  # fmt: skip


def test_names_decide_as_clients_learn_them(tmp_path):
    tables = {
        "network_activity": [
            flow("C1", "203.0.113.7"), flow("C2", "203.0.113.7"), flow("C3", "203.0.113.8"),
            flow("C4", "198.51.100.9"), flow("C5", "203.0.113.8", src_ip="10.1.0.6"),
        ],
        "tls_activity": [said("C1", "a.Bad.example"), said("C2", "notbad.example")],
        "dns_activity": [
            looked_up("x.bad.example"), looked_up("x.bad.example", "203.0.113.8"),
            looked_up("bad.example", "198.51.100.9"), looked_up("good.example", "198.51.100.9"),
        ],
    }  # fmt: skip
    with evidence.engine(tables, tmp_path) as engine:
        prepare(engine, REGISTER)
        # C2 says another name, C4's address has another name, C5's client looked nothing up.
        assert touched(engine, [order(Target(domain="bad.example"))]) == {(0, "C1"), (0, "C3")}
        (lookups,) = engine.query("SELECT no, host, queries FROM touched_lookup")
        assert lookups == {"no": 0, "host": "x.bad.example", "queries": 1}
        assert touched(engine, [order(Target(domain="x.bad.example"))]) == {(0, "C3")}
        both = [order(Target(domain="bad.example")), order(Target(domain="good.example"))]
        assert touched(engine, both) == {(0, "C1"), (0, "C3")}


def test_a_fingerprint_is_met_only_within_its_network(tmp_path):
    tables = {
        "network_activity": [flow("C1", "203.0.113.7"), flow("C2", "198.51.100.9")],
        "tls_activity": [said("C1", "a.example"), said("C2", "b.example")],
    }
    mark = Target(ja4="t13d1516h2_x_y", outside="203.0.113.0/24")
    with evidence.engine(tables, tmp_path) as engine:
        prepare(engine, REGISTER)
        assert touched(engine, [order(mark)]) == {(0, "C1")}


def test_a_target_that_narrows_nothing_touches_nothing(tmp_path):
    with evidence.engine({"network_activity": [flow("C1", "203.0.113.7")]}, tmp_path) as engine:
        prepare(engine, REGISTER)
        assert touched(engine, [order(Target())]) == set()


def test_what_is_slowed_or_ended_once_passes_all_the_same(tmp_path):
    target = Target(inside="10.1.0.5/32", outside="203.0.113.7/32")
    asked = [
        order(target),
        replace(order(target), verb=Verb.SET, packets_per_s=20),
        replace(order(target), verb=Verb.STOP),
        replace(order(target), verb=Verb.CONTAIN),
    ]
    nothing_said = {"payload_bytes_out": 0, "payload_bytes_in": 0}
    flows = [
        flow("C1", "203.0.113.7", conn_state="SF", **nothing_said),
        flow("C2", "203.0.113.7", conn_state="S0", **nothing_said),
        flow("C3", "203.0.113.7", conn_state="RSTO"),
    ]
    flows[2]["payload_bytes_out"] = 1
    flows += [
        flow("C4", "203.0.113.7", protocol="icmp", packets_in=0),
        flow("C5", "203.0.113.7", protocol="icmp", packets_in=3),
    ]
    with evidence.engine({"network_activity": flows}, tmp_path) as engine:
        prepare(engine, REGISTER)
        touch(engine, asked)
        rows = engine.query("SELECT no, uid, stops, is_attempt FROM touched ORDER BY no, uid")
    assert {row["no"]: row["stops"] for row in rows} == {0: True, 1: False, 2: False, 3: True}
    assert {row["uid"] for row in rows if row["is_attempt"]} == {"C2", "C4"}
