"""Commands and places that every actuator is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netcordon.model.actuator import Actuator, Site
from netcordon.model.command import Command, Direction, Refusal, Target, Verb
from netcordon.model.register import Boundary, EnforcementPoint
from netcordon.registry import load

ACTUATORS: Mapping[str, Actuator] = {
    plugin.id: plugin.content
    for plugin in load("actuators")[0]
    if isinstance(plugin.content, Actuator)
}

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "dns_rpz": {"sinkhole": "10.1.9.53"},
    "cisco_ios": {
        "out": "BORDER-OUT",
        "in": "BORDER-IN",
        "out6": "BORDER-OUT6",
        "in6": "BORDER-IN6",
    },
    "cisco_asa": {"out": "INSIDE-IN", "in": "OUTSIDE-IN"},
    "junos_srx": {
        "inside_zone": "trust",
        "outside_zone": "untrust",
        "first_out": "web",
        "first_in": "mail",
    },
    "panos": {"zone_in": "trust", "zone_out": "untrust"},
    "aws_nacl": {"acl": "acl-0123456789abcdef0", "region": "eu-west-3", "numbers": "1-29999"},
    "aws_security_group": {
        "region": "eu-west-3",
        "isolation_group": "sg-0123456789abcdef0",
        "isolation_allows": "10.1.9.9/32",
        "10.1.2.4": "eni-0123456789abcdef0 sg-0aaaaaaaaaaaaaaa1 sg-0aaaaaaaaaaaaaaa2",
    },
    "azure_nsg": {"group": "network", "nsg": "border"},
    "fortios": {"first_policy": "1", "inside": "port2", "outside": "wan1"},
}
"""Actuator -> what it wants to know about its device."""


OTHER_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "block_list": {"holds": "names", "format": "pan"},
    "openc2": {"profile": "pf", "names_under": "yes"},
}
"""What the same kind of device can be told elsewhere."""


def command(number: int, target: Target, verb: Verb = Verb.DENY, **more: object) -> Command:
    plain = Command(
        id=f"cmd-{number}", verb=verb, target=target, point="fw", boundary="border", duration_s=3600
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def site(actuator: str, **more: object) -> Site:
    point = EnforcementPoint(name="fw", actuator=actuator, options=OPTIONS.get(actuator, {}))
    border = Boundary(name="border", zones=("office", "internet"), points=("fw",))
    return replace(Site(point=point, boundaries=(border,), case_id="case-7"), **more)  # type: ignore[arg-type]


ORDERS = (
    command(1, Target(outside="203.0.113.7/32")),
    command(2, Target(outside="198.51.100.0/24", port=443, protocol="tcp")),
    command(3, Target(inside="10.1.2.3/32", outside="203.0.113.9/32", port=53, protocol="udp")),
    command(4, Target(outside="2001:db8:bad::/48"), direction=Direction.EGRESS),
    command(
        5,
        Target(
            inside="10.1.2.5/32",
            outside="203.0.113.9/32",
            port=22,
            protocol="tcp",
            serves_inside=True,
        ),
    ),
    command(6, Target(inside="10.1.2.4/32", except_for=("10.1.9.9/32",)), Verb.CONTAIN),
    command(7, Target(outside="203.0.113.11/32"), refusal=Refusal.REJECT),
    command(8, Target(outside="203.0.113.12/32"), Verb.SET, packets_per_s=10),
    command(9, Target(domain="c2.bad.example")),
    command(10, Target(domain="sink.bad.example"), Verb.REDIRECT),
    command(11, Target(outside="203.0.113.0/24", ja4="t13d1516h2_8daaf6152771_b186095e22b6")),
    command(12, Target(outside="203.0.113.13/32", protocol="47")),
    command(13, Target(port=445, protocol="tcp")),
    command(14, Target(outside="203.0.113.14/32", protocol="icmp")),
    command(15, Target(outside="203.0.113.15/32"), Verb.STOP),
)
"""One of each kind that the model knows."""
