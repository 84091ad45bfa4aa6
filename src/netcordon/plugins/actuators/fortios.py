"""Fortinet FortiOS 6.4 and later: firewall policies of our own before the first one.

How it stops traffic   Policies judge who begins a connection. Open connections are judged anew
                       when policies change (`firewall-session-dirty check-all`, the default).
Options                `first_policy`: id of the policy that ours are put before; `inside`,
                       `outside`: interfaces of the two sides (any); `policies`: ids set apart for
                       us (3000000000-3999999999).
Cannot                 Names with all names under them (the external dynamic list can). Slow
                       traffic. Make exceptions but by cutting them out of the networks.

`edit 0` would let the device choose an id that no text could take back, and a second time would
make a second policy; ids of our own are far above those that devices choose. Objects that are not
ours are never edited.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command, Refusal
from netcordon.model.leg import ANY, Rule, TooManyLegsError, rules
from netcordon.model.mark import mark, marked
from netcordon.model.slot import slots, span

_MOST = 64
_POLICIES = "3000000000-3999999999"
_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,34}")
_ID = re.compile(r"[1-9][0-9]{0,9}")


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do: list[str] = []
    undo: list[str] = []
    for command in commands:
        for policy, rule in _policies(command, site):
            do += _set(policy, rule, command, site)
            undo += _deleted(policy, rule)
    return _text(do), _text(undo)


def _policies(command: Command, site: Site) -> list[tuple[int, Rule]]:
    numbers = _claims(site.case_id, command, site)
    return list(zip(numbers, _rules(command, site), strict=True))


def _set(policy: int, rule: Rule, command: Command, site: Site) -> Iterator[str]:
    name = f"netcordon-{policy}"
    for entry, network in _addresses(name, rule):
        yield from _edit(f"firewall address{_six(rule)}", f'"{entry}"', [_subnet(network)])
    if rule.protocol:
        yield from _edit("firewall service custom", f'"{name}"', _service(rule))
    sides = [site.option("inside", "any"), site.option("outside", "any")]
    src, dst = sides if rule.leaves else reversed(sides)
    fields = [f'name "{name}"', f'srcintf "{src}"', f'dstintf "{dst}"']
    for letter, networks in (("src", rule.srcs), ("dst", rule.dsts)):
        mine = [f'"{name}-{letter}{n}"' for n in range(len(networks))]
        mine = ['"all"'] if networks == (ANY[rule.family],) else mine
        fields.append(f"{letter}addr{_six(rule)} {' '.join(mine)}")
    fields += [f'service "{name if rule.protocol else "ALL"}"', 'schedule "always"', "action deny"]
    fields += ["send-deny-packet enable"] * (command.refusal is Refusal.REJECT)
    fields += ["logtraffic all", f'comments "{mark(site.case_id, command)}"', "status enable"]
    yield from _edit("firewall policy", str(policy), fields)
    yield "config firewall policy"
    yield f"    move {policy} before {site.option('first_policy')}"
    yield "end"


def _deleted(policy: int, rule: Rule) -> Iterator[str]:
    name = f"netcordon-{policy}"
    yield from ("config firewall policy", f"    delete {policy}", "end")
    if rule.protocol:
        yield from ("config firewall service custom", f'    delete "{name}"', "end")
    for entry, _ in _addresses(name, rule):
        yield from (f"config firewall address{_six(rule)}", f'    delete "{entry}"', "end")


def _edit(table: str, entry: str, fields: Sequence[str]) -> Iterator[str]:
    yield f"config {table}"
    yield f"    edit {entry}"
    for each in fields:
        yield f"        set {each}"
    yield "    next"
    yield "end"


def _addresses(name: str, rule: Rule) -> Iterator[tuple[str, str]]:
    for letter, networks in (("src", rule.srcs), ("dst", rule.dsts)):
        if networks != (ANY[rule.family],):
            for number, network in enumerate(networks):
                yield f"{name}-{letter}{number}", network


def _subnet(network: str) -> str:
    parsed = ipaddress.ip_network(network)
    if parsed.version == 6:
        return f"ip6 {network}"
    return f"subnet {parsed.network_address} {parsed.netmask}"


def _service(rule: Rule) -> list[str]:
    if rule.protocol in ("tcp", "udp"):
        return [f"{rule.protocol}-portrange {rule.port or '1-65535'}"]
    if rule.protocol in ("icmp", "icmp6"):
        return [f"protocol {rule.protocol.upper()}"]
    return ["protocol IP", f"protocol-number {rule.protocol}"]


def _six(rule: Rule) -> str:
    return "6" if rule.family == 6 else ""


def _rules(command: Command, site: Site) -> tuple[Rule, ...]:
    return rules(command, site.families(command), site.spared(command), _MOST)


def _claims(case_id: str, command: Command, site: Site) -> tuple[int, ...]:
    numbers = span(site.option("policies", _POLICIES)) or range(1, 2)
    return slots(case_id, command, _weighs(command, site), numbers)


def _weighs(command: Command, site: Site) -> int:
    return len(_rules(command, site))


def _refuses(command: Command, site: Site) -> str | None:
    if not _ID.fullmatch(site.option("first_policy")):
        return "the option first_policy is no id of a policy"
    for option in ("inside", "outside"):
        if not _INTERFACE.fullmatch(site.option(option, "any")):
            return f"the option {option} names no interface"
    if not span(site.option("policies", _POLICIES)):
        return "the option policies is no span of ids such as 3000000000-3999999999"
    try:
        _rules(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} networks"
    return None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _typed(text: str) -> tuple[Call, ...]:
    return (Call(stdin=text),) if text else ()


ACTUATOR = Actuator(
    title="Fortinet FortiOS",
    ability=Ability(rejects=True),
    keeps_time=False,
    options=("first_policy", "inside", "outside", "policies"),
    write=_write,
    apply=lambda rendered, _: _typed(rendered.do),
    revert=lambda rendered, _: _typed(rendered.undo),
    snapshot=lambda _: (Call(stdin="show firewall policy\n"),),
    look=lambda _: (Call(stdin="show firewall policy\n"),),
    read=lambda text, site, _: marked(text, site.case_id),
    refuses=_refuses,
    weighs=_weighs,
    claims=_claims,
)
