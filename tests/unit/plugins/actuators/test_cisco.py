"""Cisco: lines that are found again on the device, and lists that must be named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from netcordon.model.actuator import Site, Standing
from netcordon.model.command import Command, Direction, Target
from tests.unit.plugins.actuators.orders import ACTUATORS, command, site

IOS, ASA = ACTUATORS["cisco_ios"], ACTUATORS["cisco_asa"]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
WEB = command(1, Target(outside="203.0.113.7/32", port=80, protocol="tcp"))
NET6 = command(2, Target(outside="2001:db8:bad::/48"))


def standing(name: str, *orders: Command) -> Site:
    each = tuple(Standing(case_id="case-7", command=order) for order in orders)
    return site(name, standing=each)


def numbers(order: Command) -> list[str]:
    lines = IOS.render([order], site("cisco_ios")).undo.splitlines()
    return [line.removeprefix(" no ") for line in lines if line.startswith(" no ")]


def test_ios_writes_wildcards_and_both_directions() -> None:
    order = command(3, Target(inside="10.1.0.0/16", outside="203.0.113.0/24"))
    text = IOS.render([order], site("cisco_ios")).do
    assert "deny ip 10.1.0.0 0.0.255.255 203.0.113.0 0.0.0.255" in text
    assert "deny ip 203.0.113.0 0.0.0.255 10.1.0.0 0.0.255.255" in text
    assert "no ip access-list" not in text
    assert "no ip access-list" not in IOS.render([order], site("cisco_ios")).undo


def test_ios_finds_its_lines_again_by_number_and_words() -> None:
    out, back = numbers(WEB)
    shown = f"""Extended IP access list BORDER-OUT
    {out} deny tcp any host 203.0.113.7 eq www (12 matches)
    1000000000 permit ip any any (400 matches)
Extended IP access list BORDER-IN
    {back} deny tcp host 203.0.113.7 eq www any (1 match)
"""
    (found,) = IOS.read(shown, standing("cisco_ios", WEB, NET6), NOW)
    assert (found.command_id, found.packets) == ("cmd-1", 13)
    assert not IOS.read(
        shown.replace(f"{back} deny", f"{back} permit"), standing("cisco_ios", WEB), NOW
    )
    assert not IOS.read(shown.replace("BORDER-IN", "OTHER"), standing("cisco_ios", WEB), NOW)


def test_ios_finds_ipv6_lines_whose_number_stands_behind() -> None:
    out, back = (each.removeprefix("sequence ") for each in numbers(NET6))
    shown = f"""IPv6 access list BORDER-OUT6
    deny ipv6 any 2001:db8:bad::/48 (3 matches) sequence {out}
IPv6 access list BORDER-IN6
    deny ipv6 2001:db8:bad::/48 any sequence {back}
"""
    (found,) = IOS.read(shown, standing("cisco_ios", NET6), NOW)
    assert (found.command_id, found.packets) == ("cmd-2", 3)


def test_a_list_that_is_not_named_is_not_guessed() -> None:
    place = site("cisco_ios")
    place = replace(place, point=replace(place.point, options={"out": "A", "in": "B"}))
    assert "option out6" in str(IOS.refusal(NET6, place))
    hostile = replace(place, point=replace(place.point, options={"out": "A\npermit ip any any"}))
    assert "option out" in str(IOS.refusal(WEB, hostile))
    assert "option out" in str(ASA.refusal(WEB, replace(hostile)))


def test_numbers_that_are_taken_are_refused() -> None:
    place = standing("cisco_ios", WEB)
    tight = replace(
        place, point=replace(place.point, options={**place.point.options, "lines": "1-2"})
    )
    assert "number" in str(IOS.refusal(NET6, tight))
    rendered = IOS.render([WEB, NET6], replace(tight, standing=()))
    assert "number" in rendered.refused["cmd-2"]
    wrong = replace(
        place, point=replace(place.point, options={**place.point.options, "lines": "9"})
    )
    assert "span" in str(IOS.refusal(NET6, wrong))


def test_asa_leaves_a_line_that_another_case_needs() -> None:
    other = Standing(case_id="case-8", command=WEB)
    line = "no access-list INSIDE-IN extended deny tcp any4 host 203.0.113.7 eq 80"
    assert line in ASA.render([WEB], site("cisco_asa")).undo
    assert line not in ASA.render([WEB], site("cisco_asa", standing=(other,))).undo


def test_asa_finds_its_lines_again() -> None:
    shown = (
        "access-list INSIDE-IN; 2 elements; name hash: 0x1\n"
        "access-list INSIDE-IN line 1 extended deny tcp any4 host 203.0.113.7 eq www (hitcnt=5) 0x2"
        "\n"
        "access-list INSIDE-IN line 2 extended permit ip any any (hitcnt=9) 0x3\n"
    )
    (found,) = ASA.read(shown, standing("cisco_asa", WEB, NET6), NOW)
    assert (found.command_id, found.packets) == ("cmd-1", 5)
    assert not ASA.read(shown.replace("host 203.0.113.7", "any4"), standing("cisco_asa", WEB), NOW)


def test_asa_ends_what_is_open() -> None:
    order = command(
        3, Target(inside="10.1.0.0/16", outside="203.0.113.7/32", port=443, protocol="tcp")
    )
    (call,) = ASA.cut([order], site("cisco_asa"))
    assert call.stdin == (
        "clear conn protocol tcp address 10.1.0.0-10.1.255.255 address 203.0.113.7 port 443\n"
    )


@pytest.mark.parametrize("direction", [Direction.EGRESS, Direction.INGRESS])
def test_a_list_without_memory_cannot_tell_who_began(direction: Direction) -> None:
    order = command(3, Target(outside="203.0.113.7/32"), direction=direction)
    assert "who began" in str(IOS.refusal(order, site("cisco_ios")))
    assert ASA.refusal(order, site("cisco_asa")) is None
