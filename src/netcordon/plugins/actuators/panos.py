"""Palo Alto Networks PAN-OS 10 and later: security rules of our own at the top of the rulebase.

How it stops traffic   Rules judge who begins a connection. Connections that are open are ended by
                       `clear session`.
Options                `zone_in`, `zone_out`: zones of the two sides (any).
Cannot                 Names with all names under them (the external dynamic list can). Protocols
                       other than TCP and UDP. Make exceptions but by cutting them out.

The text is `set`, `move` and `delete` of configuration mode; only rules and services whose name
begins with `netcordon-` are touched. A commit puts them in force.
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
_LONGEST_NAME = 63
_ZONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,30}")


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do: list[str] = []
    undo: list[str] = []
    for command in commands:
        for number, rule in enumerate(_rules(command, site), 1):
            name = f"{mark(site.case_id, command, '-')}-{number}"
            do += _set(name, rule, command, site)
            undo.append(f"delete rulebase security rules {name}")
            undo += [f"delete service {name}"] * bool(rule.protocol)
    return _text(do), _text(undo)


def _set(name: str, rule: Rule, command: Command, site: Site) -> Iterator[str]:
    if rule.protocol:
        yield f"set service {name} protocol {rule.protocol} port {rule.port or '0-65535'}"
    zones = [site.option("zone_in", "any"), site.option("zone_out", "any")]
    src, dst = zones if rule.leaves else reversed(zones)
    yield f"set rulebase security rules {name} from {src} to {dst}"
    for side, networks in (("source", rule.srcs), ("destination", rule.dsts)):
        # `any` would be of both families, so all of one is written out.
        listed = _HALVES[rule.family] if networks == (ANY[rule.family],) else networks
        yield f"set rulebase security rules {name} {side} [ {' '.join(listed)} ]"
    service = name if rule.protocol else "any"
    yield f"set rulebase security rules {name} application any service {service}"
    verdict = "reset-both" if command.refusal is Refusal.REJECT else "drop"
    yield f"set rulebase security rules {name} action {verdict} log-start yes"
    about = f"{mark(site.case_id, command)}: {command.target.label()}"
    yield f'set rulebase security rules {name} description "{about[:1024]}"'
    yield f"move rulebase security rules {name} top"


_HALVES = {4: ("0.0.0.0/1", "128.0.0.0/1"), 6: ("::/1", "8000::/1")}


def _rules(command: Command, site: Site) -> tuple[Rule, ...]:
    return rules(command, site.families(command), site.spared(command), _MOST)


def _cut(commands: Sequence[Command], site: Site) -> Sequence[Call]:
    lines = []
    for command in commands:
        for rule in _rules(command, site):
            for src in rule.srcs:
                for dst in rule.dsts:
                    port = f" destination-port {rule.port}" if rule.port else ""
                    ends = f"source {src} destination {dst}"
                    lines.append(f"clear session all filter {ends}{port}\n")
    return (Call(stdin="".join(lines)),) if lines else ()


def _refuses(command: Command, site: Site) -> str | None:
    for option in ("zone_in", "zone_out"):
        if not _ZONE.fullmatch(site.option(option, "any")):
            return f"the option {option} names no zone"
    if len(mark(site.case_id, command, "-")) + 2 > _LONGEST_NAME:
        return "the id of the case is too long for a name on this device"
    try:
        _rules(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} networks"
    return None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _commit(lines: str, site: Site) -> tuple[Call, ...]:
    commit = f'commit description "netcordon {site.case_id}"\nexit\n'
    return (Call(stdin=f"configure\n{lines}{commit}"),) if lines else ()


_SHOW = "set cli config-output-format set\nconfigure\nshow rulebase security rules\nexit\n"

ACTUATOR = Actuator(
    title="Palo Alto Networks PAN-OS",
    ability=Ability(protocols=("tcp", "udp"), rejects=True),
    keeps_time=False,
    options=("zone_in", "zone_out"),
    write=_write,
    apply=lambda rendered, site: _commit(rendered.do, site),
    revert=lambda rendered, site: _commit(rendered.undo, site),
    cut=_cut,
    snapshot=lambda _: (Call(stdin=_SHOW),),
    look=lambda _: (Call(stdin=_SHOW),),
    read=lambda text, site, _: marked(text, site.case_id),
    refuses=_refuses,
    weighs=lambda command, site: len(_rules(command, site)),
)
