"""What a judge is given: the rules of one device at one boundary, and what was recorded there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netcordon.model.actuator import Call
from netcordon.model.command import Command
from netcordon.model.plan import Plan, Rules
from netcordon.model.register import Boundary, Register
from netcordon.model.rehearsal import EngineVerdict, Judged
from netcordon.tables.engine import Engine

Packets = Callable[[str, Collection[str], Path], int]
"""Evidence id, flows of it, and a new file -> how many of their frames were written there."""

_MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The rules of one device at one boundary.

    Attributes:
        tables: with what the model joined: ``touched``, ``of_way``, ``zoned``.
        flows: recorded flows that cross the boundary (``sample.crossing``).
        calls: that put the rules in force.
        packets: the recorded packets of flows; ``None`` where nobody can read them.
    """

    tables: Engine
    plan: Plan
    register: Register
    rules: Rules
    boundary: Boundary
    flows: Sequence[Mapping[str, Any]]
    calls: Sequence[Call]
    packets: Packets | None = None

    @property
    def commands(self) -> list[Command]:
        """Those that the device was told."""
        told = set(self.rules.command_ids)
        return [c for m in self.plan.measures for c in m.commands if c.id in told]

    def verdict(self, engine: str, **more: Any) -> EngineVerdict:
        """A verdict on this device."""
        return EngineVerdict(
            engine=engine, point=self.rules.point, boundary=self.boundary.name, **more
        )


@dataclass(frozen=True, kw_only=True)
class Judge:
    """A kind of engine.

    Attributes:
        actuators: ids of those whose rules it understands.
        judge: its verdicts on one device, more than one where several engines read the rules.
    """

    actuators: tuple[str, ...]
    judge: Callable[[Trial], Sequence[EngineVerdict]]


def compared(judged: Sequence[Judged]) -> dict[str, Any]:
    """Counts, harms and disagreements of what was judged, as fields of a verdict."""
    stopped = [each for each in judged if each.engine_stops]
    harmed = [each for each in stopped if not each.is_way]
    wrong = [each for each in judged if each.engine_stops != each.model_stops]
    return {
        "judged": len(judged),
        "stopped": len(stopped),
        "ways_stopped": len(stopped) - len(harmed),
        "harmed": len(harmed),
        "harms": tuple(harmed[:_MOST_SHOWN]),
        "disagreeing": len(wrong),
        "disagreements": tuple(wrong[:_MOST_SHOWN]),
    }


def of_flow(flow: Mapping[str, Any], engine_stops: bool, name: str = "") -> Judged:
    """What both judges say of a flow of the sample."""
    return Judged(
        evidence_id=str(flow["evidence_id"]),
        uid=str(flow["uid"]),
        src_ip=str(flow["src_ip"]),
        dst_ip=str(flow["dst_ip"]),
        dst_port=int(flow["dst_port"]),
        protocol=str(flow["protocol"]),
        name=name,
        is_way=bool(flow["is_way"]),
        model_stops=bool(flow["model_stops"]),
        engine_stops=engine_stops,
    )
