"""AWS security groups: a host is isolated by exchanging the groups of its network interface.

How it stops traffic   Security groups only allow, so nothing can be denied; a group that allows
                       nothing but the responder's own hosts takes the place of the others.
                       Connections that are tracked go on until they are idle: stop the process, or
                       deny the subnet's way out as well.
Prepare                The isolation group, with nothing but the forensic channel in it.
Options                `region`; `isolation_group`: its id; `isolation_allows`: networks that it
                       allows, separated by spaces; and, for each host that may be isolated, its
                       address with its interface and groups: `"10.1.2.4" = "eni-0a sg-0b sg-0c"`.
Cannot                 Anything but isolate a host.

The text is AWS CLI 2 commands; undo puts back the groups that were declared.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from datetime import datetime

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command, Direction, InForce
from netcordon.model.mark import mark

_INTERFACE = re.compile(r"eni-[0-9a-f]{8,17}")
_GROUP = re.compile(r"sg-[0-9a-f]{8,17}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do: list[str] = []
    undo: list[str] = []
    elsewhere = {each.command.target.inside for each in site.rest(commands)}
    for command in commands:
        interface, *groups = _declared(command, site)
        do.append(f"# {mark(site.case_id, command)}: {command.target.label()}")
        do.append(_exchange(interface, [site.option("isolation_group")], site))
        if command.target.inside not in elsewhere:
            undo.append(_exchange(interface, groups, site))
    return _text(do), _text(undo)


def _exchange(interface: str, groups: Sequence[str], site: Site) -> str:
    where = ["--region", site.option("region"), "--network-interface-id", interface]
    command = ["aws", "ec2", "modify-network-interface-attribute", *where]
    return shlex.join([*command, "--groups", *groups])


def _declared(command: Command, site: Site) -> list[str]:
    """Interface and groups of a host; empty when it is not declared."""
    address = command.target.inside.removesuffix("/32").removesuffix("/128")
    return site.option(address).split()


def _refuses(command: Command, site: Site) -> str | None:
    target = command.target
    if target.outside or target.protocol or command.direction is not Direction.BOTH:
        return "it can isolate a host, and nothing less"
    if not _REGION.fullmatch(site.option("region")):
        return "the option region names no region"
    if not _GROUP.fullmatch(site.option("isolation_group")):
        return "the option isolation_group is no id of a security group"
    interface, *groups = _declared(command, site) or [""]
    if not _INTERFACE.fullmatch(interface) or not groups:
        return f"no option says which interface and groups {target.inside} has"
    if not all(_GROUP.fullmatch(group) for group in groups):
        return f"the option for {target.inside} holds what is no id of a security group"
    allowed = site.option("isolation_allows").split()
    missing = [each for each in target.except_for if each not in allowed]
    return f"the isolation group does not allow {missing[0]}" if missing else None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _run(text: str) -> tuple[Call, ...]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(Call(argv=tuple(shlex.split(line))) for line in lines)


def _look(site: Site) -> tuple[Call, ...]:
    mine = f"Name=group-id,Values={site.option('isolation_group')}"
    where = ("--region", site.option("region"), "--filters", mine, "--output", "json")
    return (Call(argv=("aws", "ec2", "describe-network-interfaces", *where)),)


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:  # noqa: ARG001
    """From ``describe-network-interfaces``: ours, with the isolation group and no other."""
    alone = set()
    try:
        for interface in json.loads(text)["NetworkInterfaces"]:
            if [g["GroupId"] for g in interface["Groups"]] == [site.option("isolation_group")]:
                alone.add(interface["NetworkInterfaceId"])
    except (ValueError, KeyError, TypeError):
        return ()
    commands = [each for each in site.of_case() if _declared(each, site)[:1]]
    return tuple(InForce(command_id=e.id) for e in commands if _declared(e, site)[0] in alone)


ACTUATOR = Actuator(
    title="AWS security groups (isolation)",
    ability=Ability(ports=False, one_way=False),
    keeps_time=False,
    names_hosts=True,
    options=("region", "isolation_group", "isolation_allows"),
    write=_write,
    apply=lambda rendered, _: _run(rendered.do),
    revert=lambda rendered, _: _run(rendered.undo),
    snapshot=_look,
    look=_look,
    read=_read,
    refuses=_refuses,
)
