"""Counts attempts: what worked, what did not, and when it last did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lab.contain.actors import tries_of
from lab.contain.deeds import Deed


@dataclass(frozen=True)
class Tally:
    """Of one deed, in some stretch of time.

    Attributes:
        tries: attempts that began in it and have ended.
        worked: of these.
        last_s: when the last one that worked ended, by the monotonic clock; ``None`` for never.
        why: what the last one that did not work said.
    """

    deed: Deed
    tries: int
    worked: int
    last_s: float | None
    why: str

    @property
    def goes_on(self) -> bool:
        """Whether it works, and does so each time."""
        return self.tries > 0 and self.worked == self.tries

    @property
    def is_dead(self) -> bool:
        """Whether it was tried and never works."""
        return self.tries > 0 and not self.worked


def count(deed: Deed, since_s: float, until_s: float | None = None) -> Tally:
    """Attempts of a deed that began at `since_s` or later and ended before `until_s`."""
    tries = worked = 0
    last_s, why = None, ""
    log = tries_of(deed.name)
    for line in log.read_text().splitlines() if log.exists() else ():
        parts = line.split("\t")
        if len(parts) < 4:  # it is being written
            continue
        began, ended = float(parts[0]), float(parts[1])
        if began < since_s or (until_s is not None and ended > until_s):
            continue
        tries += 1
        if parts[2] == "ok":
            worked += 1
            last_s = ended
        else:
            why = parts[3]
    return Tally(deed, tries, worked, last_s, why)


def await_all(
    deeds: Iterable[Deed], holds: Callable[[Tally], bool], *, since_s: float, patience_s: float
) -> list[Tally]:
    """Wait until all deeds since then are as they should be; their tallies, whatever they are."""
    chosen, deadline = list(deeds), time.monotonic() + patience_s
    while True:
        found = [count(deed, since_s) for deed in chosen]
        if all(map(holds, found)) or time.monotonic() > deadline:
            return found
        time.sleep(0.2)
