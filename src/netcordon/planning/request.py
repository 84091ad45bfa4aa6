"""What a plan is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from netcordon.model.actuator import Actuator
from netcordon.model.command import Command
from netcordon.model.incident import Incident
from netcordon.model.register import Marking, Register
from netcordon.planning.picks import Picks
from netcordon.planning.rendering import site_of


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a plan is made of.

    Attributes:
        confirmed: ids of ways that only look alike and that a person confirmed.
        duration_s: how long the measures hold.
        notes: what must be known besides.
        picks: what a person decided beside the program.
        markings: of lists that were hunted in this workspace.
        earlier: commands of earlier plans of the case.
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
    picks: Picks = field(default_factory=Picks)
    markings: Sequence[Marking] = ()
    earlier: Sequence[Command] = ()

    def refusal(self, command: Command) -> str | None:
        """Why the device that a command names cannot be told it, in words."""
        point = self.register.point(command.point)
        actuator = self.actuators.get(point.actuator)
        if actuator is None:
            return f"no actuator is called {point.actuator}"
        known = replace(command, id=command.id or "cmd-1")
        return actuator.refusal(known, site_of(self.register, self.case_id, point.name))
