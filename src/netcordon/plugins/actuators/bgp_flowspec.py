"""BGP flow specifications: routers drop by ends, protocol and ports (RFC 8955, IPv6 RFC 8956).

How it stops traffic   Routers judge each packet by itself, so open connections die too.
Prepare                exabgp 4 with a session of families `ipv4 flow` and `ipv6 flow` to routers
                       that accept what it says about our networks.
Cannot                 Names. Tell who began without a port. Tell the sender. Expire: an
                       announcement holds until it is withdrawn, or the session ends.

The text is commands of exabgp's API, one a line. A flow that another command needs too is not
withdrawn with this one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Check, Rendered, Site
from netcordon.model.command import Command, InForce
from netcordon.model.leg import ANY, Leg, TooManyLegsError, packets, sparing
from netcordon.model.mark import mark

_MOST = 64
_PROTOCOL = {"icmp6": "58", "icmp": "1", "tcp": "6", "udp": "17"}


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    kept = {flow for each in site.rest(commands) for flow in _flows(each.command, site)}
    do: list[str] = []
    undo: list[str] = []
    for command in commands:
        do.append(f"# {mark(site.case_id, command)}: {command.target.label()}")
        do += [f"announce flow {flow}" for flow in _flows(command, site)]
        undo += [f"withdraw flow {flow}" for flow in _flows(command, site) if flow not in kept]
    return _text(do), _text(undo)


def _flows(command: Command, site: Site) -> tuple[str, ...]:
    return tuple(_flow(leg) for leg in _legs(command, site))


def _flow(leg: Leg) -> str:
    match = [f"source {leg.src};"] if leg.src != ANY[leg.family] else []
    match += [f"destination {leg.dst};"] if leg.dst != ANY[leg.family] else []
    if leg.protocol:
        kind = "next-header" if leg.family == 6 else "protocol"
        match.append(f"{kind} ={_PROTOCOL.get(leg.protocol, leg.protocol)};")
    match += [f"source-port ={leg.src_port};"] if leg.src_port else []
    match += [f"destination-port ={leg.dst_port};"] if leg.dst_port else []
    return f"route {{ match {{ {' '.join(match)} }} then {{ discard; }} }}"


def _legs(command: Command, site: Site) -> tuple[Leg, ...]:
    return sparing(packets(command, site.families(command)), site.spared(command), _MOST)


def _refuses(command: Command, site: Site) -> str | None:
    if not command.target.inside and not command.target.outside:
        return "a flow needs a network at one end"
    try:
        _legs(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} flows"
    return None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _run(text: str) -> tuple[Call, ...]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(Call(argv=("exabgpcli", *line.split())) for line in lines)


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:  # noqa: ARG001
    """From ``show adj-rib out extensive``: a line that holds everything of each flow."""
    lines = [line for line in text.splitlines() if " flow " in line]
    found = []
    for command in site.of_case():
        flows = [_told(leg) for leg in _legs(command, site)]
        if flows and all(any(_has(line, words) for line in lines) for words in flows):
            found.append(InForce(command_id=command.id))
    return tuple(found)


def _told(leg: Leg) -> list[str]:
    """Patterns of what a line says of a flow."""
    said = []
    for side, network, port in (
        ("source", leg.src, leg.src_port),
        ("destination", leg.dst, leg.dst_port),
    ):
        if network != ANY[leg.family]:
            said.append(rf"\b{side}(-ipv[46])? {re.escape(network)}(/0)?(\s|$)")
        if port:
            said.append(rf"\b{side}-port =?{port}(\s|$)")
    return said


def _has(line: str, patterns: Sequence[str]) -> bool:
    return all(re.search(pattern, line) for pattern in patterns)


def _checked(rendered: Rendered, site: Site) -> tuple[Call, ...]:  # noqa: ARG001
    announced = [line for line in rendered.do.splitlines() if not line.startswith("#")]
    flows = [line.removeprefix("announce flow route") for line in announced]
    named = "".join(f"    route r{number}{flow}\n" for number, flow in enumerate(flows))
    families = "family { ipv4 flow; ipv6 flow; }"
    peer = "router-id 127.0.0.1; local-address 127.0.0.1; local-as 65000; peer-as 65000;"
    whole = f"neighbor 127.0.0.2 {{\n  {peer}\n  {families}\n  flow {{\n{named}  }}\n}}\n"
    return (
        Call(path="exabgp.conf", content=whole),
        Call(argv=("exabgp", "--test", "exabgp.conf")),
    )


ACTUATOR = Actuator(
    title="BGP flow specification (exabgp)",
    ability=Ability(one_way=False),
    keeps_time=False,
    write=_write,
    apply=lambda rendered, _: _run(rendered.do),
    revert=lambda rendered, _: _run(rendered.undo),
    snapshot=lambda _: _run("show adj-rib out extensive"),
    look=lambda _: _run("show adj-rib out extensive"),
    read=_read,
    refuses=_refuses,
    weighs=lambda command, site: len(_legs(command, site)),
    checks=(Check(program="exabgp", calls=_checked),),
)
