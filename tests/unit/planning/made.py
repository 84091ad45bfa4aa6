"""Plans made of the small network, for tests that look at one side of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from netcordon.model.actuator import Actuator
from netcordon.model.command import Command, Target
from netcordon.model.incident import Channel, Party
from netcordon.model.plan import Measure, Plan
from netcordon.model.register import Register
from netcordon.planning.build import make_plan
from netcordon.planning.request import Request
from netcordon.registry import load
from netcordon.tables.engine import Engine
from tests.cases import evidence
from tests.unit.planning.network import (
    FILES,
    HOME,
    JA4,
    PARTNER,
    PC,
    PC2,
    SECOND,
    START,
    calls,
    hellos,
    incident,
    register,
)

BEAT = [22.0 * n for n in range(12)]


def traffic(folder: Path) -> Iterator[Engine]:
    """A beacon, a second one that looks alike, work with a partner, a copy between our hosts."""
    home = calls(1, PC, HOME, 443, BEAT)
    second = calls(100, PC2, SECOND, 8443, [3 + 22.4 * n for n in range(12)])
    work = calls(200, PC2, PARTNER, 443, [1.0, 2.0, 300.0])
    shared = calls(300, PC2, HOME, 80, [5.0])
    inner = calls(400, PC, FILES, 445, [9.0])
    for flow in inner:
        flow["conn_state"] = "S1"
    tables = {
        "network_activity": [*home, *second, *work, *shared, *inner],
        "tls_activity": [
            *hellos(home, ja4=JA4, server_name="c2.bad.example"), *hellos(second, ja4=JA4),
            *hellos(work, ja4="t13d0000h2_000000000000_000000000000"),
        ],
    }  # fmt: skip
    with evidence.engine(tables, folder, home_nets=("10.0.0.0/8",)) as engine:
        yield engine


def plan(
    engine: Engine,
    *channels: Channel,
    network: Register | None = None,
    victims: tuple[Party, ...] = (),
    **more: Any,
) -> Plan:
    """Of an incident with these channels."""
    return make_plan(
        engine,
        Request(
            case_id="NC-2026-0001", incidents=[incident(*channels, victims=victims)],
            register=network or register(),
            actuators={p.id: cast(Actuator, p.content) for p in load("actuators")[0]},
            author="root", time=START, evidence_ids=("ev-1",), duration_s=3600, **more,
        ),
    )  # fmt: skip


def commands(made: Plan) -> list[Command]:
    """All of a plan."""
    return [command for measure in made.measures for command in measure.commands]


def targets(made: Plan) -> set[tuple[str, Target]]:
    """Boundary and target of every command."""
    return {(command.boundary, command.target) for command in commands(made)}


def of_kind(made: Plan, kind: str) -> list[Measure]:
    """Measures of one kind, in order."""
    return [measure for measure in made.measures if measure.kind == kind]
