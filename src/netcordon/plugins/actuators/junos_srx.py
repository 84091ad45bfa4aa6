"""Juniper SRX (Junos): policies of our own before the first one between two zones.

How it stops traffic   Policies judge who begins a connection. Connections that are open are ended
                       by `clear security flow session`.
Options                `inside_zone`, `outside_zone`; `first_out`, `first_in`: names of the first
                       policies between them, in each direction, which ours are put before.
Cannot                 Names with all names under them. Make exceptions but by cutting them out of
                       the networks.

The text is `set`, `insert` and `delete` statements, committed as one; nothing is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command, Refusal
from netcordon.model.leg import ANY, Rule, TooManyLegsError, rules
from netcordon.model.mark import mark, marked

_MOST = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_LONGEST_NAME = 63
_OPTIONS = ("inside_zone", "outside_zone", "first_out", "first_in")


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do: list[str] = []
    undo: list[str] = []
    for command in commands:
        for number, rule in enumerate(_rules(command, site), 1):
            name = f"{mark(site.case_id, command, '-')}-{number}"
            do += _set(name, rule, command, site)
            undo += _deleted(name, rule, site)
    return _text(do), _text(undo)


def _set(name: str, rule: Rule, command: Command, site: Site) -> Iterator[str]:
    policy = f"{_between(rule, site)} policy {name}"
    yield f'set {policy} description "{mark(site.case_id, command)}"'
    for side, networks in (("source", rule.srcs), ("destination", rule.dsts)):
        if networks == (ANY[rule.family],):
            yield f"set {policy} match {side}-address any-ipv{rule.family}"
            continue
        for number, network in enumerate(networks):
            entry = f"{name}-{side[0]}{number}"
            yield f"set security address-book global address {entry} {network}"
            yield f"set {policy} match {side}-address {entry}"
    if rule.protocol:
        yield f"set applications application {name} protocol {rule.protocol}"
    if rule.port:
        yield f"set applications application {name} destination-port {rule.port}"
    yield f"set {policy} match application {name if rule.protocol else 'any'}"
    yield f"set {policy} then {'reject' if command.refusal is Refusal.REJECT else 'deny'}"
    yield f"set {policy} then count"
    yield f"insert {policy} before policy {site.option(_first(rule))}"


def _deleted(name: str, rule: Rule, site: Site) -> Iterator[str]:
    yield f"delete {_between(rule, site)} policy {name}"
    if rule.protocol:
        yield f"delete applications application {name}"
    for side, networks in (("s", rule.srcs), ("d", rule.dsts)):
        if networks != (ANY[rule.family],):
            for number in range(len(networks)):
                yield f"delete security address-book global address {name}-{side}{number}"


def _between(rule: Rule, site: Site) -> str:
    zones = [site.option("inside_zone"), site.option("outside_zone")]
    src, dst = zones if rule.leaves else reversed(zones)
    return f"security policies from-zone {src} to-zone {dst}"


def _first(rule: Rule) -> str:
    return "first_out" if rule.leaves else "first_in"


def _rules(command: Command, site: Site) -> tuple[Rule, ...]:
    return rules(command, site.families(command), site.spared(command), _MOST)


def _cut(commands: Sequence[Command], site: Site) -> Sequence[Call]:
    lines = []
    for command in commands:
        for rule in _rules(command, site):
            for src in rule.srcs:
                for dst in rule.dsts:
                    ends = f"source-prefix {src} destination-prefix {dst}"
                    port = f" destination-port {rule.port}" if rule.port else ""
                    protocol = f" protocol {rule.protocol}" if rule.protocol else ""
                    lines.append(f"clear security flow session {ends}{port}{protocol}\n")
    return (Call(stdin="".join(lines)),) if lines else ()


def _refuses(command: Command, site: Site) -> str | None:
    for option in _OPTIONS:
        if not _NAME.fullmatch(site.option(option)):
            return f"the option {option} names nothing"
    if len(mark(site.case_id, command, "-")) + 6 > _LONGEST_NAME:
        return "the id of the case is too long for a name on this device"
    try:
        _rules(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} networks"
    return None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _commit(lines: str, site: Site) -> tuple[Call, ...]:
    commit = f'commit comment "netcordon {site.case_id}" and-quit\n'
    return (Call(stdin=f"configure private\n{lines}{commit}"),) if lines else ()


_SHOW = "show configuration security policies | display set | no-more\n"

ACTUATOR = Actuator(
    title="Juniper SRX",
    ability=Ability(rejects=True),
    keeps_time=False,
    options=("inside_zone", "outside_zone", "first_out", "first_in"),
    write=_write,
    apply=lambda rendered, site: _commit(rendered.do, site),
    revert=lambda rendered, site: _commit(rendered.undo, site),
    cut=_cut,
    snapshot=lambda _: (Call(stdin="show configuration | display set | no-more\n"),),
    look=lambda _: (Call(stdin=_SHOW),),
    read=lambda text, site, _: marked(text, site.case_id),
    refuses=_refuses,
    weighs=lambda command, site: len(_rules(command, site)),
)
