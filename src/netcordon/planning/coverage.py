"""The coverage matrix: what becomes of each way at each boundary that it crosses (M1, C9a)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from netcordon.model.command import Verb
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import Cell, CellState, Gap, Measure, Way
from netcordon.model.register import INTERNET, Register
from netcordon.planning.crossing import still_joined

_CUTS = (Verb.DENY, Verb.CONTAIN)


def coverage(
    ways: Sequence[Way],
    measures: Sequence[Measure],
    gaps: Sequence[Gap],
    register: Register,
    left: Collection[str] = (),
) -> tuple[Cell, ...]:
    """A cell for each way and boundary, in the order of the ways.

    A gap is harmless where every path of the way is cut at another boundary.

    Args:
        ways: certain and confirmed ones.
        measures: with ids and numbered commands.
        gaps: what the plan leaves open.
        register: of the network.
        left: ids of ways that a person decided to leave open.
    """
    reasons = {(gap.way_id, gap.boundary): gap.reason for gap in gaps}
    stands = {
        point.name: {b.name for b in register.boundaries if point.name in b.points}
        for point in register.points
    }
    out: list[Cell] = []
    for way in ways:
        cutting = [measure for measure in measures if way.id in measure.covers]
        by_hand = tuple(m.id for m in cutting if not m.commands)
        limiting = tuple(m.id for m in cutting if KINDS[m.kind].line == "C5")
        cut_at = {
            boundary: [
                (measure.id, command.id)
                for measure in cutting
                for command in measure.commands
                if _closes(way, measure.kind, command.verb)
                and (command.boundary == boundary or boundary in stands[command.point])
            ]
            for boundary in way.boundaries or ("",)
        }
        closed = frozenset(boundary for boundary, commands in cut_at.items() if commands)
        for boundary, commands in cut_at.items():
            reason = reasons.get((way.id, boundary), "")
            if commands:
                state = CellState.CUT
            elif boundary and closed and not still_joined(register, *_zones(way, register), closed):
                state = CellState.HARMLESS
                reason = f"all of it passes {', '.join(sorted(closed))}, where it is cut; {reason}"
            elif limiting:
                state = CellState.LIMITED
            elif by_hand:
                state = CellState.BY_HAND
            else:
                state = CellState.LEFT if way.id in left else CellState.GAP
            out.append(
                Cell(
                    way_id=way.id,
                    boundary=boundary,
                    state=state,
                    command_ids=tuple(dict.fromkeys(command for _, command in commands)),
                    measure_ids=tuple(dict.fromkeys(m for m, _ in commands))
                    or {CellState.BY_HAND: by_hand, CellState.LIMITED: limiting}.get(state, ()),
                    reason=reason if state is not CellState.CUT else "",
                )
            )
    return tuple(out)


def _closes(way: Way, kind: str, verb: Verb) -> bool:
    """Packets must be stopped; a name alone closes a way only where nothing else of it crosses."""
    return verb in _CUTS and (kind != "name" or way.relayed)


def _zones(way: Way, register: Register) -> tuple[str, str]:
    if way.relayed:
        return register.zone_of(way.dst), INTERNET
    return register.zone_of(way.src), register.zone_of(way.dst)
