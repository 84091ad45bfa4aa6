"""What people put on record about a case: notes, rulings, phases, and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netcordon.model.approval import Word
from netcordon.model.contained import ContainedPlan
from netcordon.model.crisis import Crisis
from netcordon.model.decoy import DecoyCopy
from netcordon.model.finding import Finding
from netcordon.model.statement import SignOff


class Ruling(StrEnum):
    """What a person says a finding, or a case, is."""

    TRUE = "true"
    FALSE = "false"
    BENIGN = "benign"

    @property
    def meaning(self) -> str:
        """In words, for those who read only the result."""
        return _MEANINGS[self]


_MEANINGS = {
    Ruling.TRUE: "true, malicious",
    Ruling.FALSE: "false alarm, it did not happen",
    Ruling.BENIGN: "it happened, and it is harmless",
}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One wording of a note: who wrote it and when."""

    text: str
    author: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note by a person; every wording is kept.

    Attributes:
        id: ``n-0001`` and on, in the order of the workspace.
        about: kind of what it is about: ``case``, ``finding``, ``incident``, ``evidence`` or
            ``address``.
        object_id: id or address of that.
        wordings: the first and every later one, oldest first; the last one holds.
    """

    id: str
    case_id: str
    about: str
    object_id: str
    wordings: tuple[Edit, ...]

    @property
    def text(self) -> str:
        """The wording that holds."""
        return self.wordings[-1].text


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A person's word that a condition of a gate holds.

    Attributes:
        condition: id of the condition, e.g. ``C5.owners``.
    """

    condition: str
    text: str
    author: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Move:
    """A case went from one phase to another.

    Attributes:
        reason: given when going back or by force, else empty.
        forced: whether conditions were missing.
        missing: what was missing then, ``I16.machines: at least one …``.
    """

    origin: str
    target: str
    author: str
    time: datetime
    reason: str = ""
    forced: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A case was closed with a ruling, or opened again (``ruling`` is ``None``).

    Attributes:
        missing: conditions of gates that were missing when it was closed by force.
    """

    ruling: Ruling | None
    reason: str
    author: str
    time: datetime
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A person's ruling on one finding."""

    finding_id: str
    detector: str
    ruling: Ruling
    reason: str
    author: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """One finding is set aside until a time, then it comes back by itself."""

    finding_id: str
    until: datetime
    reason: str
    author: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """Behaviour that is allowed: what, who answers for it, why and for how long.

    Attributes:
        id: ``allow-0001`` and on, in the order of the workspace.
        what: ``address``, ``prefix``, ``name``, ``ja4``, ``user-agent``, ``detector``, ``pair``
            or ``signature``.
        value: in canonical form; a pair as ``source,destination``, a signature as ``tool rule``.
        detector: only findings of this detector, or all when empty.
        owner: who answers for it.
        author: who wrote it down.
    """

    id: str
    what: str
    value: str
    owner: str
    reason: str
    author: str
    time: datetime
    expires: datetime
    detector: str = ""
    removed: str = ""

    def in_force(self, now: datetime) -> bool:
        """Whether it applies at a time; at ``expires`` it no longer does."""
        return not self.removed and now < self.expires

    def label(self) -> str:
        """``address 10.0.0.5, only recon_scan``; a pair is ``pair 10.0.0.5 to 192.0.2.1``."""
        value = self.value.replace(",", " to ") if self.what == "pair" else self.value
        return f"{self.what} {value}" + (f", only {self.detector}" if self.detector else "")


@dataclass(frozen=True, kw_only=True)
class CaseRecord:
    """What people did with a case, for the report.

    Attributes:
        title: as a person gave it; empty when the latest run gave it.
        approvals: what was said of its plans, oldest first.
        validations: sign-offs of its remediation processes, oldest first.
        contained: its plans and what became of their measures, oldest first.
        crisis: its cell; ``None`` while nobody called it and nothing was decided.
    """

    id: str
    status: str
    phase: str
    title: str = ""
    source: str = ""
    assignee: str = ""
    notes: tuple[Note, ...] = ()
    statements: tuple[Statement, ...] = ()
    moves: tuple[Move, ...] = ()
    closings: tuple[Closing, ...] = ()
    approvals: tuple[Word, ...] = ()
    validations: tuple[SignOff, ...] = ()
    contained: tuple[ContainedPlan, ...] = ()
    crisis: Crisis | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What people have on record when an investigation begins.

    Attributes:
        allowances: all but those that were removed; expired ones are told and not applied.
        suppressions: by finding, in force.
        judgements: by finding.
        case: of the case the run belongs to; ``None`` while nobody did anything with it.
        decoys: marked copies that are watched for.
    """

    allowances: tuple[Allowance, ...] = ()
    suppressions: Mapping[str, Suppression] = field(default_factory=dict)
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    case: CaseRecord | None = None
    decoys: tuple[DecoyCopy, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A finding that was made and, on somebody's word, does not count.

    Attributes:
        by: id of the allowance, or ``suppression``.
        who: who answers for it.
        until: when it counts again.
    """

    finding: Finding
    by: str
    label: str
    who: str
    reason: str
    until: datetime
