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
class Effect:
    """What all commands of a plan together do to recorded flows; each flow counts once.

    Attributes:
        stopped: of the attacker's ways; ``harmed``: ordinary ones, of ``hosts_harmed`` initiators.
    """

    stopped: int
    harmed: int
    hosts_harmed: int


@dataclass(frozen=True, kw_only=True)
class ModelVerdict:
    """What the model says of a plan; ``flows`` is how many it judged."""

    commands: tuple[CommandVerdict, ...]
    missed: tuple[Missed, ...]
    flows: int
    effect: Effect


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A plan beside the same with changes, by the model alone; nothing of it is recorded.

    Attributes:
        plan_id: of the recorded plan; ``changed_id`` and ``changed_hash``: of the other, which
            nobody has approved.
        changes: in words.
        before: of the recorded plan; ``after``: of the other.
        reasons: why the changed plan would not pass; empty when it would.
    """

    plan_id: str
    changed_id: str
    changed_hash: str
    changes: tuple[str, ...]
    before: ModelVerdict
    after: ModelVerdict
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One recorded flow, look-up or request with what both judges say of it.

    Where they differ, one of them is in error.

    Attributes:
        evidence_id: empty, like ``uid`` and the ends, for a name that was asked by itself.
        name: that was looked up or asked for; empty where only addresses count.
        is_way: whether it belongs to the attacker's ways.
        model_stops: what the model says; ``engine_stops``: what the engine does.
    """

    evidence_id: str = ""
    uid: str = ""
    src_ip: str = ""
    dst_ip: str = ""
    dst_port: int = 0
    protocol: str = ""
    name: str = ""
    is_way: bool = False
    model_stops: bool
    engine_stops: bool


@dataclass(frozen=True, kw_only=True)
class EngineVerdict:
    """What a real engine did with recorded flows, or with names and requests taken from them.

    Attributes:
        engine: what it is; empty ``why_not`` means that it ran.
        point: the enforcement point whose rules it was given.
        of: what was judged: ``flow``, ``name`` or ``request``.
        judged: how many; ``stopped``: of them; ``unjudged``: why others could not be, how many.
        ways_stopped: of those stopped, how many are the attacker's; the others are ``harmed``.
        open_flows: that were open when the rules came; ``open_stopped``: of them, stopped.
        harms: ordinary ones that it stops, some of them; ``disagreements``: where the model says
            otherwise, some of them, with ``disagreeing`` the number of all.
        why_not: why only the model has judged; ``what_to_try``: so that an engine can.
    """

    engine: str
    point: str
    boundary: str
    of: str = "flow"
    judged: int = 0
    stopped: int = 0
    ways_stopped: int = 0
    harmed: int = 0
    unjudged: dict[str, int] = field(default_factory=dict)
    open_flows: int = 0
    open_stopped: int = 0
    harms: tuple[Judged, ...] = ()
    disagreeing: int = 0
    disagreements: tuple[Judged, ...] = ()
    seconds: float = 0.0
    why_not: str = ""
    what_to_try: str = ""


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
