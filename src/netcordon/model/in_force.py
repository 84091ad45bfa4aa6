"""What enforcement tells people: what was done at each device, what stands, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netcordon.model.command import InForce
from netcordon.model.enforced import ActionState, Attempted


@dataclass(frozen=True, kw_only=True)
class Task:
    """A measure that people do, and whether somebody said that it is done."""

    measure_id: str
    title: str
    owner: str = ""
    done: str = ""
    """Who said so, and when; empty while nobody did."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """What came of putting commands in force at one device.

    Attributes:
        states: command id -> its state now; ``already``: ids that were in force before.
        refused: command id -> why the device cannot be told.
        problem: why nothing of it stands; empty when it does.
        typed: what a person has to type.
        notes: what went wrong besides.
        differs: after taking back, lines of the configuration that are not as before.
    """

    point: str
    states: Mapping[str, ActionState]
    already: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    typed: str = ""
    notes: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EnforcedPlan:
    """What came of putting a plan in force.

    Attributes:
        deadline: when it is taken back unless somebody confirms; ``None`` when nothing waits.
        before, after: probes, made before and after the change.
        why_back: why everything was taken back; empty when it was not.
        tasks: measures of the plan that people do.
        problems: about the journal, and about what others left under way.
    """

    plan_id: str
    case_id: str
    run: str
    devices: tuple[Placed, ...]
    deadline: datetime | None = None
    before: tuple[Attempted, ...] = ()
    after: tuple[Attempted, ...] = ()
    why_back: str = ""
    tasks: tuple[Task, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every command stands, or waits for a person."""
        return not self.why_back and not any(d.problem or d.refused for d in self.devices)


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What came of taking back at one device.

    Attributes:
        problem: why the commands still stand; empty when they do not.
        differs: lines of its configuration that are not as before the commands.
        compared: whether there was a configuration to compare with.
        typed: what a person has to type; nothing is gone before ``contain confirm``.
    """

    point: str
    command_ids: tuple[str, ...]
    problem: str = ""
    differs: tuple[str, ...] = ()
    compared: bool = False
    typed: str = ""


@dataclass(frozen=True, kw_only=True)
class UndonePlan:
    """All of it."""

    plan_id: str
    devices: tuple[Undone, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """What came of confirming.

    Attributes:
        stands: names of devices whose change stands now.
        taken_back: device -> why its change was taken back instead.
        by_hand: devices where a person still has to type.
    """

    plan_id: str
    stands: tuple[str, ...]
    taken_back: Mapping[str, str]
    by_hand: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Kind(StrEnum):
    """How a device differs from its ledger."""

    LOST = "lost"
    LEFT_OVER = "left over"
    EXPIRED = "expired"
    TIMER = "timer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One difference.

    Attributes:
        said: what it is, in words.
        settled: what was done about it; empty when it is as it was.
    """

    point: str
    case_id: str
    command_id: str
    kind: Kind
    said: str
    settled: str = ""


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """Every difference between ledger and devices, and what could not be looked at."""

    looked_at: int
    drifts: tuple[Drift, ...]
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is left to be done."""
        left = [d for d in self.drifts if d.settled not in ("repaired", "taken back")]
        return not left and not self.problems


@dataclass(frozen=True, kw_only=True)
class Row:
    """One command at its point, as it is now.

    Attributes:
        what: its target, for people.
        seen: as the device tells it; ``None`` when it does not.
        deadline: until when it must be confirmed.
        trying: hosts that still tried when traffic was last verified, most attempts first.
        workspace: it belongs to.
    """

    plan_id: str
    case_id: str
    measure_id: str
    command_id: str
    point: str
    what: str
    state: ActionState
    why: str = ""
    since: datetime | None = None
    expires_time: datetime | None = None
    seen: InForce | None = None
    deadline: datetime | None = None
    trying: tuple[str, ...] = ()
    workspace: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanStatus:
    """All commands of a plan, and what was found on the way."""

    plan_id: str
    case_id: str
    rows: tuple[Row, ...]
    drifts: tuple[Drift, ...]
    problems: tuple[str, ...]
    tasks: tuple[Task, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is lost, failed, taken back unasked, or could not be looked at."""
        bad = (ActionState.FAILED, ActionState.DRIFTED, ActionState.ROLLED_BACK)
        return not self.problems and not any(row.state in bad for row in self.rows)
