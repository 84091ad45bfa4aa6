"""What ``netcordon.toml`` must still say, or says in vain, before containment can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from netcordon.casefile.workspace import open_workspace
from netcordon.enforcement.transports import by_hand, transport_to
from netcordon.errors import UsageError
from netcordon.model.register import EnforcementPoint
from netcordon.planning.implied import missing
from netcordon.workflow.contain import Clock, actuators

_DRILL = "rehearsal_double"
"""The actuator that stops nothing."""


def check_register(workspace: Path, *, clock: Clock) -> tuple[str, ...]:
    """What must be declared before containment can be trusted, one sentence each.

    Raises:
        WorkspaceError: when there is no workspace.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        register = opened.config.register
    known = actuators()
    unknown = [
        f"device {point.name} names actuator {point.actuator}, which is none; known: "
        f"{', '.join(sorted(known))}"
        for point in register.points
        if point.actuator not in known
    ]
    idle = [
        f"device {said}"
        for point in register.points
        if point.actuator in known and (said := known[point.actuator].unknown_option(point))
    ]
    return (*unknown, *idle, *_not_reached(register.points), *missing(register))


def _not_reached(points: Sequence[EnforcementPoint]) -> Iterator[str]:
    """Devices whose transport can never work: better known now than when a plan is enforced."""
    for point in points:
        if point.actuator == _DRILL:
            yield f"device {point.name} is a double for drills: it stops nothing"
        if by_hand(point):
            continue
        try:
            transport_to(point)
        except UsageError as error:
            yield f"device {point.name} cannot be reached: {error.why}"
