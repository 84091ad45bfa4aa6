"""Commands as rows of packet filters."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.model.command import Command, Direction, Target, Verb
from netcordon.model.leg import Leg, TooManyLegsError, packets, sessions, sparing


def order(target: Target, direction: Direction = Direction.BOTH) -> Command:
    return Command(
        id="cmd-1",
        verb=Verb.DENY,
        target=target,
        point="fw",
        boundary="border",
        duration_s=60,
        direction=direction,
    )


A, B = "10.0.0.5/32", "203.0.113.7/32"


def test_without_a_port_either_end_may_begin() -> None:
    assert [(s.src, s.dst) for s in sessions(order(Target(inside=A, outside=B)))] == [
        (A, B),
        (B, A),
    ]
    assert len(packets(order(Target(inside=A, outside=B)))) == 2


def test_with_a_port_the_responder_is_known() -> None:
    (out,) = sessions(order(Target(inside=A, outside=B, port=443, protocol="tcp")))
    assert (out.src, out.dst, out.dst_port, out.leaves) == (A, B, 443, True)
    (served,) = sessions(
        order(Target(inside=A, outside=B, port=22, protocol="tcp", serves_inside=True))
    )
    assert (served.src, served.dst, served.dst_port, served.leaves) == (B, A, 22, False)
    there, back = packets(order(Target(inside=A, outside=B, port=443, protocol="tcp")))
    assert (back.src, back.src_port, back.dst, back.dst_port) == (B, 443, A, None)
    assert there.reply() == back


def test_a_direction_leaves_connections_of_the_other_side() -> None:
    (only,) = sessions(order(Target(outside=B), Direction.INGRESS))
    assert (only.src, only.dst, only.leaves) == (B, "0.0.0.0/0", False)


def test_without_addresses_families_of_the_boundary_count() -> None:
    target = Target(port=445, protocol="tcp")
    assert [s.src for s in sessions(order(target))] == ["0.0.0.0/0", "::/0"]
    assert [s.src for s in sessions(order(target), (6,))] == ["::/0"]


def test_what_is_spared_is_cut_out() -> None:
    legs = sparing([Leg(src="0.0.0.0/0", dst="203.0.113.0/30")], ["203.0.113.1/32"], 64)
    assert {leg.dst for leg in legs} == {"203.0.113.0/32", "203.0.113.2/31"}
    assert not sparing([Leg(src=A, dst=B)], ["203.0.113.0/24"], 64)
    assert sparing([Leg(src="::/0", dst="2001:db8::/32")], ["10.0.0.0/8"], 1)
    with pytest.raises(TooManyLegsError):
        sparing([Leg(src="0.0.0.0/0", dst=B)], ["10.0.0.1/32"], 16)


@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(24, 32)), max_size=4),
    st.integers(0, 255),
)
def test_sparing_is_exact(holes: list[tuple[int, int]], last: int) -> None:
    spared = [str(ipaddress.ip_network(f"203.0.113.{n}/{size}", strict=False)) for n, size in holes]
    legs = sparing([Leg(src=A, dst="203.0.113.0/24")], spared, 10_000)
    address = ipaddress.ip_address(f"203.0.113.{last}")
    hit = [leg for leg in legs if address in ipaddress.ip_network(leg.dst)]
    assert len(hit) == (not any(address in ipaddress.ip_network(hole) for hole in spared))
