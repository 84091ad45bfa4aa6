"""What a rehearsal found: each judge's verdict, and where they disagree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from netcordon.model.plan import Harm


@dataclass(frozen=True, kw_only=True)
class CommandVerdict:
    """What one command would have done to recorded traffic.

    Attributes:
        flows_stopped: of the attacker's ways; ``ways``: ids of those it stops.
        harms: ordinary traffic it would have stopped, critical flows first.
        verdict: ``good``, ``harms``, or ``idle`` (it would have stopped nothing that was recorded).
    """

    command_id: str
    flows_stopped: int
    lookups_stopped: int
    ways: tuple[str, ...]
    harms: tuple[Harm, ...]
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Missed:
    """Flows of a way that no command of the plan meets at a boundary they cross.

    Attributes:
        rows: some of them: evidence id and uid.
    """

    way_id: str
    boundary: str
    flows: int
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A flow that the model and an engine judge differently: an error in one of them.

    Attributes:
        model_stops: what the model says; the engine says the opposite.
    """

    evidence_id: str
    uid: str
    src_ip: str
    dst_ip: str
    dst_port: int
    protocol: str
    model_stops: bool


@dataclass(frozen=True, kw_only=True)
class EngineVerdict:
    """What a real engine did with probes of recorded flows.

    Attributes:
        engine: what it is, with its version; empty ``why_not`` means that it ran.
        point: the enforcement point whose rules it was given.
        flows: judged; ``unjudged``: with the reason, how many could not be.
        open_flows: that were open when the rules came; ``open_stopped``: of them, stopped.
        why_not: why only the model has judged.
    """

    engine: str
    point: str
    boundary: str
    flows: int = 0
    stopped: int = 0
    unjudged: dict[str, int] = field(default_factory=dict)
    open_flows: int = 0
    open_stopped: int = 0
    disagreements: tuple[Disagreement, ...] = ()
    seconds: float = 0.0
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """All of it.

    Attributes:
        flows: that the model judged; ``commands``: how many.
        passed: whether no vital flow is harmed, no way is missed where the plan says it is closed,
            and no engine disagrees.
    """

    plan_id: str
    plan_hash: str
    time: datetime
    evidence_ids: tuple[str, ...]
    flows: int
    commands: tuple[CommandVerdict, ...]
    missed: tuple[Missed, ...]
    engines: tuple[EngineVerdict, ...]
    passed: bool
    reasons: tuple[str, ...]
