"""Azure network security group: deny rules of our own with priorities before the others.

How it stops traffic   Rules judge who begins a connection. Open connections are judged anew only
                       where the group's property `flushConnection` is on; otherwise they go on.
Options                `group` (resource group), `nsg`; `priorities`: free ones (100-999).
Cannot                 Names. Tell the sender. Protocols other than TCP, UDP and ICMP. Make
                       exceptions but by cutting them out of the networks.

The text is Azure CLI 2 commands; rules are told by names of our own, so twice is once.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command
from netcordon.model.leg import ANY, Rule, TooManyLegsError, rules
from netcordon.model.mark import mark, marked
from netcordon.model.slot import slots, span

_MOST = 128
_PRIORITIES = "100-999"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.()-]{0,88}[A-Za-z0-9_()]")
_PROTOCOL = {"": "*", "tcp": "Tcp", "udp": "Udp", "icmp": "Icmp", "icmp6": "Icmp"}
_HALVES = {4: ("0.0.0.0/1", "128.0.0.0/1"), 6: ("::/1", "8000::/1")}


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do: list[str] = []
    undo: list[str] = []
    for command in commands:
        for number, (priority, rule) in enumerate(_prioritised(command, site), 1):
            name = ["--name", f"{mark(site.case_id, command, '-')}-{number}"]
            where = ["az", "network", "nsg", "rule"]
            said = [*_where(site), *name, "--priority", str(priority), *_match(rule)]
            said += ["--description", f"{mark(site.case_id, command)}"]
            do.append(shlex.join([*where, "create", *said]))
            undo.append(shlex.join([*where, "delete", *_where(site), *name]))
    return _text(do), _text(undo)


def _where(site: Site) -> list[str]:
    return ["--resource-group", site.option("group"), "--nsg-name", site.option("nsg")]


def _match(rule: Rule) -> list[str]:
    said = ["--direction", "Outbound" if rule.leaves else "Inbound", "--access", "Deny"]
    said += ["--protocol", _PROTOCOL[rule.protocol]]
    for side, networks in (("source", rule.srcs), ("destination", rule.dsts)):
        # `*` would be of both families, so all of one is written out.
        listed = _HALVES[rule.family] if networks == (ANY[rule.family],) else networks
        said += [f"--{side}-address-prefixes", *listed]
    return [*said, "--destination-port-ranges", str(rule.port or "*")]


def _prioritised(command: Command, site: Site) -> list[tuple[int, Rule]]:
    numbers = _claims(site.case_id, command, site)
    return list(zip(numbers, _rules(command, site), strict=True))


def _rules(command: Command, site: Site) -> tuple[Rule, ...]:
    return rules(command, site.families(command), site.spared(command), _MOST)


def _claims(case_id: str, command: Command, site: Site) -> tuple[int, ...]:
    numbers = span(site.option("priorities", _PRIORITIES)) or range(100, 101)
    return slots(case_id, command, _weighs(command, site), numbers)


def _weighs(command: Command, site: Site) -> int:
    return len(_rules(command, site))


def _refuses(command: Command, site: Site) -> str | None:
    for option in ("group", "nsg"):
        if not _NAME.fullmatch(site.option(option)):
            return f"the option {option} names nothing"
    numbers = span(site.option("priorities", _PRIORITIES))
    if not numbers or numbers[0] < 100 or numbers[-1] > 4096:
        return "the option priorities is no span within 100-4096"
    try:
        _rules(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} networks"
    return None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _run(text: str) -> tuple[Call, ...]:
    return tuple(Call(argv=tuple(shlex.split(line))) for line in text.splitlines())


def _look(site: Site) -> tuple[Call, ...]:
    show = ("az", "network", "nsg", "rule", "list", *_where(site), "--output", "json")
    return (Call(argv=show),)


ACTUATOR = Actuator(
    title="Azure network security group",
    ability=Ability(protocols=("tcp", "udp", "icmp", "icmp6")),
    keeps_time=False,
    options=("group", "nsg", "priorities"),
    write=_write,
    apply=lambda rendered, _: _run(rendered.do),
    revert=lambda rendered, _: _run(rendered.undo),
    snapshot=_look,
    look=_look,
    read=lambda text, site, _: marked(text, site.case_id),
    refuses=_refuses,
    weighs=_weighs,
    claims=_claims,
)
