"""Cisco IOS and IOS XE: numbered lines before the others of named access lists.

How it stops traffic   Access lists judge each packet by itself, so open connections die too.
Prepare                Lists for what leaves and what enters, both families, and free numbers
                       before their lines, once: `ip access-list resequence NAME 1000000000 10`.
Options                `out`, `in`, `out6`, `in6`: names of the lists; `lines` (1-999999999): free.
Cannot                 Names. Tell who began without a port. Make exceptions but by cutting them out
                       of the networks. Survive a reload: nothing is written to startup-config.

Undo is `no` and the number. A number that is taken is refused by the device, never overwritten.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command, InForce
from netcordon.model.leg import Leg, TooManyLegsError, packets, sparing
from netcordon.model.mark import mark
from netcordon.model.port_names import numbered
from netcordon.model.slot import slots, span

_MOST = 256
_LINES = "1-999999999"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do, undo = ["configure terminal"], ["configure terminal"]
    for command in commands:
        do.append(f"! {mark(site.case_id, command)}: {command.target.label()}")
        for head, number, line in _lines(command, site):
            v6 = "sequence " if head.startswith("ipv6") else ""
            do += [head, f" {v6}{number} {line}", " exit"]
            undo += [head, f" no {v6}{number}", " exit"]
    return _text([*do, "end"]), _text([*undo, "end"])


def _lines(command: Command, site: Site) -> Iterator[tuple[str, int, str]]:
    """Which list, which number, what stands there."""
    numbers = _claims(site.case_id, command, site)
    for number, leg in zip(numbers, _legs(command, site), strict=True):
        name = site.option(_list_of(leg))
        head = "ipv6 access-list" if leg.family == 6 else "ip access-list extended"
        yield f"{head} {name}", number, _entry(leg)


def _legs(command: Command, site: Site) -> tuple[Leg, ...]:
    return sparing(packets(command, site.families(command)), site.spared(command), _MOST)


def _claims(case_id: str, command: Command, site: Site) -> tuple[int, ...]:
    numbers = span(site.option("lines", _LINES)) or range(1, 2)
    return slots(case_id, command, _weighs(command, site), numbers)


def _weighs(command: Command, site: Site) -> int:
    return len(_legs(command, site))


def _list_of(leg: Leg) -> str:
    return ("out" if leg.leaves else "in") + ("6" if leg.family == 6 else "")


def _entry(leg: Leg) -> str:
    every = "ipv6" if leg.family == 6 else "ip"
    said = ["deny", {"icmp6": "icmp", "": every}.get(leg.protocol, leg.protocol)]
    for network, port in ((leg.src, leg.src_port), (leg.dst, leg.dst_port)):
        said.append(_address(network))
        said += [f"eq {port}"] if port else []
    return " ".join(said)


def _address(network: str) -> str:
    parsed = ipaddress.ip_network(network)
    if parsed.prefixlen == 0:
        return "any"
    if parsed.num_addresses == 1:
        return f"host {parsed.network_address}"
    return network if parsed.version == 6 else f"{parsed.network_address} {parsed.hostmask}"


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _refuses(command: Command, site: Site) -> str | None:
    if not span(site.option("lines", _LINES)):
        return "the option lines is no span of numbers such as 1-999999999"
    try:
        legs = _legs(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} lines"
    for leg in legs:
        if not _NAME.fullmatch(site.option(_list_of(leg))):
            return f"no access list is named for this traffic (option {_list_of(leg)})"
    return None


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:  # noqa: ARG001
    """From ``show access-lists``: our numbers with our words, and how often they matched."""
    there: dict[tuple[str, int], tuple[str, int]] = {}
    name = ""
    for line in text.splitlines():
        if head := re.match(r"(?:Extended IP|IPv6) access list (\S+)", line):
            name = head[1]
        leading = re.match(r"\s+(\d+) (deny .*?)(?: \((\d+) match(?:es)?\))?\s*$", line)
        trailed = re.match(r"\s+(deny .*?)(?: \((\d+) match(?:es)?\))? sequence (\d+)\s*$", line)
        if leading:
            there[name, int(leading[1])] = leading[2], int(leading[3] or 0)
        elif trailed:
            there[name, int(trailed[3])] = trailed[1], int(trailed[2] or 0)
    found = []
    for command in site.of_case():
        wanted = [(head.split()[-1], number, line) for head, number, line in _lines(command, site)]
        seen = [there.get((name, number), ("", 0)) for name, number, _ in wanted]
        pairs = list(zip(seen, wanted, strict=True))
        if pairs and all(numbered(told) == line for (told, _), (_, _, line) in pairs):
            found.append(InForce(command_id=command.id, packets=sum(count for _, count in seen)))
    return tuple(found)


def _typed(text: str) -> tuple[Call, ...]:
    return (Call(stdin=text),) if text else ()


ACTUATOR = Actuator(
    title="Cisco IOS access lists",
    ability=Ability(one_way=False, counts=True),
    keeps_time=False,
    options=("out", "in", "out6", "in6", "lines"),
    write=_write,
    apply=lambda rendered, _: _typed(rendered.do),
    revert=lambda rendered, _: _typed(rendered.undo),
    snapshot=lambda _: (Call(stdin="show running-config | section access-list\n"),),
    look=lambda _: (Call(stdin="show access-lists\n"),),
    read=_read,
    refuses=_refuses,
    weighs=_weighs,
    claims=_claims,
)
