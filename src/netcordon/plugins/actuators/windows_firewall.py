"""Windows Defender Firewall on a host: block rules in a group of our own per case.

How it stops traffic   A block rule wins over every allow rule; the platform judges open
                       connections anew when rules change.
Needs                  The NetSecurity module (Windows 8, Server 2012 and later), an administrator.
Cannot                 Names. Tell the sender. Make exceptions but by cutting them out of the
                       networks, for allow rules do not help against a block rule.

The text is PowerShell. A rule is made anew under its own name, so twice is once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command
from netcordon.model.leg import ANY, Rule, TooManyLegsError, rules
from netcordon.model.mark import mark, marked

_MOST = 256
_PROTOCOL = {"tcp": "TCP", "udp": "UDP", "icmp": "ICMPv4", "icmp6": "ICMPv6", "": "Any"}
_HALVES = {4: ("0.0.0.0/1", "128.0.0.0/1"), 6: ("::/1", "8000::/1")}


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do: list[str] = []
    undo: list[str] = []
    for command in commands:
        for number, rule in enumerate(_rules(command, site), 1):
            name = f"{mark(site.case_id, command, '-')}-{number}"
            gone = f"Get-NetFirewallRule -Name '{name}' -ErrorAction SilentlyContinue"
            undo.append(f"{gone} | Remove-NetFirewallRule")
            do += [undo[-1], " ".join(["New-NetFirewallRule", *_rule(name, rule, command, site)])]
    return _text(do), _text(undo)


def _rule(name: str, rule: Rule, command: Command, site: Site) -> Iterator[str]:
    about = f"{mark(site.case_id, command)}: {command.target.label()}"
    yield f"-Name '{name}' -DisplayName '{about}' -Group 'netcordon {site.case_id}'"
    yield f"-Direction {'Outbound' if rule.leaves else 'Inbound'} -Action Block -Profile Any"
    here, there = (rule.srcs, rule.dsts) if rule.leaves else (rule.dsts, rule.srcs)
    for side, networks in (("Local", here), ("Remote", there)):
        # `Any` would be of both families, so all of one is written out; prefixes of length 0 are
        # not taken.
        listed = _HALVES[rule.family] if networks == (ANY[rule.family],) else networks
        quoted = ",".join(f"'{network}'" for network in listed)
        yield f"-{side}Address {quoted}"
    yield f"-Protocol {_PROTOCOL.get(rule.protocol, rule.protocol)}"
    if rule.port:
        yield f"-{'Remote' if rule.leaves else 'Local'}Port {rule.port}"
    yield "| Out-Null"


def _rules(command: Command, site: Site) -> tuple[Rule, ...]:
    return rules(command, site.families(command), site.spared(command), _MOST)


def _refuses(command: Command, site: Site) -> str | None:
    try:
        _rules(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} networks"
    return None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _run(text: str) -> tuple[Call, ...]:
    shell = ("powershell", "-NoProfile", "-NonInteractive", "-Command", "-")
    return (Call(argv=shell, stdin=f"$ErrorActionPreference = 'Stop'\n{text}"),) if text else ()


def _look(site: Site) -> tuple[Call, ...]:
    group = f"Get-NetFirewallRule -Group 'netcordon {site.case_id}' -ErrorAction SilentlyContinue"
    return _run(f"{group} | Where-Object Enabled -eq True | ForEach-Object Name\n")


ACTUATOR = Actuator(
    title="Windows Defender Firewall",
    ability=Ability(),
    keeps_time=False,
    write=_write,
    apply=lambda rendered, _: _run(rendered.do),
    revert=lambda rendered, _: _run(rendered.undo),
    snapshot=lambda _: _run("Get-NetFirewallRule | Sort-Object Name | ForEach-Object Name\n"),
    look=_look,
    read=lambda text, site, _: marked(text, site.case_id),
    refuses=_refuses,
    weighs=lambda command, site: len(_rules(command, site)),
)
