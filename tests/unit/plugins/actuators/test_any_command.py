"""Whatever canonical commands come: no actuator fails on them, and the same ones give the same."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.model.actuator import Standing
from netcordon.model.command import Command, Direction, Refusal, Target, Verb
from tests.unit.plugins.actuators.orders import ACTUATORS, command, site


def networks(version: int, shortest: int) -> st.SearchStrategy[str]:
    bits = 32 if version == 4 else 128
    return st.builds(
        lambda address, length: str(ipaddress.ip_network((address, length), strict=False)),
        st.ip_addresses(v=version).map(str),
        st.integers(shortest, bits),
    )


@st.composite
def orders(draw: st.DrawFn) -> Command:
    version = draw(st.sampled_from([4, 6]))
    end = st.one_of(st.just(""), networks(version, 0))
    protocol = draw(st.sampled_from(["", "tcp", "udp", "icmp", "icmp6", "47"]))
    port = draw(st.sampled_from([None, 1, 443, 65535])) if protocol in ("tcp", "udp") else None
    target = Target(
        inside=draw(end),
        outside=draw(end),
        protocol=protocol,
        port=port,
        serves_inside=port is not None and draw(st.booleans()),
        domain=draw(st.sampled_from(["", "", "c2.bad.example", "a." * 120 + "example"])),
        ja4=draw(st.sampled_from(["", "", "q13d0312h3_55b375c5d22e_06cda9e17597"])),
        except_for=tuple(draw(st.lists(networks(version, 8), max_size=2))),
    )
    verb = draw(st.sampled_from(list(Verb)))
    return command(
        draw(st.integers(1, 9)),
        target,
        verb,
        direction=draw(st.sampled_from(list(Direction))),
        refusal=draw(st.sampled_from(list(Refusal))),
        packets_per_s=5 if verb is Verb.SET else None,
        duration_s=draw(st.integers(1, 366 * 86400)),
    )


@pytest.mark.parametrize("name", sorted(ACTUATORS))
@settings(max_examples=30)
@given(
    told=st.lists(orders(), min_size=1, max_size=3),
    there=st.lists(orders(), max_size=2),
    never=st.lists(networks(4, 8), max_size=3),
)
def test_nothing_fails_and_nothing_is_left_unsaid(
    name: str, told: list[Command], there: list[Command], never: list[str]
) -> None:
    actuator = ACTUATORS[name]
    able = [each for each in there if actuator.refusal(each, site(name)) is None]
    standing = tuple(Standing(case_id="case-8", command=each) for each in able)
    place = site(name, standing=standing, never_block=tuple(never))
    rendered = actuator.render(told, place)
    assert rendered == actuator.render(told, place)
    assert {*rendered.expressed, *rendered.refused} == {each.id for each in told}
    assert bool(rendered.do) <= bool(rendered.expressed)
    assert len(set(rendered.expressed)) == len(rendered.expressed)
    meant = [each for each in told if each.id in rendered.expressed]
    for calls in (actuator.apply(rendered, place), actuator.revert(rendered, place)):
        assert all(call.argv or call.path or call.stdin or call.sends for call in calls)
    assert all(call.argv or call.stdin for call in actuator.cut(meant[:1], place))
