"""A plan from an incident: ways, candidates, their harm, the choice, the rules for each device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.model.actuator import Actuator, Site
from netcordon.model.command import Command, Target, Verb
from netcordon.model.incident import Incident
from netcordon.model.plan import Gap, Harm, Measure, Plan, Rules, Way
from netcordon.model.register import Register
from netcordon.planning.alike import alike
from netcordon.planning.candidates import Candidate, Need, candidates
from netcordon.planning.choose import choose
from netcordon.planning.effect import prepare, touch
from netcordon.planning.forbidden import why_forbidden
from netcordon.planning.harm import find_harm
from netcordon.planning.hashing import register_hash, sealed
from netcordon.planning.measures import alternatives, measure
from netcordon.planning.ways import ways_of
from netcordon.tables.engine import Engine

_SAME_SIDE = (
    "both ends lie on the same side of every declared boundary: no device of the register sees "
    "this traffic"
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a plan is made of.

    Attributes:
        confirmed: ids of ways that only look alike and that a person confirmed.
        duration_s: how long the measures hold.
        notes: what must be known besides.
    """

    case_id: str
    incidents: Sequence[Incident]
    register: Register
    actuators: Mapping[str, Actuator]
    author: str
    time: datetime
    evidence_ids: Sequence[str]
    duration_s: int
    confirmed: Set[str] = frozenset()
    notes: Sequence[str] = ()


@dataclass
class _Offer:
    """The lattice with what each command would do."""

    made: tuple[Candidate, ...]
    needs: tuple[Need, ...]
    commands: list[Command] = field(default_factory=list)
    harms: tuple[tuple[Harm, ...], ...] = ()
    weights: tuple[float, ...] = ()
    forbidden: dict[int, str] = field(default_factory=dict)


def make_plan(engine: Engine, request: Request) -> Plan:
    """The least harmful plan, measured on all traffic of the engine.

    Args:
        engine: with the views and the home networks.
        request: what it is made of; its register has at least one boundary.
    """
    register = request.register
    known = ways_of(engine, request.incidents, register)
    ways = known + alike(engine, known, register)
    prepare(engine, register)
    offer = _offer(engine, request, ways)
    capacity = {p.name: p.capacity for p in register.points if p.capacity is not None}
    choice = choose(offer.made, offer.needs, offer.weights, frozenset(offer.forbidden), capacity)
    measures = _measures(request, ways, offer, choice.chosen)
    return sealed(
        Plan(
            id="",
            hash="",
            case_id=request.case_id,
            incident_ids=tuple(incident.id for incident in request.incidents),
            author=request.author,
            created_time=request.time,
            register_hash=register_hash(register),
            evidence_ids=tuple(request.evidence_ids),
            ways=ways,
            measures=measures,
            gaps=_gaps(request, ways, offer, choice.open),
            rules=_rules(request, [c for m in measures for c in m.commands]),
            optimal=choice.optimal,
            notes=tuple(request.notes),
        )
    )


def _offer(engine: Engine, request: Request, ways: Sequence[Way]) -> _Offer:
    register = request.register

    def refuses(target: Target, point: str) -> str | None:
        actuator = request.actuators.get(register.point(point).actuator)
        if actuator is None:
            return f"{point}: no actuator is called {register.point(point).actuator}"
        why = actuator.refusal(_command(1, target, point, "", request), site(request, point))
        return f"{point}: {why}" if why else None

    meant = [way for way in ways if way.certain or way.id in request.confirmed]
    place = {way.id: at for at, way in enumerate(ways)}
    made, needs = candidates(meant, register, refuses)
    # Candidates count ways among those meant; a plan counts them among all.
    offer = _Offer(
        made=tuple(
            Candidate(
                kind=c.kind, layer=c.layer, target=c.target, point=c.point, boundary=c.boundary,
                covers=tuple(place[meant[w].id] for w in c.covers),
            )
            for c in made
        ),
        needs=tuple(
            Need(way=place[meant[n.way].id], boundary=n.boundary, layer=n.layer, reason=n.reason)
            for n in needs
        ),
    )  # fmt: skip
    offer.commands = [
        _command(number, c.target, c.point, c.boundary, request)
        for number, c in enumerate(offer.made, 1)
    ]
    touch(engine, offer.commands)
    offer.harms, offer.weights = find_harm(engine, meant, register.business, len(offer.commands))
    for number, command in enumerate(offer.commands):
        why = why_forbidden(command, offer.harms[number], register)
        if why:
            offer.forbidden[number] = why
    return offer


def _command(number: int, target: Target, point: str, boundary: str, request: Request) -> Command:
    return Command(
        id=f"cmd-{number}", verb=Verb.DENY, target=target, point=point, boundary=boundary,
        duration_s=request.duration_s,
    )  # fmt: skip


def site(request: Request, point: str) -> Site:
    """Where the commands of one enforcement point will hold."""
    register = request.register
    return Site(
        point=register.point(point),
        boundaries=tuple(b for b in register.boundaries if point in b.points),
        never_block=tuple(p.network for p in register.never_block if p.network),
        home_nets=register.home_nets,
        case_id=request.case_id,
    )


def _measures(
    request: Request, ways: Sequence[Way], offer: _Offer, chosen: Sequence[int]
) -> tuple[Measure, ...]:
    """One for each target, whatever the number of boundaries it is closed at."""
    by_target: dict[tuple[str, Target], list[int]] = defaultdict(list)
    for at in chosen:
        by_target[offer.made[at].kind, offer.made[at].target].append(at)
    out: list[Measure] = []
    number = 0
    for (kind, target), places in by_target.items():
        commands: list[Command] = []
        for at in places:
            number += 1
            each = offer.commands[at]
            commands.append(_command(number, target, each.point, each.boundary, request))
        covered = [
            ways[w] for w in dict.fromkeys(w for at in places for w in offer.made[at].covers)
        ]
        out.append(
            measure(
                f"msr-{len(out) + 1}",
                kind,
                target,
                commands,
                covered,
                # The same target harms the same flows at each boundary they cross.
                max((offer.harms[at] for at in places), key=len),
                request.register,
                request.duration_s,
            )
        )
    return tuple(out)


def _gaps(
    request: Request, ways: Sequence[Way], offer: _Offer, still_open: Sequence[int]
) -> tuple[Gap, ...]:
    out = [
        Gap(way_id=way.id, boundary="", reason=_SAME_SIDE, alternatives=alternatives(way))
        for way in ways
        if way.certain and not way.boundaries
    ]
    for at in still_open:
        need = offer.needs[at]
        tried = [
            c
            for c, candidate in enumerate(offer.made)
            if need.way in candidate.covers
            and (candidate.boundary, candidate.layer) == (need.boundary, need.layer)
        ]
        reasons = dict.fromkeys(offer.forbidden[c] for c in tried if c in offer.forbidden)
        room = "" if reasons or need.reason else "the devices there have no room for the rule"
        least = min(tried, key=lambda c: offer.weights[c], default=None)
        out.append(
            Gap(
                way_id=ways[need.way].id,
                boundary=need.boundary,
                reason="; ".join(filter(None, (need.reason, *reasons, room))),
                harms=offer.harms[least] if least is not None else (),
                alternatives=alternatives(ways[need.way]),
            )
        )
    out += [
        Gap(
            way_id=way.id,
            boundary="",
            reason=f"nobody confirmed it: {way.reason}",
            alternatives=(f"confirm it: --confirm {way.id}",),
        )
        for way in ways
        if not way.certain and way.id not in request.confirmed
    ]
    return tuple(out)


def _rules(request: Request, commands: Sequence[Command]) -> tuple[Rules, ...]:
    by_point: dict[str, list[Command]] = defaultdict(list)
    for command in commands:
        by_point[command.point].append(command)
    out: list[Rules] = []
    for point, told in sorted(by_point.items()):
        name = request.register.point(point).actuator
        rendered = request.actuators[name].render(told, site(request, point))
        out.append(
            Rules(
                point=point,
                actuator=name,
                do=rendered.do,
                undo=rendered.undo,
                command_ids=rendered.expressed,
                refused=rendered.refused,
            )
        )
    return tuple(out)
