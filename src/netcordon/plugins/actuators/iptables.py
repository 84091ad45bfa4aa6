"""Linux iptables with ipset, for hosts that have no nftables rules of their own yet.

How it stops traffic   Chains of our own per case, asked first from FORWARD, INPUT and OUTPUT, so
                       open connections die too. Elements of `hash:net` sets are counted, and
                       the kernel lets them expire.
Needs                  iptables 1.8, ipset 7, conntrack.
Cannot                 Names, fingerprints, more than 24 days. Addresses as they were before this
                       device translated them (nftables can).

The text names each program in a line with `#`; what follows is what the program reads.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Check, Rendered, Site
from netcordon.model.command import Command, Direction, InForce, Refusal, Verb
from netcordon.model.conntrack import forget
from netcordon.model.leg import Leg, sessions
from netcordon.model.mark import mark, marked

_TABLES = {4: "iptables", 6: "ip6tables"}
_HALVES = {"0.0.0.0/0": ("0.0.0.0/1", "128.0.0.0/1"), "::/0": ("::/1", "8000::/1")}
"""A set takes no prefix of length 0."""
_LONGEST_S = 2_147_483
_ICMP = {"icmp6": "ipv6-icmp"}
_ELEMENT = re.compile(r"^add (\S+) \S+ timeout (\d+) packets (\d+) bytes (\d+) comment \"(.+)\"$")


@dataclass(frozen=True, order=True)
class _Set:
    """What the elements of one set have in common.

    Attributes:
        responder: whether its elements are responders; else they are initiators.
        fixed: the network of the other end, empty for any.
        own: number of a command that has exceptions or a pace, which nobody shares.
    """

    name: str
    family: int
    protocol: str
    port: int
    responder: bool
    fixed: str
    began: bool
    rejects: bool
    pace: int
    own: str
    spared: tuple[str, ...]


_Element = tuple[_Set, str, Command]


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    standing = [command for command in site.of_case() if command not in commands]
    ours, others = _elements(commands, site), _elements(standing, site)
    if not ours:
        return "", ""
    kept = sorted({each for each, _, _ in others})
    wanted = sorted({each for each, _, _ in [*ours, *others]})
    unused = [each for each in wanted if each not in kept]
    do = ["# ipset -exist restore", *map(_created, wanted)]
    do += [_added(*each, site.case_id) for each in ours]
    undo: list[str] = []
    for family in (4, 6):
        do += _chains(family, wanted, wanted, site)
        undo += _chains(family, kept, wanted, site)
    undo += ["# ipset -exist restore", *map(_created, wanted)]
    undo += [f"del {each.name} {key}" for each, key, _ in ours]
    undo += [f"destroy {each.name}" for each in unused]
    return _text(do), _text(undo)


def _elements(commands: Sequence[Command], site: Site) -> list[_Element]:
    found: list[_Element] = []
    for command in commands:
        legs = () if command.verb is Verb.STOP else sessions(command, site.families(command))
        if command.direction is Direction.BOTH and command.target.port is None:
            legs = tuple(leg for leg in legs if leg.leaves)
        for leg in legs:
            each = _set_of(command, leg, site)
            end = leg.dst if each.responder else leg.src
            found += [(each, half, command) for half in _HALVES.get(end, (end,))]
    return found


def _set_of(command: Command, leg: Leg, site: Site) -> _Set:
    target = command.target
    responder = leg.src in _HALVES and leg.dst not in _HALVES
    fixed = "" if leg.dst in _HALVES or responder else leg.dst
    began = target.port is None and command.direction is not Direction.BOTH
    rejects = command.refusal is Refusal.REJECT
    pace = command.packets_per_s or 0
    spared = site.spared(command)
    own = command.id.removeprefix("cmd-") if spared or pace else ""
    # Names have 31 characters at most, so a fixed end is in them by its hash.
    service = f"{target.protocol}{target.port or ''}{'b' * began}{'r' * rejects}"
    said = f"c{own}" if own else f"{service}{'d' if responder else 's'}{_short(fixed, 6)}"
    return _Set(
        name=f"{_chain(site)}-{leg.family}-{said}",
        family=leg.family,
        protocol=target.protocol,
        port=target.port or 0,
        responder=responder,
        fixed=fixed,
        began=began,
        rejects=rejects,
        pace=pace,
        own=own,
        spared=spared,
    )


def _short(text: str, characters: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:characters] if text else ""


def _chain(site: Site) -> str:
    return f"nc-{site.case_id if len(site.case_id) <= 7 else _short(site.case_id, 7)}"


def _created(each: _Set) -> str:
    family = {4: "inet", 6: "inet6"}[each.family]
    return f"create {each.name} hash:net family {family} timeout 0 counters comment"


def _added(each: _Set, key: str, command: Command, case_id: str) -> str:
    return f'add {each.name} {key} timeout {command.duration_s} comment "{mark(case_id, command)}"'


def _chains(family: int, sets: Sequence[_Set], seen: Sequence[_Set], site: Site) -> Iterator[str]:
    """Our chains anew, in one transaction; without sets they and the jumps to them go."""
    if all(each.family != family for each in seen):
        return
    mine = [each for each in sets if each.family == family]
    chain, tables = _chain(site), _TABLES[family]
    own = {each.own: each for each in seen if each.family == family and each.own}
    gone = [f"{chain}-c{number}" for number in own if own[number] not in mine]
    if not mine:
        yield from (f"# {tables} -w -D {hook} {_JUMP[hook]}-j {chain}" for hook in _JUMP)
    yield f"# {tables}-restore --noflush"
    yield "*filter"
    yield f":{chain} - [0:0]"
    for number in own:
        yield f":{chain}-c{number} - [0:0]"
    if mine and family == 6:
        # An isolated host must still be found by the router that leads to its exceptions.
        for kind in (135, 136):
            yield f"-A {chain} -p ipv6-icmp --icmpv6-type {kind} -j RETURN"
    for each in mine:
        where = f"{chain}-c{each.own}" if each.own else chain
        if each.own:
            yield f"-A {chain} -j {where}"
            yield from _spare(where, each.spared, family)
        for match in _matches(each):
            yield f"-A {where} {match}"
    for left in gone:
        yield f"-X {left}"
    if not mine:
        yield f"-X {chain}"
    yield "COMMIT"
    if mine:
        yield from (f"# {tables} -w -I {hook} 1 {_JUMP[hook]}-j {chain}" for hook in _JUMP)


_JUMP = {"FORWARD": "", "INPUT": "", "OUTPUT": "-m addrtype --src-type LOCAL "}
"""Refusals are sent by this device itself, in the name of the other end, and must get out."""


def _spare(chain: str, networks: Sequence[str], family: int) -> Iterator[str]:
    for network in networks:
        if ipaddress.ip_network(network).version == family:
            yield f"-A {chain} -s {network} -j RETURN"
            yield f"-A {chain} -d {network} -j RETURN"


def _matches(each: _Set) -> Iterator[str]:
    protocol = f"-p {_ICMP.get(each.protocol, each.protocol)} " if each.protocol else ""
    for there, port, way in ((True, "dport", "ORIGINAL"), (False, "sport", "REPLY")):
        service = f"{protocol}--{port} {each.port} " if each.port else protocol
        service = f"{'-d' if there else '-s'} {each.fixed} {service}" if each.fixed else service
        began = f"-m conntrack --ctdir {way} " if each.began else ""
        side = "dst" if each.responder is there else "src"
        match = f"{began}-m set --match-set {each.name} {side}"
        if each.pace:
            name = f"{each.own}{each.family}{port[0]}"
            limit = f"-m hashlimit --hashlimit-above {each.pace}/sec --hashlimit-mode srcip,dstip"
            yield f"{service}{match} {limit} --hashlimit-name nc{name} -j DROP"
        elif each.rejects:
            refuse = f"{match} -j REJECT --reject-with"
            if each.protocol in ("", "tcp"):
                yield f"{service}{'' if each.protocol else '-p tcp '}{refuse} tcp-reset"
            if each.protocol != "tcp":
                how = {4: "icmp-admin-prohibited", 6: "icmp6-adm-prohibited"}[each.family]
                yield f"{service}{'' if each.protocol else '! -p tcp '}{refuse} {how}"
        else:
            yield f"{service}{match} -j DROP"


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _run(text: str) -> tuple[Call, ...]:
    """Every line with ``#`` is a program; what follows is what it reads."""
    calls = []
    for part in re.split(r"(?m)^# ", text)[1:]:
        program, _, lines = part.partition("\n")
        argv = tuple(program.split())
        if "-I" in argv:  # a second jump would do no harm, but would be left behind
            there = (*argv[:2], "-C", argv[3], *argv[5:])
            calls.append(Call(argv=argv, unless=there))
        else:
            calls.append(Call(argv=argv, stdin=lines, fine=(0, 1, 2) if "-D" in argv else (0,)))
    return tuple(calls)


def _refuses(command: Command, site: Site) -> str | None:  # noqa: ARG001
    if command.duration_s > _LONGEST_S:
        return "sets of the kernel hold elements for 24 days at most"
    return None


def _look(site: Site) -> tuple[Call, ...]:  # noqa: ARG001
    saves = [Call(argv=(f"{each}tables-save", "-t", "filter")) for each in ("ip", "ip6")]
    return (*saves, Call(argv=("ipset", "save")))


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:
    """From ``iptables-save``, ``ip6tables-save`` and ``ipset save``."""
    if f"-A FORWARD -j {_chain(site)}\n" not in text:
        return ()
    asked = set(re.findall(r"--match-set (\S+) ", text))
    found: dict[str, InForce] = {}
    for line in text.splitlines():
        element = _ELEMENT.match(line)
        if element is None or element[1] not in asked:
            continue
        for one in marked(element[5], site.case_id):
            before = found.get(one.command_id)
            expires = at + timedelta(seconds=int(element[2]))
            earlier = before.expires_time if before and before.expires_time else expires
            found[one.command_id] = InForce(
                command_id=one.command_id,
                packets=int(element[3]) + ((before.packets or 0) if before else 0),
                bytes=int(element[4]) + ((before.bytes or 0) if before else 0),
                expires_time=max(expires, earlier),
            )
    return tuple(found.values())


def _checked(rendered: Rendered, site: Site) -> tuple[Call, ...]:  # noqa: ARG001
    """The sets are made, for rules are judged with what they name; the rules are only tried."""
    calls = []
    for call in _run(rendered.do):
        if "--noflush" in call.argv:
            calls.append(Call(argv=(*call.argv, "--test"), stdin=call.stdin))
        elif call.argv[0] == "ipset":
            calls.append(call)
    return tuple(calls)


ACTUATOR = Actuator(
    title="Linux iptables with ipset",
    ability=Ability(
        verbs=(Verb.DENY, Verb.CONTAIN, Verb.SET, Verb.STOP), rejects=True, counts=True
    ),
    keeps_time=True,
    write=_write,
    apply=lambda rendered, _: _run(rendered.do),
    revert=lambda rendered, _: _run(rendered.undo),
    cut=forget,
    snapshot=_look,
    look=_look,
    read=_read,
    refuses=_refuses,
    weighs=lambda command, site: len(_elements([command], site)),
    checks=(Check(program="iptables-restore", calls=_checked),),
)
