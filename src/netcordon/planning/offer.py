"""The lattice of commands for all ways, each with what it would do to recorded traffic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from netcordon.model.command import Command, Verb
from netcordon.model.plan import Harm, Way
from netcordon.planning.candidates import Candidate, Need, Order, candidates
from netcordon.planning.effect import touch
from netcordon.planning.forbidden import why_forbidden
from netcordon.planning.harm import find_harm
from netcordon.planning.permitted import would_tell
from netcordon.planning.rendering import boundary_of
from netcordon.planning.request import Request
from netcordon.tables.engine import Engine


@dataclass
class Offer:
    """Everything that could be told to devices.

    Attributes:
        ways: that are to be closed; candidates and needs name them by place.
        harms: of each candidate, and of each further command behind them.
        forbidden: place of a candidate -> why it must not be given.
        extra: harms of the further commands, in their order.
    """

    ways: tuple[Way, ...]
    made: tuple[Candidate, ...]
    needs: tuple[Need, ...]
    commands: list[Command] = field(default_factory=list)
    harms: tuple[tuple[Harm, ...], ...] = ()
    weights: tuple[float, ...] = ()
    forbidden: dict[int, str] = field(default_factory=dict)
    extra: tuple[tuple[Harm, ...], ...] = ()


def offered(
    engine: Engine,
    request: Request,
    ways: Sequence[Way],
    known: Sequence[Way],
    silent: Sequence[Way],
    clients: Mapping[str, Sequence[str]],
    further: Sequence[Command],
) -> Offer:
    """The lattice for some ways, and the harm of further commands beside it.

    Args:
        engine: with ``prepare`` done.
        request: what the plan is made of.
        ways: that are to be closed by devices.
        known: all whose flows nobody misses, however they are ended.
        silent: those that must not be blocked because of their marking.
        clients: id of a way that is left to known clients -> these.
        further: commands that no way asks for.
    """

    def refuses(order: Order, point: str) -> str | None:
        why = request.refusal(command_of(order, point, "", request.duration_s))
        return f"{point}: {why}" if why else None

    made, needs = candidates(ways, request.register, refuses, request.picks, clients)
    offer = Offer(ways=tuple(ways), made=made, needs=needs)
    offer.commands = [
        replace(command_for(c, request), id=f"cmd-{number}") for number, c in enumerate(made, 1)
    ]
    asked = [*offer.commands, *further]
    touch(engine, asked)
    harms, weights = find_harm(engine, known, request.register.business, len(asked))
    count = len(offer.commands)
    offer.harms, offer.weights, offer.extra = harms[:count], weights[:count], harms[count:]
    for number, command in enumerate(offer.commands):
        if command.verb is Verb.SET:
            continue  # what is slowed goes on; its owner still has to agree
        why = would_tell(command.target, silent) or why_forbidden(
            command, offer.harms[number], request.register
        )
        if why:
            offer.forbidden[number] = why
    return offer


def command_for(candidate: Candidate, request: Request) -> Command:
    """A candidate as a command, not yet numbered."""
    names = [boundary for _, boundary in candidate.covers]
    boundary = boundary_of(request.register, names)
    return command_of(candidate.order, candidate.point, boundary, request.duration_s)


def command_of(order: Order, point: str, boundary: str, duration_s: int) -> Command:
    """An order for a place, not yet numbered."""
    return Command(
        id="", verb=order.verb, target=order.target, point=point, boundary=boundary,
        duration_s=duration_s, packets_per_s=order.packets_per_s,
    )  # fmt: skip
