"""The scenarios that can be recorded: who is at work, what happens, what is true afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lab import full_intrusion, intrusion, world

PCS = frozenset(pc.name for pc in world.PCS)


@dataclass(frozen=True)
class Scenario:
    """One story, and the company's day or night around it."""

    name: str
    minutes: float
    story: type[intrusion.Intrusion]
    fell: frozenset[str]
    """Machines that the intruder holds."""
    indicators: Callable[[], list[dict[str, str]]]
    at_work: frozenset[str] = PCS
    """PCs with a person in front of them; the others only do their chores."""
    at_night: bool = False

    def hours(self, pc: str) -> str:
        """How `lab.office_life` spends the time at a PC: `day`, `late` or `away`."""
        if not self.at_night:
            return "day"
        return "late" if pc in self.at_work else "away"


DEMO = Scenario(
    "demo", 27.0, intrusion.Intrusion, frozenset({"pc-042", "app-01"}), intrusion.indicators
)
FULL = Scenario(
    "full",
    40.0,
    full_intrusion.FullIntrusion,
    frozenset({"pc-042", "app-01", "fs-01", "pc-033"}),
    full_intrusion.indicators,
    at_work=frozenset({"pc-042", "pc-058", "lt-009"}),
    at_night=True,
)
SCENARIOS = {scenario.name: scenario for scenario in (DEMO, FULL)}
