"""A strategic issue: what calls the crisis cell (line C1), who sits in it, what it decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from netcordon.model.handling import TLP
from netcordon.model.plan import Posture
from netcordon.model.severity import Severity

STRATEGIC_TAGS = ("strategic", "directory")
"""Tags of assets that call the crisis cell unless the organisation says otherwise."""


@dataclass(frozen=True, kw_only=True)
class CrisisRules:
    """When an incident is strategic, any one being enough, and how the cell then works.

    Attributes:
        tags: of declared assets; a host in scope with one of them is enough.
        hosts: so many hosts of ours are hit; ``None``: their number alone is not.
        severity: an incident is as severe; ``None``: severity alone is not.
        posture: how the case is worked on unless the cell says otherwise.
        sitrep_every_min: minutes between reports on the situation.
    """

    tags: tuple[str, ...] = STRATEGIC_TAGS
    hosts: int | None = None
    severity: Severity | None = None
    posture: Posture = Posture.FAST
    sitrep_every_min: int = 120


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody in the cell, and how to reach them when the network is not to be trusted."""

    name: str
    function: str
    contact: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """An entry of the decision log.

    Attributes:
        id: ``dec-`` and the first ten hexadecimal digits of the statement's SHA-256.
        role: as which they decided: ``ciso``, ``it`` or ``business``.
        bearing: on strategic measures: ``unlock``, ``lock``, ``override`` (without the CISO), or
            empty for none.
    """

    id: str
    time: datetime
    name: str
    role: str
    text: str
    bearing: str


@dataclass(frozen=True, kw_only=True)
class Sitrep:
    """A report on the situation that was written: its number, time, SHA-256 and author."""

    number: int
    time: datetime
    sha256: str
    author: str


@dataclass(frozen=True, kw_only=True)
class Crisis:
    """The cell of a case, as it stands.

    Attributes:
        declared_time: ``None`` while nobody called it; decisions may stand all the same.
        decisions: oldest first.
        ended_time: when it was stood down; ``None`` while it sits.
        anew_time: when it was called again after that: what was decided before is over.
    """

    case_id: str
    declared_time: datetime | None = None
    declared_by: str = ""
    reason: str = ""
    posture: Posture = Posture.FAST
    tlp: TLP = TLP.AMBER_STRICT
    every_min: int = 120
    members: tuple[Member, ...] = ()
    decisions: tuple[Decision, ...] = ()
    sitreps: tuple[Sitrep, ...] = ()
    ended_time: datetime | None = None
    ended_by: str = ""
    ended_reason: str = ""
    anew_time: datetime | None = None

    @property
    def sits(self) -> bool:
        """Whether it was called and not stood down."""
        return self.declared_time is not None and self.ended_time is None

    @property
    def next_due(self) -> datetime | None:
        """When the next report on the situation is due; ``None`` when the cell does not sit."""
        if not self.sits or self.declared_time is None:
            return None
        since = [s.time for s in self.sitreps if s.time >= self.declared_time]
        return (since[-1] if since else self.declared_time) + timedelta(minutes=self.every_min)

    @property
    def ruling(self) -> Decision | None:
        """The decision that says whether strategic measures may be taken; the latest one."""
        latest = next((d for d in reversed(self.decisions) if d.bearing), None)
        over = latest is not None and self.anew_time is not None and latest.time < self.anew_time
        return None if over else latest

    @property
    def unlocked(self) -> bool:
        """Whether strategic measures may be taken."""
        return self.ruling is not None and self.ruling.bearing != "lock"
