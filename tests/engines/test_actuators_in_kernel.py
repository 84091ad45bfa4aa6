"""Linux filters judged by the kernel: what is stopped, goes on, expires, and is left behind."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from netcordon.model.actuator import Actuator, Call, Site, Standing
from netcordon.model.command import Command, Direction, InForce, Refusal, Target, Verb
from netcordon.model.register import Boundary
from tests.conftest import REQUIRE_ENGINES
from tests.engines.enclave import INSIDE, INSIDE6, OTHER, OUTSIDE, OUTSIDE6, Enclave, enclave
from tests.unit.plugins.actuators.orders import ACTUATORS, command, site

pytestmark = pytest.mark.engines
NOW = datetime(2026, 11, 22, tzinfo=UTC)


SITE_RULES = """
table inet site {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ct state established,related accept
  }
}
"""
"""As on any real firewall: connection tracking is on, and open connections are let through."""

NETWORK_TRANSLATION = """
table ip translation {
  chain pre {
    type nat hook prerouting priority dstnat;
    ip daddr 10.71.1.1 tcp dport 8443 dnat to 203.0.113.2:443
  }
  chain post { type nat hook postrouting priority srcnat; oifname "fw-out" masquerade
  }
}
"""


class Firewall(Enclave):
    """An enclave whose firewall is told by one of the actuators."""

    actuator: Actuator
    here: Site


@pytest.fixture(params=["nftables", "iptables"])
def net(request: pytest.FixtureRequest, engine_program: Callable[[str], str]) -> Iterator[Firewall]:
    for program in ("nft", "iptables", "ipset", "conntrack", "ip", "nsenter", "unshare"):
        engine_program(program)
    if os.geteuid() != 0:
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("making network namespaces needs root")
    with enclave(Firewall) as made:
        made.actuator, made.here = ACTUATORS[request.param], site(request.param)
        made.run("fw", "nft", "-f", "-", stdin=SITE_RULES)
        for hook in ("INPUT", "FORWARD", "OUTPUT") if request.param == "iptables" else ():
            for program in ("iptables", "ip6tables"):
                made.run("fw", program, "-A", hook, "-j", "ACCEPT")
        made.serve("out")
        made.wait_for(OUTSIDE, OUTSIDE6, OTHER)
        yield made


def run(net: Firewall, calls: Sequence[Call]) -> str:
    return "".join(
        net.run("fw", *call.argv, stdin=call.stdin, fine=call.fine)
        for call in calls
        if not (call.unless and net.succeeds("fw", *call.unless))
    )


def apply(net: Firewall, *orders: Command, place: Site | None = None) -> None:
    rendered = net.actuator.render(orders, place or net.here)
    assert not rendered.refused
    run(net, net.actuator.apply(rendered, place or net.here))


def undo(net: Firewall, *orders: Command, place: Site | None = None) -> None:
    rendered = net.actuator.render(orders, place or net.here)
    run(net, net.actuator.revert(rendered, place or net.here))


def ruleset(net: Firewall) -> str:
    """All of it but the dates in comments."""
    told = net.run("fw", "nft", "list", "ruleset") + run(net, net.actuator.snapshot(net.here))
    return "\n".join(line for line in told.splitlines() if not line.startswith("#"))


def rules_only(net: Firewall) -> str:
    """Without counters and remaining times."""
    numbers = r"counter packets \d+ bytes \d+|expires \w+|\[\d+:\d+\]|(timeout|packets|bytes) \d+"
    return re.sub(numbers, "", ruleset(net))


def in_force(net: Firewall, place: Site | None = None) -> dict[str, InForce]:
    told = run(net, net.actuator.look(place or net.here))
    return {each.command_id: each for each in net.actuator.read(told, place or net.here, NOW)}


def test_an_open_connection_dies_and_others_go_on(net: Firewall) -> None:
    before = rules_only(net)
    talk = net.talk("in", OUTSIDE, 443)
    assert (talk.hear(), talk.say()) == ("open", "answer")
    apply(net, command(1, Target(outside=f"{OUTSIDE}/32")))
    assert talk.say() == "TimeoutError"
    assert not net.opens(OUTSIDE, 443)
    assert net.opens(OTHER, 443)
    assert net.opens(OUTSIDE6, 443)
    told = in_force(net)["cmd-1"]
    assert told.packets
    assert told.expires_time is not None
    assert 3590 <= (told.expires_time - NOW).total_seconds() <= 3600
    undo(net, command(1, Target(outside=f"{OUTSIDE}/32")))
    assert net.opens(OUTSIDE, 443)
    assert rules_only(net) == before
    assert not in_force(net)


def test_applied_twice_is_applied_once(net: Firewall) -> None:
    orders = (
        command(1, Target(outside=f"{OUTSIDE}/32")),
        command(2, Target(outside=OUTSIDE6 + "/128", port=443, protocol="tcp")),
        command(3, Target(inside=f"{INSIDE}/32", except_for=(f"{OTHER}/32",)), Verb.CONTAIN),
        command(4, Target(port=445, protocol="tcp"), refusal=Refusal.REJECT),
        command(5, Target(outside=f"{OTHER}/32"), Verb.SET, packets_per_s=5),
    )
    before = rules_only(net)
    apply(net, *orders)
    once = rules_only(net)
    apply(net, *orders)
    assert rules_only(net) == once
    undo(net, *orders)
    undo(net, *orders)
    assert rules_only(net) == before


def test_undoing_one_command_leaves_the_ruleset_of_the_others(net: Firewall) -> None:
    first = command(1, Target(outside=f"{OUTSIDE}/32"))
    second = command(2, Target(outside=f"{OUTSIDE6}/128", port=443, protocol="tcp"))
    third = command(3, Target(outside=f"{OTHER}/32"), Verb.SET, packets_per_s=5)
    apply(net, first)
    assert not net.opens(OUTSIDE, 443)
    alone, counted = rules_only(net), in_force(net)["cmd-1"].packets
    standing = replace(net.here, standing=(Standing(case_id="case-7", command=first),))
    apply(net, second, third, place=standing)
    assert in_force(net)["cmd-1"].packets == counted
    assert not net.opens(OUTSIDE6, 443)
    undo(net, second, third, place=standing)
    assert rules_only(net) == alone
    assert net.opens(OUTSIDE6, 443)
    assert not net.opens(OUTSIDE, 443)


def test_two_cases_stand_side_by_side(net: Firewall) -> None:
    other = replace(net.here, case_id="case-8")
    apply(net, command(1, Target(outside=f"{OUTSIDE}/32")))
    mine = rules_only(net)
    apply(net, command(1, Target(outside="203.0.113.0/24")), place=other)
    assert set(in_force(net)) == set(in_force(net, other)) == {"cmd-1"}
    assert not net.opens(OTHER, 443)
    undo(net, command(1, Target(outside="203.0.113.0/24")), place=other)
    assert rules_only(net) == mine
    assert net.opens(OTHER, 443)
    assert not net.opens(OUTSIDE, 443)


def test_the_kernel_lets_it_expire(net: Firewall) -> None:
    order = command(1, Target(outside=f"{OUTSIDE}/32"), duration_s=1)
    apply(net, order)
    assert not net.opens(OUTSIDE, 443)
    time.sleep(1)
    assert net.opens(OUTSIDE, 443)
    assert not in_force(net)
    undo(net, order)
    assert "netcordon" not in ruleset(net)


def test_ipv6_is_stopped_by_port(net: Firewall) -> None:
    talk = net.talk("in", OUTSIDE6, 4444)
    assert (talk.hear(), talk.say()) == ("open", "answer")
    apply(net, command(1, Target(outside="2001:db8:2::/64", port=4444, protocol="tcp")))
    assert talk.say() == "TimeoutError"
    assert not net.opens(OUTSIDE6, 4444)
    assert net.opens(OUTSIDE6, 443)


def test_an_isolated_host_keeps_its_exceptions(net: Firewall) -> None:
    order = command(1, Target(inside=f"{INSIDE}/32", except_for=(f"{OUTSIDE}/32",)), Verb.CONTAIN)
    apply(net, order)
    assert net.opens(OUTSIDE, 443)
    assert not net.opens(OTHER, 443)
    order = command(2, Target(inside=f"{INSIDE6}/128", except_for=(f"{OUTSIDE6}/128",)))
    apply(net, order, place=replace(net.here, case_id="case-8"))
    assert net.opens(OUTSIDE6, 443), "the router must still find the isolated host"


def test_who_must_not_be_blocked_is_left_out_of_a_network_and_not_of_isolation(
    net: Firewall,
) -> None:
    place = replace(net.here, never_block=(f"{OUTSIDE}/32",))
    order = command(1, Target(outside="203.0.113.0/24"))
    apply(net, order, place=place)
    assert net.opens(OUTSIDE, 443)
    assert not net.opens(OTHER, 443)
    apply(net, command(2, Target(inside=f"{INSIDE}/32"), Verb.CONTAIN), place=place)
    assert not net.opens(OUTSIDE, 443)


def test_refused_connections_are_told_so(net: Firewall) -> None:
    order = command(1, Target(outside=f"{OUTSIDE}/32"), refusal=Refusal.REJECT)
    apply(net, order)
    assert net.talk("in", OUTSIDE, 443).hear() == "ConnectionRefusedError"
    assert in_force(net)["cmd-1"].packets == 1


def test_connections_begun_outside_are_told_from_those_begun_inside(net: Firewall) -> None:
    net.serve("in")
    order = command(1, Target(outside=f"{OUTSIDE}/32"), direction=Direction.INGRESS)
    apply(net, order)
    assert net.opens(OUTSIDE, 443)
    assert not net.opens(INSIDE, 443, where="out")
    undo(net, order)
    apply(net, replace(order, direction=Direction.EGRESS))
    assert not net.opens(OUTSIDE, 443)
    assert net.opens(INSIDE, 443, where="out")


def test_a_service_of_ours_is_closed_to_one_network(net: Firewall) -> None:
    net.serve("in")
    target = Target(
        inside=f"{INSIDE}/32", outside=f"{OUTSIDE}/32", port=443, protocol="tcp", serves_inside=True
    )
    apply(net, command(1, target))
    assert not net.opens(INSIDE, 443, where="out")
    assert net.opens(INSIDE, 80, where="out")
    assert net.opens(OUTSIDE, 443)


def test_slowed_traffic_takes_the_time_that_it_is_given(net: Firewall) -> None:
    apply(net, command(1, Target(outside=f"{OUTSIDE}/32"), Verb.SET, packets_per_s=20))
    started = time.monotonic()
    talk = net.talk("in", OUTSIDE, 443)
    assert [talk.hear(), *(talk.say() for _ in range(50))] == ["open", *["answer"] * 50]
    assert time.monotonic() - started > 1.5
    assert in_force(net)["cmd-1"].packets
    started = time.monotonic()
    talk = net.talk("in", OTHER, 443)
    assert [talk.hear(), *(talk.say() for _ in range(50))] == ["open", *["answer"] * 50]
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("net", ["nftables"], indirect=True)
def test_an_address_that_is_translated_here_is_matched_by_what_was_asked_for(net: Firewall) -> None:
    net.run("fw", "nft", "-f", "-", stdin=NETWORK_TRANSLATION)
    border = Boundary(name="border", zones=("a", "internet"), translated=("10.71.1.0/24",))
    order = command(1, Target(outside="10.71.1.1/32", port=8443, protocol="tcp"))
    assert net.opens("10.71.1.1", 8443)
    apply(net, order)
    assert net.opens("10.71.1.1", 8443), "an undeclared translation hides the address"
    undo(net, order)
    apply(net, order, place=replace(net.here, boundaries=(border,)))
    assert not net.opens("10.71.1.1", 8443)
    assert net.opens(OUTSIDE, 443)


def test_stopping_makes_the_tracked_connection_forgotten(net: Firewall) -> None:
    net.run("fw", "nft", "-f", "-", stdin=SITE_RULES + NETWORK_TRANSLATION)
    talk = net.talk("in", OUTSIDE, 443)
    assert (talk.hear(), talk.say()) == ("open", "answer")
    tracked = ("conntrack", "-L", "-p", "tcp", "--dport", "443")
    assert "ESTABLISHED" in net.run("fw", *tracked)
    target = Target(inside="10.71.1.0/24", outside="203.0.113.0/24", port=443, protocol="tcp")
    run(net, net.actuator.cut([command(1, target, Verb.STOP)], net.here))
    assert "ESTABLISHED" not in net.run("fw", *tracked)
