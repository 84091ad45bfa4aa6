"""What the lint says of commands, and what it leaves alone."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest

from netcordon.model.business import Business, VitalFlow
from netcordon.model.command import Command, Direction, Target, Verb
from netcordon.model.register import Protected, Register, Zone
from netcordon.model.wellformed import is_domain, is_network
from netcordon.planning.lint import Fault, Limits, Remark, lint
from netcordon.planning.never_block import shipped

BAD = "198.51.100.7/32"
CARDS = VitalFlow(
    name="card payments", src="10.20.1.0/24", dst="203.0.113.40/32", port=443, owner="A. Diaz"
)
PORTAL = VitalFlow(name="portal", src="10.20.1.0/24", dst_name="portal.partner.example", port=443)
REGISTER = Register(
    home_nets=("10.0.0.0/8",),
    zones=(
        Zone(name="office", networks=("10.20.1.0/24",), business_line="sales"),
        Zone(name="servers", networks=("10.20.2.0/24",)),
    ),
    never_block=(
        Protected(network="203.0.113.53/32", reason="our provider's resolver"),
        Protected(network="10.20.2.2/32", reason="our own resolver"),
        Protected(name="updates.vendor.example", reason="updates"),
        *shipped(),
    ),
    business=Business(vital_flows=(CARDS, PORTAL)),
)


def order(number: int, target: Target, verb: Verb = Verb.DENY, **more: object) -> Command:
    plain = Command(
        id=f"cmd-{number}", verb=verb, target=target, point="fw", boundary="border", duration_s=3600
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def told(*commands: Command, limits: Limits | None = None) -> list[Remark]:
    return list(lint(commands, REGISTER, limits))


def faults(*commands: Command) -> list[tuple[str, Fault, bool]]:
    return [(each.command_id, each.fault, each.serious) for each in told(*commands)]


def test_a_narrow_command_against_an_attacker_is_left_alone() -> None:
    assert not told(
        order(1, Target(outside="198.51.100.7/32")),
        order(
            2, Target(inside="10.20.1.7/32", outside="198.51.100.8/32", port=443, protocol="tcp")
        ),
        order(3, Target(domain="c2.bad.example")),
        order(4, Target(inside="10.20.2.7/32"), Verb.CONTAIN),
        order(5, Target(outside="198.51.100.9/32"), Verb.STOP),
    )


def test_what_is_not_canonical_is_serious_and_nothing_more_is_asked() -> None:
    (remark,) = told(order(1, Target(outside="198.51.100.7")))
    assert (remark.fault, remark.serious) == (Fault.MALFORMED, True)


@pytest.mark.parametrize("network", ["198.51.96.0/20", "2001:db8::/32", "0.0.0.0/1"])
def test_networks_wider_than_what_is_routed(network: str) -> None:
    assert (Fault.TOO_WIDE, True) in [
        (e.fault, e.serious) for e in told(order(1, Target(outside=network)))
    ]


def test_how_wide_is_a_setting() -> None:
    command = order(1, Target(outside="198.51.96.0/20"))
    assert not told(command, limits=Limits(shortest_ipv4=20))
    command = order(1, Target(outside="198.51.100.0/24"))
    assert not told(command)
    assert told(command, limits=Limits(shortest_ipv4=25))


@pytest.mark.parametrize(
    ("name", "wide"), [("co.uk", True), ("github.io", True), ("bad.co.uk", False)]
)
def test_public_suffixes_are_everybodys(name: str, wide: bool) -> None:
    assert bool(told(order(1, Target(domain=name)))) == wide


def test_a_port_alone_is_read_by_whoever_approves() -> None:
    assert faults(order(1, Target(port=445, protocol="tcp")))[0] == ("cmd-1", Fault.TOO_WIDE, False)


def test_never_block_by_address() -> None:
    assert faults(order(1, Target(outside="203.0.113.53/32"))) == [
        ("cmd-1", Fault.NEVER_BLOCK, True)
    ]
    assert faults(order(1, Target(outside="8.8.8.8/32"))) == [("cmd-1", Fault.NEVER_BLOCK, True)]
    assert faults(order(1, Target(inside="10.20.2.2/32"), Verb.CONTAIN)) == [
        ("cmd-1", Fault.NEVER_BLOCK, True)
    ]
    (remark,) = told(order(1, Target(outside="203.0.113.48/29", port=80, protocol="tcp")))
    assert (remark.fault, remark.serious) == (Fault.NEVER_BLOCK, False)
    assert "203.0.113.53" in remark.text
    assert "left out" in remark.text


def test_never_block_by_name() -> None:
    for name in ("updates.vendor.example", "a.updates.vendor.example", "vendor.example"):
        assert faults(order(1, Target(domain=name))) == [("cmd-1", Fault.NEVER_BLOCK, True)]
    assert not faults(order(1, Target(domain="other.vendor.example")))
    assert not faults(order(1, Target(domain="notvendor.example")))


def test_networks_of_our_own() -> None:
    assert faults(order(1, Target(outside="10.20.2.0/24", port=1433, protocol="tcp"))) == [
        ("cmd-1", Fault.NEVER_BLOCK, False), ("cmd-1", Fault.OWN_NETWORK, True),
    ]  # fmt: skip
    lateral = Target(inside="10.20.1.7/32", outside="10.20.2.9/32")
    assert not faults(order(1, lateral))
    assert faults(order(1, Target(inside="172.16.0.7/32"), Verb.CONTAIN)) == [
        ("cmd-1", Fault.OWN_NETWORK, False)
    ]
    zone = [each.text for each in told(order(1, Target(inside="10.20.1.0/24"), Verb.CONTAIN))]
    assert any("all of zone office (sales)" in text for text in zone)


def test_critical_flows_are_named_with_their_owner() -> None:
    (remark,) = told(order(1, Target(outside="203.0.113.40/32")))
    assert (remark.fault, remark.serious) == (Fault.CRITICAL_FLOW, True)
    assert "card payments" in remark.text
    assert "A. Diaz" in remark.text
    assert not told(order(1, Target(outside="203.0.113.40/32", port=80, protocol="tcp")))
    assert not told(
        order(1, Target(outside="203.0.113.40/32", ja4="t13d1516h2_8daaf6152771_b186095e22b6"))
    )


def test_isolating_one_client_stops_a_part_of_a_critical_flow() -> None:
    remarks = told(order(1, Target(inside="10.20.1.7/32"), Verb.CONTAIN))
    assert {(each.fault, each.serious) for each in remarks} == {(Fault.CRITICAL_FLOW, False)}
    assert all("part of" in each.text for each in remarks)
    spared = Target(inside="10.20.1.7/32", except_for=("203.0.113.40/32",))
    assert "card payments" not in " ".join(e.text for e in told(order(1, spared, Verb.CONTAIN)))


def test_a_flow_that_is_told_by_name_is_stopped_by_its_name() -> None:
    assert faults(order(1, Target(domain="partner.example"))) == [
        ("cmd-1", Fault.CRITICAL_FLOW, True)
    ]
    assert not faults(order(1, Target(domain="other.partner.example")))


def test_directions_count_for_critical_flows() -> None:
    target = Target(outside="203.0.113.40/32")
    assert not told(order(1, target, direction=Direction.INGRESS))
    assert told(order(1, target, direction=Direction.EGRESS))


def test_of_two_equal_commands_the_later_is_a_duplicate() -> None:
    target = Target(outside="198.51.100.7/32")
    (remark,) = told(order(1, target), order(2, target))
    assert (remark.command_id, remark.fault, remark.other) == ("cmd-2", Fault.DUPLICATE, "cmd-1")
    assert not told(order(1, target), order(2, target, point="other"))


@pytest.mark.parametrize(
    ("wide", "narrow", "shadowed"),
    [
        (Target(outside="198.51.100.0/24"), Target(outside="198.51.100.7/32"), True),
        (Target(outside="198.51.100.7/32"), Target(outside="198.51.100.0/24"), False),
        (Target(domain="bad.example"), Target(domain="c2.bad.example"), True),
        (Target(domain="bad.example"), Target(domain="notbad.example"), False),
        (Target(outside=BAD, port=443, protocol="tcp"), Target(outside=BAD), False),
        (Target(outside=BAD), Target(inside="10.20.2.7/32", outside=BAD), True),
        (Target(outside="198.51.100.0/24", except_for=(BAD,)), Target(outside=BAD), False),
    ],
)  # fmt: skip
def test_what_another_command_stops_already(wide: Target, narrow: Target, shadowed: bool) -> None:
    remarks = told(order(2, narrow), order(1, wide))
    found = [(e.fault, e.other) for e in remarks if e.command_id == "cmd-2"]
    assert found == ([(Fault.SHADOWED, "cmd-1")] if shadowed else [])


def test_what_ends_earlier_or_is_one_sided_shadows_nothing() -> None:
    narrow = order(1, Target(outside="198.51.100.7/32"))
    wide = order(2, Target(outside="198.51.100.0/24"), duration_s=60)
    assert not told(narrow, wide)
    assert not told(narrow, replace(wide, duration_s=3600, direction=Direction.EGRESS))
    assert told(narrow, replace(wide, duration_s=3600))


def test_what_is_shipped_is_canonical_and_says_why() -> None:
    entries = shipped()
    assert len({entry.network or entry.name for entry in entries}) == len(entries) > 30
    for entry in entries:
        assert entry.shipped
        assert entry.reason
        assert is_network(entry.network) != is_domain(entry.name)
    roots = [e for e in entries if e.network and "root" in e.reason]
    assert sorted({ipaddress.ip_network(e.network).version for e in roots}) == [4, 6]
    assert len(roots) == 26
