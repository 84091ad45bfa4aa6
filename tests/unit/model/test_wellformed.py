"""Which commands may become rules at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcordon.model.command import Command, Direction, Target, Verb
from netcordon.model.wellformed import is_case_id, is_domain, is_ja4, is_network, malformed

GOOD = Command(
    id="cmd-1",
    verb=Verb.DENY,
    target=Target(outside="203.0.113.7/32", port=443, protocol="tcp"),
    point="fw",
    boundary="border",
    duration_s=3600,
)


def test_a_canonical_command_may() -> None:
    assert malformed(GOOD) is None
    assert malformed(replace(GOOD, target=Target(domain="a.b.example"))) is None
    assert malformed(replace(GOOD, verb=Verb.SET, packets_per_s=5)) is None


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (Target(), "nothing says"),
        (Target(protocol="tcp"), "nothing says"),
        (Target(outside="203.0.113.7"), "canonical CIDR"),
        (Target(outside="203.0.113.7/24"), "canonical CIDR"),
        (Target(outside="fe80::1%eth0/128"), "canonical CIDR"),
        (Target(outside="2001:DB8::/32"), "canonical CIDR"),
        (Target(inside="10.0.0.0/8", outside="2001:db8::/32"), "one end"),
        (Target(inside="10.0.0.0/8", except_for=("",)), "exceptions"),
        (Target(outside="203.0.113.7/32", port=0, protocol="tcp"), "port lies"),
        (Target(outside="203.0.113.7/32", port=443), "needs protocol"),
        (Target(outside="203.0.113.7/32", port=443, protocol="icmp"), "needs protocol"),
        (Target(outside="203.0.113.7/32", protocol="256"), "protocol"),
        (Target(outside="203.0.113.7/32", protocol="06"), "protocol"),
        (Target(outside="203.0.113.7/32", protocol="٤"), "protocol"),
        (Target(outside="203.0.113.7/32", protocol="icmp6"), "icmp belongs"),
        (Target(domain="bad.example."), "canonical DNS"),
        (Target(domain="example"), "canonical DNS"),
        (Target(domain="10.0.0.1"), "canonical DNS"),
        (Target(domain="bad.example", ja4="t13d"), "no JA4"),
        (Target(ja4="t13d1516h2_8daaf6152771_b186095e22b6"), "nothing says"),
        (Target(domain="b.example", ja4="t13d1516h2_8daaf6152771_b186095e22b6"), "too common"),
    ],
)
def test_a_target_that_must_not(target: Target, why: str) -> None:
    told = malformed(replace(GOOD, target=target))
    assert told is not None
    assert why in told


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"id": "cmd-01"}, "its id"),
        ({"id": "cmd-1\n"}, "its id"),
        ({"duration_s": 0}, "must hold"),
        ({"duration_s": 10**9}, "must hold"),
        ({"packets_per_s": 5}, "slowing"),
        ({"verb": Verb.SET}, "slowing"),
        ({"verb": Verb.SET, "packets_per_s": 0}, "slowed"),
        ({"verb": Verb.CONTAIN}, "isolating"),
        ({"direction": Direction.INGRESS}, "who would begin"),
    ],
)
def test_an_order_that_must_not(changed: dict[str, object], why: str) -> None:
    told = malformed(replace(GOOD, **changed))  # type: ignore[arg-type]
    assert told is not None
    assert why in told


@pytest.mark.parametrize(
    "name", ["bad..example", "-bad.example", "bad-.example", "b d.example", "bad.example\n",
             "Ä.example", "BAD.example", "*.bad.example",
             "a" * 64 + ".example", "a." * 127 + "example"],
)  # fmt: skip
def test_names_that_are_not_canonical(name: str) -> None:
    assert not is_domain(name)


def test_what_is_canonical() -> None:
    assert is_domain("_dmarc.xn--bcher-kva.example")
    assert is_domain("host.xn--p1ai")
    assert is_network("0.0.0.0/0")
    assert is_network("2001:db8::/32")
    assert is_ja4("q13d0312h3_55b375c5d22e_06cda9e17597")
    assert not is_ja4("t13d1516h2_8daaf6152771_b186095e22b6\n")
    assert is_case_id("case-7")
    assert not is_case_id("")
    assert not is_case_id("case 7")
