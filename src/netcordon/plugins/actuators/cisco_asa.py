"""Cisco ASA 9: lines inserted at the head of the access lists of two interfaces.

How it stops traffic   The list of an interface judges who begins a connection there. Connections
                       that are open are cleared by `clear conn`.
Prepare                An access list on the inside interface (what leaves) and on the outside one
                       (what enters), both bound by `access-group`.
Options                `out`, `in`: their names.
Cannot                 Names. Tell the sender. Make exceptions but by cutting them out of the
                       networks. Survive a reload: nothing is written to startup-config.

Undo is `no` before the very line; a line that another command needs too is left.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command, InForce
from netcordon.model.leg import Leg, TooManyLegsError, sessions, sparing
from netcordon.model.mark import mark
from netcordon.model.port_names import numbered

_MOST = 256
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    kept = {line for each in site.rest(commands) for line in _lines(each.command, site)}
    do, undo = ["configure terminal"], ["configure terminal"]
    for command in commands:
        do.append(f"! {mark(site.case_id, command)}: {command.target.label()}")
        for name, entry in _lines(command, site):
            do.append(f"access-list {name} line 1 extended {entry}")
            if (name, entry) not in kept:
                undo.append(f"no access-list {name} extended {entry}")
    return _text([*do, "end"]), _text([*undo, "end"])


def _lines(command: Command, site: Site) -> tuple[tuple[str, str], ...]:
    return tuple((site.option(_list_of(leg)), _entry(leg)) for leg in _legs(command, site))


def _legs(command: Command, site: Site) -> tuple[Leg, ...]:
    return sparing(sessions(command, site.families(command)), site.spared(command), _MOST)


def _list_of(leg: Leg) -> str:
    return "out" if leg.leaves else "in"


def _entry(leg: Leg) -> str:
    protocol = leg.protocol or "ip"
    port = [f"eq {leg.dst_port}"] if leg.dst_port else []
    return " ".join(["deny", protocol, _address(leg.src), _address(leg.dst), *port])


def _address(network: str) -> str:
    parsed = ipaddress.ip_network(network)
    if parsed.prefixlen == 0:
        return f"any{parsed.version}"
    if parsed.num_addresses == 1:
        return f"host {parsed.network_address}"
    return network if parsed.version == 6 else f"{parsed.network_address} {parsed.netmask}"


def _cut(commands: Sequence[Command], site: Site) -> Sequence[Call]:
    lines = []
    for command in commands:
        for leg in _legs(command, site):
            protocol = [f"protocol {leg.protocol}"] if leg.protocol in ("tcp", "udp") else []
            port = [f"port {leg.dst_port}"] if leg.dst_port else []
            lines.append(["clear conn", *protocol, _range(leg.src), _range(leg.dst), *port])
    return tuple(Call(stdin=" ".join(word for word in line if word) + "\n") for line in lines)


def _range(network: str) -> str:
    parsed = ipaddress.ip_network(network)
    if parsed.num_addresses == 1:
        return f"address {parsed.network_address}"
    return f"address {parsed.network_address}-{parsed.broadcast_address}"


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _refuses(command: Command, site: Site) -> str | None:
    try:
        legs = _legs(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} lines"
    for leg in legs:
        if not _NAME.fullmatch(site.option(_list_of(leg))):
            return f"no access list is named for this traffic (option {_list_of(leg)})"
    return None


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:  # noqa: ARG001
    """From ``show access-list``: our very lines and their hits."""
    form = r"(?m)^access-list (\S+) line \d+ extended (deny .+?) \(hitcnt=(\d+)\)"
    seen = re.findall(form, text)
    there = {(name, numbered(entry)): int(hits) for name, entry, hits in seen}
    found = []
    for command in site.of_case():
        wanted = _lines(command, site)
        if wanted and all(line in there for line in wanted):
            hits = sum(there[line] for line in wanted)
            found.append(InForce(command_id=command.id, packets=hits))
    return tuple(found)


def _typed(text: str) -> tuple[Call, ...]:
    return (Call(stdin=text),) if text else ()


ACTUATOR = Actuator(
    title="Cisco ASA access lists",
    ability=Ability(counts=True),
    keeps_time=False,
    options=("out", "in"),
    write=_write,
    apply=lambda rendered, _: _typed(rendered.do),
    revert=lambda rendered, _: _typed(rendered.undo),
    cut=_cut,
    snapshot=lambda _: (Call(stdin="show running-config access-list\n"),),
    look=lambda _: (Call(stdin="show access-list\n"),),
    read=_read,
    refuses=_refuses,
    weighs=lambda command, site: len(_legs(command, site)),
)
