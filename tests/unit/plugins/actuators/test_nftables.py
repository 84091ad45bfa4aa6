"""nftables: what is read back, and how an undo is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from netcordon.model.actuator import Standing
from netcordon.model.command import Direction, Target, Verb
from netcordon.model.register import Boundary
from tests.unit.plugins.actuators.orders import ACTUATORS, command, site

NFT = ACTUATORS["nftables"]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def listing(*elements: object, asked: bool = True, jumps: bool = True) -> str:
    lookup = {"match": {"op": "==", "left": {}, "right": "@s" if asked else "@t"}}
    rules = [{"rule": {"chain": "cordon", "expr": [lookup, {"drop": None}]}}]
    for hook in ("forward", "input", "output") if jumps else ():
        rules.append({"rule": {"chain": hook, "expr": [{"jump": {"target": "cordon"}}]}})
    return json.dumps({"nftables": [{"set": {"name": "s", "elem": list(elements)}}, *rules]})


def element(comment: str, packets: int, expires: int) -> object:
    counter = {"packets": packets, "bytes": packets * 60}
    value = {"concat": ["10.0.0.1", "203.0.113.7"]}
    return {"elem": {"val": value, "comment": comment, "counter": counter, "expires": expires}}


def test_elements_of_both_families_are_one_command() -> None:
    told = listing(element("case-7 cmd-1", 3, 10), element("case-7 cmd-1", 4, 12))
    (found,) = NFT.read(told, site("nftables"), NOW)
    assert (found.command_id, found.packets, found.bytes) == ("cmd-1", 7, 420)
    assert found.expires_time == NOW + timedelta(seconds=12)


def test_a_set_that_no_rule_asks_for_stops_nothing() -> None:
    told = element("case-7 cmd-1", 3, 10)
    assert NFT.read(listing(told), site("nftables"), NOW)
    assert not NFT.read(listing(told, asked=False), site("nftables"), NOW)
    assert not NFT.read(listing(told, jumps=False), site("nftables"), NOW)


def test_other_cases_are_not_ours() -> None:
    told = listing(element("case-70 cmd-1", 3, 10), element("somebody's", 1, 1), "10.0.0.1")
    assert NFT.read(told, site("nftables"), NOW) == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"nftables": 5}', '{"nftables": [{"set": 1}]}'])
def test_what_is_no_listing_tells_nothing(text: str) -> None:
    assert NFT.read(text, site("nftables"), NOW) == ()


def test_the_last_undo_deletes_the_table_and_an_earlier_one_does_not() -> None:
    first, second = (command(n, Target(outside=f"203.0.113.{n}/32")) for n in (1, 2))
    last = NFT.render([first], site("nftables")).undo
    assert last.splitlines()[-1] == "delete table inet netcordon_case-7"
    other = (Standing(case_id="case-7", command=second),)
    earlier = NFT.render([first], site("nftables", standing=other)).undo
    assert "delete table" not in earlier
    assert "delete element inet netcordon_case-7 v4_0_32 { 0.0.0.0/0 . 203.0.113.1/32 }" in earlier
    assert "203.0.113.2" not in earlier


def test_a_port_of_the_responder_is_matched_from_both_sides() -> None:
    order = command(1, Target(outside="203.0.113.7/32", port=443, protocol="tcp"))
    text = NFT.render([order], site("nftables")).do
    assert "tcp dport 443 ip saddr . ip daddr @v4_0_32_tcp_443 drop" in text
    assert "tcp sport 443 ip daddr . ip saddr @v4_0_32_tcp_443 drop" in text


def test_one_direction_is_told_by_who_began() -> None:
    order = command(1, Target(outside="203.0.113.7/32"), direction=Direction.INGRESS)
    text = NFT.render([order], site("nftables")).do
    assert "ct direction original ip saddr . ip daddr @v4_32_0_began drop" in text
    assert "{ 203.0.113.7/32 . 0.0.0.0/0 timeout" in text


def test_translated_addresses_are_matched_as_they_were_before() -> None:
    border = Boundary(name="border", zones=("a", "b"), translated=("10.0.0.0/8",))
    order = command(1, Target(outside="203.0.113.7/32", port=443, protocol="tcp"))
    text = NFT.render([order], site("nftables", boundaries=(border,))).do
    assert "ct original proto-dst 443 ct original ip saddr . ct original ip daddr" in text


def test_stopping_forgets_connections_and_makes_no_rule() -> None:
    order = command(1, Target(inside="10.0.0.5/32", outside="203.0.113.7/32"), Verb.STOP)
    assert NFT.render([order], site("nftables")).do == ""
    calls = [call.argv for call in NFT.cut([order], site("nftables"))]
    both_ends = ("-s", "10.0.0.5/32", "-d", "203.0.113.7")
    assert ("conntrack", "-D", "-f", "ipv4", *both_ends) in calls


def test_a_cut_spares_what_the_rules_spare() -> None:
    order = command(1, Target(inside="10.0.0.5/32", outside="203.0.113.0/30"), Verb.STOP)
    calls = NFT.cut([order], site("nftables", never_block=("203.0.113.1/32",)))
    ends = {call.argv[7] for call in calls if call.argv[4:6] == ("-s", "10.0.0.5/32")}
    assert ends == {"203.0.113.0", "203.0.113.2/31"}
