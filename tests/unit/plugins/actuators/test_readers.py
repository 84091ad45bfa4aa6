"""What devices answer is read as what is in force, and nothing else is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.model.actuator import Actuator, Site, Standing
from netcordon.model.command import Command, Target, Verb
from tests.unit.plugins.actuators.orders import ACTUATORS, ORDERS, command, site

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ONE, TWO = (
    command(1, Target(outside="203.0.113.7/32")),
    command(2, Target(outside="203.0.113.8/32")),
)


def standing(name: str, *orders: Command, **options: str) -> Site:
    plain = site(name)
    each = tuple(Standing(case_id="case-7", command=order) for order in orders)
    point = replace(plain.point, options={**plain.point.options, **options})
    return replace(plain, standing=each, point=point)


def read(name: str, text: str, place: Site) -> list[str]:
    return [each.command_id for each in ACTUATORS[name].read(text, place, NOW)]


@pytest.mark.parametrize("name", ["suricata", "dns_rpz", "squid", "block_list"])
def test_a_file_tells_the_commands_of_its_case(name: str) -> None:
    actuator = ACTUATORS[name]
    able = [order for order in ORDERS if actuator.refusal(order, site(name)) is None]
    others = tuple(Standing(case_id="case-70", command=order) for order in able)
    text = actuator.render(able, site(name, standing=others)).do
    assert read(name, text, site(name)) == [order.id for order in able]
    assert read(name, actuator.render(able, site(name, standing=others)).undo, site(name)) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("junos_srx", "set security policies from-zone trust to-zone untrust policy {} then deny"),
        ("panos", "set rulebase security rules {} action drop"),
        ("windows_firewall", "{}"),
        ("azure_nsg", '"name": "{}",'),
        ("fortios", '        set comments "{}"'),
    ],
)
def test_names_and_comments_tell_the_commands_of_their_case(name: str, line: str) -> None:
    shown = "\n".join(
        line.format(f"netcordon-{each}-1") for each in ("case-7-cmd-1", "case-70-cmd-2")
    )
    assert read(name, shown, site(name)) == ["cmd-1"]
    assert read(name, line.format("netcordon-case-7-cmd-12-1"), site(name)) == ["cmd-12"]
    assert read(name, line.format("somebody-case-7-cmd-1"), site(name)) == []


def entries(order: Command, place: Site) -> list[dict[str, object]]:
    """As AWS lists what the text would have created."""
    found: list[dict[str, object]] = []
    for line in ACTUATORS["aws_nacl"].render([order], place).do.splitlines()[1:]:
        words = line.split()
        entry: dict[str, object] = {
            "RuleNumber": int(words[words.index("--rule-number") + 1]),
            "Egress": "--egress" in words,
            "RuleAction": "deny",
            "Protocol": words[words.index("--protocol") + 1],
            "CidrBlock": words[words.index("--cidr-block") + 1],
        }
        if "--port-range" in words:
            ports = re.findall(r"\d+", words[words.index("--port-range") + 1])
            entry["PortRange"] = {"From": int(ports[0]), "To": int(ports[1])}
        found.append(entry)
    return found


def test_aws_entries_are_compared_whole() -> None:
    web = command(3, Target(outside="203.0.113.9/32", port=443, protocol="tcp"))
    place = standing("aws_nacl", ONE, web)
    both = [*entries(ONE, site("aws_nacl")), *entries(web, site("aws_nacl"))]
    told = json.dumps({"NetworkAcls": [{"Entries": both}]})
    assert read("aws_nacl", told, place) == ["cmd-1", "cmd-3"]
    assert read("aws_nacl", told.replace('"deny"', '"allow"'), place) == []
    assert read("aws_nacl", json.dumps({"NetworkAcls": [{"Entries": both[1:]}]}), place) == [
        "cmd-3"
    ]
    assert read("aws_nacl", told.replace("203.0.113.9", "203.0.113.99"), place) == ["cmd-1"]


def test_an_interface_with_another_group_beside_is_not_isolated() -> None:
    order = command(1, Target(inside="10.1.2.4/32"), Verb.CONTAIN)
    place = standing("aws_security_group", order)

    def told(*groups: str) -> str:
        interface = {
            "NetworkInterfaceId": "eni-0123456789abcdef0",
            "Groups": [{"GroupId": group} for group in groups],
        }
        return json.dumps({"NetworkInterfaces": [interface]})

    ours = "sg-0123456789abcdef0"
    assert read("aws_security_group", told(ours), place) == ["cmd-1"]
    assert read("aws_security_group", told(ours, "sg-0aaaaaaaaaaaaaaa1"), place) == []
    assert read("aws_security_group", told(), place) == []


def test_isolation_twice_puts_the_groups_back_once() -> None:
    order = command(1, Target(inside="10.1.2.4/32"), Verb.CONTAIN)
    actuator = ACTUATORS["aws_security_group"]
    other = (Standing(case_id="case-8", command=order),)
    assert actuator.render([order], site("aws_security_group")).undo
    assert actuator.render([order], site("aws_security_group", standing=other)).undo == ""


def test_flows_that_routers_were_told() -> None:
    web = command(3, Target(outside="203.0.113.9/32", port=443, protocol="tcp"))
    shown = (
        "neighbor 192.0.2.9 out ipv4 flow flow destination-ipv4 203.0.113.7/32 extended-community\n"
        "neighbor 192.0.2.9 out ipv4 flow flow source-ipv4 203.0.113.7/32 extended-community\n"
        "neighbor 192.0.2.9 out ipv4 flow flow destination-ipv4 203.0.113.9/32 protocol =tcp"
        " destination-port =443\n"
    )
    assert read("bgp_flowspec", shown, standing("bgp_flowspec", ONE, TWO, web)) == ["cmd-1"]


def test_routes_that_discard() -> None:
    shown = "out ipv4 unicast 203.0.113.7/32 next-hop 192.0.2.1 community 65535:666\n"
    place = standing("bgp_blackhole", ONE, TWO)
    assert read("bgp_blackhole", shown, place) == ["cmd-1"]
    assert read("bgp_blackhole", shown.replace("65535:666", "65000:1"), place) == []


def test_a_route_that_another_case_needs_is_not_withdrawn() -> None:
    other = (Standing(case_id="case-8", command=ONE),)
    for name in ("bgp_blackhole", "bgp_flowspec"):
        assert "withdraw" in ACTUATORS[name].render([ONE], site(name)).undo
        assert "withdraw" not in ACTUATORS[name].render([ONE], site(name, standing=other)).undo


def test_openc2_asks_for_the_rules_it_was_told_and_believes_only_status_200() -> None:
    place = standing("openc2", ONE, TWO, profile="pf")
    asked = [json.loads(call.sends[2]) for call in ACTUATORS["openc2"].look(place) if call.sends]
    numbers = [each["body"]["openc2"]["request"]["target"]["pf:rule_number"] for each in asked]
    assert len(set(numbers)) == 2

    def answer(number: int, status: int = 200) -> str:
        results = {"pf": {"rules": [{"rule_number": number}]}}
        response = {"status": status, "results": results}
        return json.dumps({"headers": {}, "body": {"openc2": {"response": response}}})

    assert read("openc2", answer(numbers[0]), place) == ["cmd-1"]
    assert read("openc2", answer(numbers[0], 400) + "\n" + answer(numbers[1]), place) == ["cmd-2"]
    assert not ACTUATORS["openc2"].look(standing("openc2", ONE))


def test_openc2_speaks_both_versions_and_says_the_direction() -> None:
    actuator = ACTUATORS["openc2"]
    new = json.loads(actuator.render([ONE], standing("openc2")).do)["body"]["openc2"]["request"]
    old = json.loads(actuator.render([ONE], standing("openc2", language="1.0")).do)
    assert new["profile"] == "slpf"
    assert old["body"]["openc2"]["request"]["actuator"] == {"slpf": {}}
    assert new["args"]["slpf"]["direction"] == "both"
    assert list(new["target"]) == ["ipv4_net"]
    assert set(new["args"]) == {"response_requested", "duration", "slpf"}


@pytest.mark.parametrize("name", sorted(ACTUATORS))
@given(text=st.text(max_size=200))
def test_a_device_that_answers_nonsense_has_nothing_in_force(name: str, text: str) -> None:
    actuator: Actuator = ACTUATORS[name]
    able = [order for order in ORDERS if actuator.refusal(order, site(name)) is None]
    place = standing(name, *(order for order in able if order.verb is not Verb.STOP))
    assert actuator.read(text, place, NOW) == ()
    assert (
        actuator.read(
            json.dumps({"nftables": text, "NetworkAcls": [text], "body": text}), place, NOW
        )
        == ()
    )
