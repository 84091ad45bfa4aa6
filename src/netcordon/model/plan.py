"""A containment plan: what cuts which channel where, what it costs, how it is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netcordon.model.command import Command, Probe
from netcordon.model.handling import PAP
from netcordon.model.measure_kind import Reversibility


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way the attacker talks, or may talk: a channel of the incident as a plan sees it.

    Attributes:
        id: ``way-`` and a number within the plan.
        src: initiator; ``dst``: responder, addresses.
        name: of the responder as the attacker's programs asked for it.
        port: of the responder.
        protocol: transport, ``tcp``, ``udp``, ``icmp``.
        ja4: fingerprint of the client, empty when none was seen.
        purpose: what it is for.
        certain: confirmed by the incident; otherwise found by its likeness to a confirmed one.
        reason: why it is here, with the numbers.
        boundaries: names of the boundaries it crosses, outermost last; empty when it crosses none
            that is declared.
        finding_ids: behind it.
        relayed: it asks a resolver of ours, which asks on: only its name can be refused, and the
            boundaries are those behind the resolver.
        pap: what may be done with what is known of it; ``None`` where nobody said.
        pap_source: who said so.
    """

    id: str
    src: str
    dst: str
    name: str | None
    port: int | None
    protocol: str
    ja4: str
    purpose: str
    certain: bool
    reason: str
    boundaries: tuple[str, ...]
    first_seen_time: datetime
    last_seen_time: datetime
    finding_ids: tuple[str, ...] = ()
    relayed: bool = False
    pap: PAP | None = None
    pap_source: str = ""


@dataclass(frozen=True, kw_only=True)
class Harm:
    """Recorded ordinary traffic that a measure would have stopped.

    Attributes:
        what: the critical flow, or the service and ends, for people.
        critical: name of the critical flow; empty when it is none.
        owner: who answers for it; ``business_line``: whose approval it needs.
        src_ips: some of the hosts concerned, in order; ``hosts`` counts all.
    """

    what: str
    critical: str
    owner: str
    business_line: str
    flows: int
    bytes: int
    hosts: int
    src_ips: tuple[str, ...]
    first_seen_time: datetime
    last_seen_time: datetime


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing to do, with everything that must be known before it is done.

    Attributes:
        id: ``msr-`` and a number within the plan.
        kind: key of the catalogue of measures (``measure_kind.KINDS``), e.g. ``address``.
        title: one sentence.
        d3fend: MITRE D3FEND id; ``react``: RE&CT response action id.
        commands: to devices; empty when a person does it (``instructions``).
        instructions: what a person does, step by step; ``undo_instructions``: how it is taken back.
        covers: ids of the ways it stops.
        owner: who does it and answers for it.
        expected_effect: what will be seen when it works.
        negative_probes: must fail afterwards; ``positive_probes``: must still work.
        harms: by recorded traffic.
        approvals: business lines beside IT that must agree.
        after: ids of measures that must be done before this one.
    """

    id: str
    kind: str
    title: str
    d3fend: str
    react: str
    commands: tuple[Command, ...] = ()
    instructions: tuple[str, ...] = ()
    undo_instructions: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    owner: str = ""
    expected_effect: str = ""
    negative_probes: tuple[Probe, ...] = ()
    positive_probes: tuple[Probe, ...] = ()
    reversibility: Reversibility = Reversibility.REVERSIBLE
    duration_s: int
    harms: tuple[Harm, ...] = ()
    approvals: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A way that nothing in the plan stops at a boundary, and why.

    Attributes:
        way_id: which.
        boundary: where; empty when the way crosses no declared boundary.
        reason: one sentence.
        harms: what the least harmful command would have cost.
        alternatives: what can be done instead, for the business to choose.
    """

    way_id: str
    boundary: str
    reason: str
    harms: tuple[Harm, ...] = ()
    alternatives: tuple[str, ...] = ()


class CellState(StrEnum):
    """What becomes of a way at a boundary."""

    CUT = "cut"
    HARMLESS = "harmless"
    BY_HAND = "by hand"
    LIMITED = "limited"
    LEFT = "left open"
    GAP = "gap"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One field of the coverage matrix: a way at a boundary that it crosses.

    Attributes:
        boundary: empty for a way that crosses none that is declared.
        command_ids: that cut it here.
        measure_ids: behind these commands, or the person's task that ends it.
        reason: why it is open, or why that does no harm.
    """

    way_id: str
    boundary: str
    state: CellState
    command_ids: tuple[str, ...] = ()
    measure_ids: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Override:
    """A person's word that a way is blocked although its source allows no such thing."""

    way_id: str
    pap: PAP
    reason: str
    author: str


class Posture(StrEnum):
    """How a case is contained: so that the attacker notices late, or as soon as possible."""

    FAST = "fast"
    DISCREET = "discreet"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What one enforcement point would be given, in its own language.

    Attributes:
        do: puts the commands in force; ``undo``: takes exactly them back.
        command_ids: expressed here, in order.
        refused: id of a command the device cannot express -> why, in words.
    """

    point: str
    actuator: str
    do: str
    undo: str
    command_ids: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The whole; its hash (``planning.hashing``) is what people approve.

    Attributes:
        id: ``plan-`` and the first ten hexadecimal digits of the hash.
        author: who made it; an author does not approve.
        register_hash: of the register it was made with.
        evidence_ids: traffic that collateral was measured on.
        optimal: whether the choice is proven to be the least harmful; else it is the best found.
        notes: what must be known besides, one sentence each.
        posture: decides in which order measures are done.
        coverage: each certain or confirmed way at each boundary it crosses.
        overrides: by which ways are blocked against their marking.
        changed_from: id of the plan that this one is a trial of; such a plan is never approved.
    """

    id: str
    hash: str
    case_id: str
    incident_ids: tuple[str, ...]
    author: str
    created_time: datetime
    register_hash: str
    evidence_ids: tuple[str, ...]
    ways: tuple[Way, ...]
    measures: tuple[Measure, ...]
    gaps: tuple[Gap, ...]
    rules: tuple[Rules, ...]
    optimal: bool
    notes: tuple[str, ...] = ()
    posture: Posture = Posture.FAST
    coverage: tuple[Cell, ...] = ()
    overrides: tuple[Override, ...] = ()
    changed_from: str = ""

    @property
    def covered(self) -> tuple[int, int, int]:
        """Fields of the matrix that devices close or that are harmless, that people see to, all."""
        closed = sum(c.state in (CellState.CUT, CellState.HARMLESS) for c in self.coverage)
        by_hand = sum(c.state in (CellState.BY_HAND, CellState.LIMITED) for c in self.coverage)
        return closed, by_hand, len(self.coverage)

    @property
    def is_open(self) -> bool:
        """Whether a way stays open that nothing of the plan ends, or one waits for a word."""
        waiting = {gap.way_id for gap in self.gaps} - {cell.way_id for cell in self.coverage}
        return bool(waiting) or any(
            cell.state in (CellState.GAP, CellState.LEFT) for cell in self.coverage
        )
