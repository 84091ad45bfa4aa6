"""The remediation process: a plan as the document that people work by and others validate (M4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from netcordon.model.approval import Signed


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step.

    Attributes:
        number: its place, from 1; steps are done in this order.
        measure_id: of the plan.
        line: of IRM-5.
        owner: who does it and answers for it; empty when nobody was declared.
        after: numbers of steps that must be done before.
        do: what is done; ``undo``: how it is taken back, and whether nothing is left of it.
        holds_s: how long it holds, seconds.
        success: what shows that it worked.
        agree: business lines beside IT that must agree.
    """

    number: int
    measure_id: str
    title: str
    line: str
    owner: str
    after: tuple[int, ...]
    do: tuple[str, ...]
    undo: tuple[str, ...]
    reversibility: str
    holds_s: int
    success: tuple[str, ...]
    agree: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DeviceRules:
    """What one device is given, and what takes exactly that back."""

    point: str
    actuator: str
    do: str
    undo: str


@dataclass(frozen=True, kw_only=True)
class Process:
    """All of it; it depends on the plan and nothing else.

    Attributes:
        still_open: ways that it does not close, with the reason.
        done_when: what must hold for the whole to be done.
    """

    plan_id: str
    plan_hash: str
    case_id: str
    author: str
    created_time: datetime
    posture: str
    steps: tuple[Step, ...]
    still_open: tuple[str, ...]
    done_when: tuple[str, ...]
    rules: tuple[DeviceRules, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SignedOff:
    """A validator's signature under a process.

    Attributes:
        signed: a statement ``SignOff``.
        public_key: in PEM; its fingerprint stands in the statement.
    """

    signed: Signed
    public_key: str


@dataclass(frozen=True, kw_only=True)
class Validator:
    """Who signed, as far as the signature proves it.

    Attributes:
        known_as: name and roles of the registered person with this key; empty when nobody here
            has it.
        faults: why the signature does not stand for this process, one sentence each.
    """

    name: str
    fingerprint: str
    time: datetime
    note: str
    known_as: str
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProcessCheck:
    """What a process file proves.

    Attributes:
        faults: of the file itself; ``validators`` have their own.
        compared: whether the plan was there to compare with.
    """

    faults: tuple[str, ...]
    process: Process | None = None
    sha256: str = ""
    validators: tuple[Validator, ...] = ()
    compared: bool = False

    @property
    def is_valid(self) -> bool:
        """Whether somebody signed, and nothing was changed since."""
        return (
            bool(self.validators) and not self.faults and not any(v.faults for v in self.validators)
        )
