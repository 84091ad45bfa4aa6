"""Linux nftables: a table of our own per case, whose timed elements the kernel counts and expires.

How it stops traffic   Base chains of their own at priority -10 with policy accept: they are asked
                       before the site's filter, so a site's `ct state established accept` does not
                       keep an open session alive, and they never allow anything.
Several cases          Each has its own table `netcordon_<case>`. A packet is dropped when any table
                       drops it, whatever the order; taking a case back is deleting its table.
Needs                  nft 1.0.6 and Linux 5.13 or later (counted, timed, concatenated intervals).
Cannot                 Names and fingerprints. Addresses that another device translated before the
                       packet gets here; what this device itself translates is matched by `ct
                       original` where the boundary is declared as translated.

A set holds commands with the same prefix lengths and service only, for intervals of one set must
not overlap. Slowing counts each direction of a pair by itself. All changes are made without rule
handles, in one transaction.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Check, Rendered, Site
from netcordon.model.command import Command, Direction, InForce, Refusal, Verb
from netcordon.model.conntrack import forget
from netcordon.model.leg import Leg, sessions

_HOOKS = ("forward", "input", "output")
_TYPE = {4: "ipv4_addr", 6: "ipv6_addr"}
_IP = {4: "ip", 6: "ip6"}
_L4 = {"icmp6": "ipv6-icmp"}


@dataclass(frozen=True, order=True)
class _Set:
    """What the elements of one set have in common; ``pace`` is in packets a second."""

    name: str
    family: int
    protocol: str
    port: int
    began: bool
    translated: bool
    rejects: bool
    pace: int
    spared: tuple[str, ...]


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    table = _table(site)
    standing = [command for command in site.of_case() if command not in commands]
    ours, others = _elements(commands, site), _elements(standing, site)
    if not ours:
        return "", ""
    kept = sorted({each for each, _, _ in others})
    wanted = sorted({each for each, _, _ in [*ours, *others]})
    do = [
        f"add table {table}",
        *_frame(table),
        *_declared(table, wanted),
        *_rules(table, wanted),
        *(_added(table, *each, site.case_id) for each in ours),
    ]
    if not standing:
        # Adding first makes deleting succeed when somebody has deleted it already.
        return _text(do), _text([f"add table {table}", f"delete table {table}"])
    undo = [
        f"add table {table}",
        *_frame(table),
        *_declared(table, wanted),
        *_rules(table, kept),
        *(line for each in ours for line in _removed(table, *each, site.case_id)),
    ]
    for unused in [each for each in wanted if each not in kept]:
        undo.append(f"delete set {table} {unused.name}")
        undo += [f"delete set {table} {unused.name}_pace"] * bool(unused.pace)
    return _text(do), _text(undo)


def _table(site: Site) -> str:
    return f"inet netcordon_{site.case_id}"


def _frame(table: str) -> Iterator[str]:
    yield f"add chain {table} cordon"
    for hook in _HOOKS:
        yield (
            f"add chain {table} {hook} {{ type filter hook {hook} priority -10; policy accept; }}"
        )
    for chain in ("cordon", *_HOOKS):
        yield f"flush chain {table} {chain}"


def _declared(table: str, sets: Sequence[_Set]) -> Iterator[str]:
    for each in sets:
        key = f"type {_TYPE[each.family]} . {_TYPE[each.family]}"
        yield f"add set {table} {each.name} {{ {key}; flags interval,timeout; counter; }}"
        if each.pace:
            bounds = "flags dynamic,timeout; timeout 1m; size 65535;"
            yield f"add set {table} {each.name}_pace {{ {key}; {bounds} }}"


def _rules(table: str, sets: Sequence[_Set]) -> Iterator[str]:
    if any(each.rejects for each in sets):
        # Refusals are sent by this device itself, in the name of the other end, and must get out.
        yield f"add rule {table} output fib saddr type != local return"
        yield f"add rule {table} output icmp type 3 return"
        yield f"add rule {table} output icmpv6 type 1 return"
    for hook in _HOOKS:
        yield f"add rule {table} {hook} jump cordon"
    if any(each.family == 6 for each in sets):
        # An isolated host must still be found by the router that leads to its exceptions.
        yield f"add rule {table} cordon icmpv6 type {{ 135, 136 }} return"
    for each in sets:
        for match in _matches(each):
            for narrowed, verdict in _verdicts(each):
                yield f"add rule {table} cordon {narrowed}{match} {verdict}"


def _matches(each: _Set) -> Iterator[str]:
    """Packets from initiators to responders, then the replies, then what was translated."""
    ip = _IP[each.family]
    spared = [n for n in each.spared if ipaddress.ip_network(n).version == each.family]
    but = f"{ip} saddr != {_listed(spared)} {ip} daddr != {_listed(spared)} " if spared else ""
    there, back = ("ct direction original ", "ct direction reply ") if each.began else ("", "")
    yield f"{but}{there}{_service(each, 'dport')}{ip} saddr . {ip} daddr @{each.name}"
    yield f"{but}{back}{_service(each, 'sport')}{ip} daddr . {ip} saddr @{each.name}"
    if each.translated:
        service = _service(each, "")
        ends = f"ct original {ip} saddr . ct original {ip} daddr @{each.name}"
        yield f"{but}{service}{ends}"
        if not each.port and not each.began:
            yield f"{but}{service}ct original {ip} daddr . ct original {ip} saddr @{each.name}"


def _service(each: _Set, side: str) -> str:
    protocol = f"meta l4proto {_L4.get(each.protocol, each.protocol)} " if each.protocol else ""
    if not each.port:
        return protocol
    if side:
        return f"{each.protocol} {side} {each.port} "
    return f"{protocol}ct original proto-dst {each.port} "


def _verdicts(each: _Set) -> Iterator[tuple[str, str]]:
    """What stands before the match, lest an element count packets of another rule, and after it."""
    ip = _IP[each.family]
    if each.pace:
        pace = f"limit rate over {each.pace}/second"
        yield "", f"update @{each.name}_pace {{ {ip} saddr . {ip} daddr {pace} }} drop"
    elif not each.rejects:
        yield "", "drop"
    else:
        if each.protocol in ("", "tcp"):
            yield "meta l4proto tcp ", "reject with tcp reset"
        if each.protocol != "tcp":
            yield "meta l4proto != tcp ", "reject with icmpx admin-prohibited"


def _elements(commands: Sequence[Command], site: Site) -> list[tuple[_Set, str, Command]]:
    """Set, key and command of every element, in the order of the commands."""
    found: list[tuple[_Set, str, Command]] = []
    for command in commands:
        if command.verb is Verb.STOP:
            continue
        legs = sessions(command, site.families(command))
        # Without a port both ways are one element: the rules look it up either way round.
        if command.direction is Direction.BOTH and command.target.port is None:
            legs = tuple(leg for leg in legs if leg.leaves)
        found += [(_set_of(command, leg, site), f"{leg.src} . {leg.dst}", command) for leg in legs]
    return found


def _set_of(command: Command, leg: Leg, site: Site) -> _Set:
    target = command.target
    lengths = [str(ipaddress.ip_network(end).prefixlen) for end in (leg.src, leg.dst)]
    began = target.port is None and command.direction is not Direction.BOTH
    rejects = command.refusal is Refusal.REJECT
    pace = command.packets_per_s or 0
    translated = any(b.translated for b in site.boundaries if b.name == command.boundary)
    said = [f"v{leg.family}", *lengths, target.protocol, str(target.port or "")]
    said += ["began" * began, "nat" * translated, "reject" * rejects, f"{pace}pps" if pace else ""]
    spared = site.spared(command)
    said += [command.id.replace("-", "")] if spared else []
    return _Set(
        name="_".join(word for word in said if word),
        family=leg.family,
        protocol=target.protocol,
        port=target.port or 0,
        began=began,
        translated=translated,
        rejects=rejects,
        pace=pace,
        spared=spared,
    )


def _added(table: str, each: _Set, key: str, command: Command, case_id: str) -> str:
    timer = f'timeout {command.duration_s}s comment "{case_id} {command.id}"'
    return f"add element {table} {each.name} {{ {key} {timer} }}"


def _removed(table: str, each: _Set, key: str, command: Command, case_id: str) -> Iterator[str]:
    # The kernel may have let it expire: adding first makes deleting succeed all the same.
    yield _added(table, each, key, command, case_id)
    yield f"delete element {table} {each.name} {{ {key} }}"


def _listed(networks: Sequence[str]) -> str:
    parsed = [ipaddress.ip_network(network) for network in networks]
    four = [n for n in parsed if isinstance(n, ipaddress.IPv4Network)]
    six = [n for n in parsed if isinstance(n, ipaddress.IPv6Network)]
    merged = [*ipaddress.collapse_addresses(four), *ipaddress.collapse_addresses(six)]
    return "{ " + ", ".join(map(str, merged)) + " }"


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _weighs(command: Command, site: Site) -> int:
    return len(_elements([command], site))


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:
    """From ``nft -j list table``; libnftables-json(5)."""
    found: dict[str, InForce] = {}
    for element in _told(text):
        case, _, command_id = str(element.get("comment", "")).partition(" ")
        if case != site.case_id or not command_id:
            continue
        before = found.get(command_id, InForce(command_id=command_id, packets=0, bytes=0))
        counter = element.get("counter")
        seen = counter if isinstance(counter, dict) else {}
        left = element.get("expires")
        expires = at + timedelta(seconds=left) if isinstance(left, int) else None
        known = [time for time in (expires, before.expires_time) if time is not None]
        found[command_id] = InForce(
            command_id=command_id,
            packets=(before.packets or 0) + int(seen.get("packets", 0)),
            bytes=(before.bytes or 0) + int(seen.get("bytes", 0)),
            expires_time=max(known, default=None),
        )
    return tuple(found.values())


def _told(text: str) -> Iterator[dict[str, object]]:
    """Elements of sets that a rule asks for; without its rules a set stops nothing."""
    try:
        told = json.loads(text)["nftables"]
        rules = json.dumps([each["rule"]["expr"] for each in told if "rule" in each])
        sets = [each["set"] for each in told if "set" in each]
        asked = [each for each in sets if f'"@{each["name"]}"' in rules]
        if not all(_jumps(told, hook) for hook in _HOOKS):
            return
        elements = [element for each in asked for element in each.get("elem", ())]
        yield from (e["elem"] for e in elements if isinstance(e, dict) and "comment" in e["elem"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return


def _jumps(told: Sequence[dict[str, dict[str, object]]], hook: str) -> bool:
    jump = {"jump": {"target": "cordon"}}
    rules = [each["rule"] for each in told if "rule" in each]
    return any(rule["chain"] == hook and rule["expr"] == [jump] for rule in rules)


def _run(text: str) -> tuple[Call, ...]:
    return (Call(argv=("nft", "-f", "-"), stdin=text),) if text else ()


def _list(site: Site) -> tuple[Call, ...]:
    # Before the first command of the case there is no such table.
    return (Call(argv=("nft", "-j", "list", "table", *_table(site).split()), fine=(0, 1)),)


def _checked(rendered: Rendered, site: Site) -> tuple[Call, ...]:  # noqa: ARG001
    return (Call(argv=("nft", "-c", "-f", "-"), stdin=rendered.do),)


ACTUATOR = Actuator(
    title="Linux nftables",
    ability=Ability(
        verbs=(Verb.DENY, Verb.CONTAIN, Verb.SET, Verb.STOP), rejects=True, counts=True
    ),
    keeps_time=True,
    weighs=_weighs,
    write=_write,
    apply=lambda rendered, _: _run(rendered.do),
    revert=lambda rendered, _: _run(rendered.undo),
    cut=forget,
    snapshot=lambda _: (Call(argv=("nft", "list", "ruleset")),),
    look=_list,
    read=_read,
    checks=(Check(program="nft", calls=_checked),),
)
