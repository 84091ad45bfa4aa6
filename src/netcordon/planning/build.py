"""A plan from an incident: ways, candidates, their harm, the choice, tasks, rules for devices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from netcordon.model.command import Target
from netcordon.model.plan import Plan, Way
from netcordon.planning.alike import alike
from netcordon.planning.arranged import arranged, commands_of
from netcordon.planning.beside import beside
from netcordon.planning.choose import choose
from netcordon.planning.coverage import coverage
from netcordon.planning.effect import prepare
from netcordon.planning.gaps import barred, gaps_of
from netcordon.planning.hashing import register_hash, sealed
from netcordon.planning.measures import measure
from netcordon.planning.numbering import Numbering
from netcordon.planning.offer import Offer, command_for, offered
from netcordon.planning.permitted import marked, overrides, refusal
from netcordon.planning.picks import Preference
from netcordon.planning.recorded import known_clients
from netcordon.planning.rendering import rules_of
from netcordon.planning.request import Request
from netcordon.planning.taken import taken_hosts
from netcordon.planning.tasks import Draft
from netcordon.planning.ways import ways_of
from netcordon.tables.engine import Engine


def make_plan(engine: Engine, request: Request) -> Plan:
    """The least harmful plan, measured on all traffic of the engine.

    Args:
        engine: with the views and the home networks.
        request: what it is made of; its register has at least one boundary.
    """
    register = request.register
    known = ways_of(engine, request.incidents, register)
    ways = marked(
        known + alike(engine, known, register), (*register.markings, *request.markings),
        request.picks, request.author,
    )  # fmt: skip
    prepare(engine, register)
    meant = [way for way in ways if way.certain or way.id in request.confirmed]
    closing = [way for way in meant if not barred(way, request)]
    hosts = taken_hosts(engine, request.incidents, register)
    pinned = [w for w in closing if request.picks.prefer.get(w.id) is Preference.PIN]
    bad = {ip for host in hosts for ip in host.ips} | {way.src for way in meant}
    more = beside(request, hosts, meant)
    silent = [way for way in ways if refusal(way, request.picks)]
    clients = known_clients(engine, pinned, sorted(bad))
    offer = offered(engine, request, closing, meant, silent, clients, more.asked)
    capacity = {p.name: p.capacity for p in register.points if p.capacity is not None}
    choice = choose(offer.made, offer.needs, offer.weights, frozenset(offer.forbidden), capacity)
    gaps = gaps_of(request, ways, offer, choice.open)
    cuts = _cuts(request, offer, choice.chosen)
    others, left_out = more.drafts(engine, request, meant, gaps, cuts, offer.extra)
    measures = arranged([*cuts, *others], request.picks.posture, Numbering(request.earlier))
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
            gaps=gaps,
            rules=rules_of(commands_of(measures), register, request.actuators, request.case_id),
            optimal=choice.optimal,
            notes=(*request.notes, *more.notes, *left_out),
            posture=request.picks.posture,
            coverage=coverage(meant, measures, gaps, register, _left(request)),
            overrides=overrides(ways, request.picks, request.author),
        )
    )


def _left(request: Request) -> set[str]:
    preferred = request.picks.prefer.items()
    return {way_id for way_id, choice in preferred if choice is Preference.LEAVE}


def _cuts(request: Request, offer: Offer, chosen: Sequence[int]) -> list[Draft]:
    """One for each target, whatever the number of boundaries it is closed at."""
    by_target: dict[tuple[str, Target], list[int]] = defaultdict(list)
    for at in chosen:
        order = offer.made[at].order
        by_target[order.kind, order.target].append(at)
    out: list[Draft] = []
    for (kind, target), places in by_target.items():
        covered: list[Way] = [
            offer.ways[w] for w in dict.fromkeys(w for at in places for w in offer.made[at].ways)
        ]
        made = measure(
            kind,
            target.label(),
            [command_for(offer.made[at], request) for at in places],
            covered,
            # The same target harms the same flows at each boundary they cross.
            max((offer.harms[at] for at in places), key=len),
            request.register,
            request.duration_s,
        )
        out.append(Draft(measure=made))
    return out
