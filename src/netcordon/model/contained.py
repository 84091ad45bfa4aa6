"""What was done about a case with plans: each measure, and where its commands are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class ContainedMeasure:
    """One measure of a plan.

    Attributes:
        covers: ids of the ways it stops.
        by_people: nobody but a person can do it.
        states: states that its commands came into last, the worst first; empty while nothing was
            done. Of a person's task ``done`` or nothing.
        why: what was seen or said last, one sentence.
        until: when the first of its commands in force ends.
    """

    id: str
    title: str
    owner: str
    covers: tuple[str, ...]
    by_people: bool
    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class ContainedPlan:
    """A plan of a case and what became of it.

    Attributes:
        rehearsed: whether its latest rehearsal passed; ``None`` when there was none.
        open_ways: ids of ways that nothing in it stops.
    """

    id: str
    hash: str
    author: str
    made_time: datetime
    rehearsed: bool | None
    rehearsed_time: datetime | None
    measures: tuple[ContainedMeasure, ...]
    open_ways: tuple[str, ...]

    @property
    def begun(self) -> bool:
        """Whether anything of it was done."""
        return any(measure.states for measure in self.measures)
