"""BGP blackhole: routers discard everything that is sent to a network (RFC 7999).

How it stops traffic   What leaves for the network is discarded, so no connection with it lasts,
                       open ones included. What comes from it still comes in, unless routers check
                       sources against routes (RFC 3704).
Prepare                exabgp 4 with a session to our own routers, which do not pass it on.
Options                `next_hop`, `next_hop6`: discard addresses (192.0.2.1, 100::1);
                       `community` (65535:666, the well-known one).
Cannot                 Ports, hosts of ours, one direction, names. Expire: a route holds until it is
                       withdrawn, or the session ends.

The text is commands of exabgp's API, one a line. A route that another command needs too is not
withdrawn with this one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command, Direction, InForce
from netcordon.model.leg import Leg, TooManyLegsError, sparing
from netcordon.model.mark import mark

_MOST = 64
_NEXT_HOP = {4: ("next_hop", "192.0.2.1"), 6: ("next_hop6", "100::1")}
_COMMUNITY = re.compile(r"[0-9]{1,5}:[0-9]{1,5}")


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    kept = {route for each in site.rest(commands) for route in _routes(each.command, site)}
    do: list[str] = []
    undo: list[str] = []
    for command in commands:
        do.append(f"# {mark(site.case_id, command)}: {command.target.label()}")
        do += [f"announce {route}" for route in _routes(command, site)]
        undo += [f"withdraw {route}" for route in _routes(command, site) if route not in kept]
    return _text(do), _text(undo)


def _routes(command: Command, site: Site) -> tuple[str, ...]:
    return tuple(_route(network, site) for network in _networks(command, site))


def _route(network: str, site: Site) -> str:
    option, default = _NEXT_HOP[ipaddress.ip_network(network).version]
    community = site.option("community", "65535:666")
    return f"route {network} next-hop {site.option(option, default)} community [{community}]"


def _networks(command: Command, site: Site) -> tuple[str, ...]:
    outside = command.target.outside
    legs = sparing([Leg(src=outside, dst=outside)], site.spared(command), _MOST * _MOST)
    networks = tuple(dict.fromkeys(leg.dst for leg in legs))
    if len(networks) > _MOST:
        raise TooManyLegsError
    return networks


def _refuses(command: Command, site: Site) -> str | None:
    if command.target.protocol or command.direction is not Direction.BOTH:
        return "a route stands for all traffic to a network"
    if not command.target.outside:
        return "a route needs a network to discard"
    if not _COMMUNITY.fullmatch(site.option("community", "65535:666")):
        return "the option community is none"
    for option, default in _NEXT_HOP.values():
        try:
            ipaddress.ip_address(site.option(option, default))
        except ValueError:
            return f"the option {option} is no address"
    try:
        _networks(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} routes"
    return None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _run(text: str) -> tuple[Call, ...]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(Call(argv=("exabgpcli", *line.split())) for line in lines)


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:  # noqa: ARG001
    """From ``show adj-rib out extensive``: our networks, with the community that discards."""
    community = site.option("community", "65535:666")
    lines = [line for line in text.splitlines() if community in line or "blackhole" in line]
    words = {word for line in lines for word in line.split()}
    commands = [(each, _networks(each, site)) for each in site.of_case()]
    return tuple(InForce(command_id=e.id) for e, networks in commands if set(networks) <= words)


ACTUATOR = Actuator(
    title="BGP blackhole (exabgp)",
    ability=Ability(inside=False, ports=False, one_way=False),
    keeps_time=False,
    options=("next_hop", "next_hop6", "community"),
    write=_write,
    apply=lambda rendered, _: _run(rendered.do),
    revert=lambda rendered, _: _run(rendered.undo),
    snapshot=lambda _: _run("show adj-rib out extensive"),
    look=lambda _: _run("show adj-rib out extensive"),
    read=_read,
    refuses=_refuses,
    weighs=lambda command, site: len(_networks(command, site)),
)
