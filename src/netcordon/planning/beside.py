"""What a plan holds beside the cuts: isolation, stores, lists, and what people have to do."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace

from netcordon.model.command import Command, Target, Verb
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import Gap, Harm, Way
from netcordon.model.quantity import count_text
from netcordon.planning import isolation, tasks
from netcordon.planning.isolation import Isolation
from netcordon.planning.measures import measure
from netcordon.planning.permitted import refusal
from netcordon.planning.picks import Preference
from netcordon.planning.recorded import open_connections
from netcordon.planning.rendering import boundary_of
from netcordon.planning.request import Request
from netcordon.planning.taken import Taken, accounts
from netcordon.planning.tasks import Draft
from netcordon.planning.zoned import EVERYWHERE
from netcordon.tables.engine import Engine

_UNASKED = frozenset({"quarantine", "protect_store"})
"""Kinds of measures that stand in a plan without anybody having asked for them."""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Commands of one measure; without any it only says what is left open."""

    kind: str
    what: str
    made: Isolation
    host: str = ""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Everything beside the cuts.

    Attributes:
        parts: measures by devices that nobody's way asks for.
        hosts: that the attacker controls.
        notes: what these measures leave open.
    """

    parts: tuple[_Part, ...]
    hosts: tuple[Taken, ...]
    notes: tuple[str, ...]

    @property
    def asked(self) -> list[Command]:
        """Commands whose harm is to be measured: of the parts, then of isolating each host."""
        told = [replace(c, id="cmd-1") for part in self.parts for c in part.made.commands]
        return [*told, *map(_anywhere, self.hosts)]

    def drafts(
        self,
        engine: Engine,
        request: Request,
        ways: Sequence[Way],
        gaps: Sequence[Gap],
        cuts: Sequence[Draft],
        harms: Sequence[tuple[Harm, ...]],
    ) -> tuple[list[Draft], list[str]]:
        """All of it as measures, and what was left out of them, in sentences.

        Nobody asked for lists and stores, so they are left out where a vital flow would stop.

        Args:
            engine: with the views.
            request: what the plan is made of.
            ways: certain and confirmed ones.
            gaps: what the cuts leave open.
            cuts: what devices are told about ways.
            harms: of ``asked``, in its order.
        """
        out: list[Draft] = []
        left: list[str] = []
        at = 0
        for part in self.parts:
            own = harms[at : at + len(part.made.commands)]
            at += len(own)
            vital = [harm for each in own for harm in each if harm.critical]
            if vital and part.kind in _UNASKED:
                left.append(
                    f"not done: {KINDS[part.kind].verb.lower()} {part.what}, for it would stop "
                    f"vital flow {vital[0].critical} (owner {vital[0].owner or 'unknown'}, "
                    f"{count_text(vital[0].flows, 'flow')} seen); "
                    f"--isolate {part.host} does more, on your word"
                )
            elif part.made.commands:
                out.append(self._by_device(request, part, own, ways))
            elif part.kind == "isolate_area":
                zone = tasks.isolate_zone_by_hand(
                    part.what, part.made.left, request.register, request.duration_s
                )
                out.append(zone)
        of_host = dict(zip([host.ip for host in self.hosts], harms[at:], strict=True))
        out += self._by_people(engine, request, ways, gaps, cuts, of_host)
        return out, left

    def _by_device(
        self,
        request: Request,
        part: _Part,
        harms: Sequence[tuple[Harm, ...]],
        ways: Sequence[Way],
    ) -> Draft:
        ends = {c.target.inside.partition("/")[0] for c in part.made.commands}
        # What a resolver asks on for an isolated host goes on: it may still ask the resolver.
        at_host = any(not command.boundary for command in part.made.commands)
        open_to = [w for w in ways if not w.relayed and (w.boundaries or at_host)]
        covered = [w for w in open_to if part.kind == "isolate_host" and {w.src, w.dst} & ends]
        if part.kind == "isolate_area":
            zone_of = request.register.zone_of
            covered = [w for w in open_to if part.what in (zone_of(w.src), zone_of(w.dst))]
        made = measure(
            part.kind, part.what, part.made.commands, covered, max(harms, key=len, default=()),
            request.register, request.duration_s,
        )  # fmt: skip
        return Draft(measure=made, host=part.host)

    def _by_people(
        self,
        engine: Engine,
        request: Request,
        ways: Sequence[Way],
        gaps: Sequence[Gap],
        cuts: Sequence[Draft],
        of_host: dict[str, tuple[Harm, ...]],
    ) -> list[Draft]:
        duration_s, register = request.duration_s, request.register
        by_id = {way.id: way for way in ways}
        unseen = [
            by_id[gap.way_id]
            for gap in gaps
            if gap.way_id in by_id
            and not by_id[gap.way_id].boundaries
            and not gap.boundary
            and not refusal(by_id[gap.way_id], request.picks)
        ]
        told = {part.host for part in self.parts if part.kind == "isolate_host"
                and any(not c.boundary for c in part.made.commands)}  # fmt: skip
        out: list[Draft] = []
        for host in self.hosts:
            left = [way for way in unseen if way.src in host.ips]
            wanted = set(host.ips) & set(_isolated(request, ways))
            if (left or wanted) and host.ip not in told:
                out.append(
                    tasks.isolate_by_hand(host, left, of_host[host.ip], register, duration_s)
                )
            out.append(tasks.copy_memory(host, duration_s))
        for way in ways:
            choice = request.picks.prefer.get(way.id)
            if choice in (Preference.GEO, Preference.MFA):
                harms = next((gap.harms for gap in gaps if gap.way_id == way.id), ())
                out.append(tasks.instead(way, choice, harms, duration_s))
        cut = {way_id for draft in cuts for way_id in _ended(draft)}
        surviving = [
            (by_id[way_id], count)
            for way_id, count in open_connections(engine, ways).items()
            if way_id not in cut and not _stays(by_id[way_id], request)
        ]
        out += _ending(surviving, request)
        if self.hosts:
            zones = dict.fromkeys(register.zone_of(host.ip) for host in self.hosts)
            out.append(tasks.log_more(self.hosts, tuple(zones), duration_s))
        named = accounts(request.incidents, self.hosts)
        if named:
            out += tasks.lock_accounts(named, duration_s)
        lines = dict.fromkeys(
            line for draft in (*out, *cuts) for line in draft.measure.approvals if line
        )
        lines |= dict.fromkeys(
            zone.business_line
            for zone in register.zones
            if zone.business_line and any(register.zone_of(h.ip) == zone.name for h in self.hosts)
        )
        if self.hosts:
            out.append(tasks.tell_people(tuple(lines), self.hosts, duration_s))
        return out


def beside(request: Request, hosts: Sequence[Taken], ways: Sequence[Way]) -> Beside:
    """What could be done beside the cuts, with the commands for it.

    Args:
        request: what the plan is made of.
        hosts: that the attacker controls.
        ways: certain and confirmed ones.
    """
    register, duration_s, refuses = request.register, request.duration_s, request.refusal
    parts: list[_Part] = []
    chosen = set(_isolated(request, ways))
    others = [ip for ip in _isolated(request, ways) if not any(ip in host.ips for host in hosts)]
    everyone = (*hosts, *(Taken(ip=ip, why="named by a person") for ip in dict.fromkeys(others)))
    stores = [a.network for a in register.business.assets if a.confidential and a.network]
    for host in everyone:
        if chosen & set(host.ips):
            made = isolation.isolate_host(host, register, refuses, duration_s)
            parts.append(_Part(kind="isolate_host", what=host.label(), made=made, host=host.ip))
        listed = isolation.quarantine(host, register, refuses, duration_s)
        if listed.commands:
            parts.append(_Part(kind="quarantine", what=host.label(), made=listed, host=host.ip))
        kept = isolation.protect_store(host, stores, register, refuses, duration_s)
        if kept.commands or kept.left:
            what = f"{host.label()}: {', '.join(stores[:4])}"
            parts.append(_Part(kind="protect_store", what=what, made=kept, host=host.ip))
    for zone in dict.fromkeys(request.picks.areas):
        made = isolation.isolate_zone(zone, register, refuses, duration_s)
        parts.append(_Part(kind="isolate_area", what=zone, made=made))
    notes = dict.fromkeys(text for part in parts for text in part.made.left)
    return Beside(parts=tuple(parts), hosts=tuple(everyone), notes=tuple(notes))


def _isolated(request: Request, ways: Sequence[Way]) -> list[str]:
    """Addresses that a person wants isolated, by themselves or with a way of theirs."""
    preferred = [way.src for way in ways if request.picks.prefer.get(way.id) is Preference.ISOLATE]
    return [*request.picks.isolate, *preferred]


def _stays(way: Way, request: Request) -> bool:
    """Whether nobody touches a way: it must not be noticed, or a person left it."""
    left = request.picks.prefer.get(way.id) is Preference.LEAVE
    return left or bool(refusal(way, request.picks))


def _ending(surviving: Sequence[tuple[Way, int]], request: Request) -> list[Draft]:
    """Open connections are ended by a device that can forget them, else by people."""
    out: list[Draft] = []
    by_hand: list[tuple[Way, int]] = []
    for way, count in surviving:
        points = [p for name in way.boundaries for p in request.register.boundary(name).points]
        told = [
            command
            for point in dict.fromkeys(points)
            for command in [_stop(way, point, request)]
            if request.refusal(command) is None
        ]
        if not told:
            by_hand.append((way, count))
            continue
        what = f"{way.id} ({count_text(count, 'connection')})"
        made = measure("end_connections", what, told, (), (), request.register, request.duration_s)
        out.append(Draft(measure=made))
    if by_hand:
        out.append(tasks.end_connections(by_hand, request.duration_s))
    return out


def _stop(way: Way, point: str, request: Request) -> Command:
    target = Target(
        inside=_one(way.src), outside=_one(way.dst), port=way.port, protocol=way.protocol
    )
    stands = [b.name for b in request.register.boundaries if point in b.points]
    return Command(
        id="", verb=Verb.STOP, target=target, point=point, duration_s=request.duration_s,
        boundary=boundary_of(request.register, [n for n in way.boundaries if n in stands]),
    )  # fmt: skip


def _one(ip: str) -> str:
    return str(ipaddress.ip_network(ip))


def _ended(draft: Draft) -> Sequence[str]:
    """Ways whose open connections the rules end: packets are stopped, not only names refused."""
    stops = any(command.verb is Verb.DENY and not command.target.domain
                for command in draft.measure.commands)  # fmt: skip
    return draft.measure.covers if stops else ()


def _anywhere(host: Taken) -> Command:
    """What isolating a host would stop of all its recorded traffic, wherever it is done."""
    return Command(
        id="cmd-1", verb=Verb.CONTAIN, target=Target(inside=_one(host.ip)),
        point=EVERYWHERE, boundary="", duration_s=1,
    )  # fmt: skip
