"""Calls that make Linux forget connections: conntrack(8), for what goes on beside the rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from netcordon.model.actuator import Call, Site
from netcordon.model.command import Command
from netcordon.model.leg import Leg, TooManyLegsError, sessions, sparing

_MOST_CUTS = 16


def forget(commands: Sequence[Command], site: Site) -> tuple[Call, ...]:
    """Forget connections that commands deny; a helper or an offload may carry them past rules.

    They are found by the address that the initiator used, and by the one that the responder has.
    Where too much would have to be spared, nothing is forgotten: the rules stop it all the same.
    """
    calls: list[Call] = []
    for command in commands:
        spared = site.spared(command)
        try:
            legs = sparing(sessions(command, site.families(command)), spared, _MOST_CUTS)
        except TooManyLegsError:
            continue
        for leg in legs:
            calls.append(_call(leg, "-d"))
            if ipaddress.ip_network(leg.dst).num_addresses == 1:  # conntrack -r knows no prefixes
                calls.append(_call(leg, "-r"))
    return tuple(dict.fromkeys(calls))


def _call(leg: Leg, responder: str) -> Call:
    argv = ["conntrack", "-D", "-f", f"ipv{leg.family}"]
    argv += ["-s", leg.src] if not leg.src.endswith("/0") else []
    dst = leg.dst.removesuffix("/32").removesuffix("/128")
    argv += [responder, dst] if not dst.endswith("/0") else []
    argv += ["-p", {"icmp6": "icmpv6"}.get(leg.protocol, leg.protocol)] if leg.protocol else []
    argv += ["--dport", str(leg.dst_port)] if leg.dst_port else []
    return Call(argv=tuple(argv), fine=(0, 1))  # 1: there was none
