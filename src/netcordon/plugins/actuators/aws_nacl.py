"""AWS network access list of a subnet: numbered deny entries before the allowing ones.

How it stops traffic   Entries judge each packet by itself, so open connections die too: what would
                       answer them no longer gets through.
Prepare                Allowing entries with numbers above ours. Quota: 20 entries a direction.
Options                `acl`: its id; `region`; `numbers`: free rule numbers (1-99).
Cannot                 Tell hosts of the subnet apart, match the port that packets come from, tell
                       who began without a port, tell the sender. Names.

The text is AWS CLI 2 commands; an entry is created, never replaced.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from datetime import datetime

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command, InForce
from netcordon.model.leg import Leg, TooManyLegsError, packets, sparing
from netcordon.model.mark import mark
from netcordon.model.slot import slots, span

_MOST = 20
_NUMBERS = "1-99"
_ACL = re.compile(r"acl-[0-9a-f]{8,17}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_PROTOCOL = {"": "-1", "icmp": "1", "tcp": "6", "udp": "17", "icmp6": "58"}
_THERE_ALREADY = (0, 254)
"""254: the service said no, because the entry is there (or, on undo, gone) already."""


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do: list[str] = []
    undo: list[str] = []
    for command in commands:
        do.append(f"# {mark(site.case_id, command)}: {command.target.label()}")
        for number, leg in _entries(command, site):
            where = [*_where(site), "--rule-number", str(number)]
            where.append("--egress" if leg.leaves else "--ingress")
            do.append(shlex.join(["aws", "ec2", "create-network-acl-entry", *where, *_match(leg)]))
            undo.append(shlex.join(["aws", "ec2", "delete-network-acl-entry", *where]))
    return _text(do), _text(undo)


def _where(site: Site) -> list[str]:
    return ["--region", site.option("region"), "--network-acl-id", site.option("acl")]


def _match(leg: Leg) -> list[str]:
    other = leg.dst if leg.leaves else leg.src
    kind = "--ipv6-cidr-block" if leg.family == 6 else "--cidr-block"
    said = ["--rule-action", "deny", "--protocol", _PROTOCOL.get(leg.protocol, leg.protocol)]
    said += [kind, other]
    if leg.dst_port:
        said += ["--port-range", f"From={leg.dst_port},To={leg.dst_port}"]
    if leg.protocol in ("icmp", "icmp6"):
        said += ["--icmp-type-code", "Code=-1,Type=-1"]
    return said


def _entries(command: Command, site: Site) -> list[tuple[int, Leg]]:
    numbers = _claims(site.case_id, command, site)
    return list(zip(numbers, _legs(command, site), strict=True))


def _legs(command: Command, site: Site) -> tuple[Leg, ...]:
    """With a port only the way to the responder: the port of a sender cannot be matched."""
    legs = sparing(packets(command, site.families(command)), site.spared(command), 2 * _MOST)
    return tuple(leg for leg in legs if leg.src_port is None)


def _claims(case_id: str, command: Command, site: Site) -> tuple[int, ...]:
    numbers = span(site.option("numbers", _NUMBERS)) or range(1, 2)
    return slots(case_id, command, _weighs(command, site), numbers)


def _weighs(command: Command, site: Site) -> int:
    return len(_legs(command, site))


def _refuses(command: Command, site: Site) -> str | None:
    if not _ACL.fullmatch(site.option("acl")):
        return "the option acl is no id of a network access list"
    if not _REGION.fullmatch(site.option("region")):
        return "the option region names no region"
    numbers = span(site.option("numbers", _NUMBERS))
    if not numbers or numbers[-1] > 32766:
        return "the option numbers is no span of rule numbers such as 1-99"
    try:
        legs = _legs(command, site)
    except TooManyLegsError:
        legs = ()
    if not 0 < len(legs) <= _MOST:
        return f"sparing what must be spared takes more than {_MOST} entries"
    return None


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _run(text: str) -> tuple[Call, ...]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(Call(argv=tuple(shlex.split(line)), fine=_THERE_ALREADY) for line in lines)


def _look(site: Site) -> tuple[Call, ...]:
    ids = ("--network-acl-ids", site.option("acl"), "--output", "json")
    where = ("--region", site.option("region"))
    return (Call(argv=("aws", "ec2", "describe-network-acls", *where, *ids)),)


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:  # noqa: ARG001
    """From ``describe-network-acls``: entries with our numbers and our very match."""
    there = {(e.get("RuleNumber"), bool(e.get("Egress"))): e for e in _told(text)}
    found = []
    for command in site.of_case():
        wanted = _entries(command, site)
        if wanted and all(_same(there.get((n, leg.leaves)), leg) for n, leg in wanted):
            found.append(InForce(command_id=command.id))
    return tuple(found)


def _told(text: str) -> list[dict[str, object]]:
    try:
        acls = json.loads(text)["NetworkAcls"]
        return [entry for acl in acls for entry in acl["Entries"] if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError):
        return []


def _same(entry: dict[str, object] | None, leg: Leg) -> bool:
    if entry is None or entry.get("RuleAction") != "deny":
        return False
    ports = {"From": leg.dst_port, "To": leg.dst_port} if leg.dst_port else None
    return (
        entry.get("Protocol") == _PROTOCOL.get(leg.protocol, leg.protocol)
        and (entry.get("CidrBlock") or entry.get("Ipv6CidrBlock"))
        == (leg.dst if leg.leaves else leg.src)
        and entry.get("PortRange") == ports
    )


ACTUATOR = Actuator(
    title="AWS network access list",
    ability=Ability(inside=False, one_way=False),
    keeps_time=False,
    options=("acl", "region", "numbers"),
    write=_write,
    apply=lambda rendered, _: _run(rendered.do),
    revert=lambda rendered, _: _run(rendered.undo),
    snapshot=_look,
    look=_look,
    read=_read,
    refuses=_refuses,
    weighs=_weighs,
    claims=_claims,
)
