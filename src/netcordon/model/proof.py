"""What traffic recorded afterwards says of commands that were put in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Sensor(StrEnum):
    """Where the traffic was recorded, as seen from our hosts."""

    NEAR = "near"
    """Before the device: our attempts are seen, and only answers from beyond prove a hole."""
    FAR = "far"
    """Beyond the device: every packet of ours that is seen has got through."""


class Judgement(StrEnum):
    """What it comes to for one command."""

    HOLDS = "holds"
    FAILED = "failed"
    SILENT = "silent"
    """Nobody tried: nothing got through, and nothing was proven."""
    UNPROVEN = "unproven"
    """The recording cannot say."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A packet, or a DNS message, in the evidence."""

    evidence_id: str
    frame: int
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Trying:
    """A host that keeps knocking: most likely still infected.

    Attributes:
        attempts: connections begun, look-ups, or packets where neither can be told.
    """

    src_ip: str
    attempts: int
    last_time: datetime


@dataclass(frozen=True, kw_only=True)
class CommandProof:
    """The judgement on one command.

    Attributes:
        since: when it was read back on its device.
        through: packets, or answers to look-ups, that got past it afterwards; ``first`` and
            ``last`` are where they stand.
        connections: begun afterwards and answered.
        trying: who still tries, most attempts first.
        said: one sentence.
    """

    command_id: str
    measure_id: str
    point: str
    what: str
    since: datetime
    judgement: Judgement
    through: int = 0
    first: Place | None = None
    last: Place | None = None
    connections: int = 0
    trying: tuple[Trying, ...] = ()
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanProof:
    """All of it.

    Attributes:
        until: time of the last packet of the recording; ``None`` when it holds none.
    """

    plan_id: str
    case_id: str
    sensor: Sensor
    evidence_ids: tuple[str, ...]
    until: datetime | None
    commands: tuple[CommandProof, ...]
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing got through, and everything was judged."""
        bad = (Judgement.FAILED, Judgement.UNPROVEN)
        return bool(self.commands) and not any(c.judgement in bad for c in self.commands)
