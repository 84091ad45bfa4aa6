"""What the steps share: the console, the clock of the play, and the checks with their numbers."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.contain.border import Configuration
from lab.contain.cast import HOSTILE, ORDINARY
from lab.contain.console import Console
from lab.contain.deeds import Deed
from lab.contain.tally import Tally, await_all, count
from lab.crew import Crew

REACHED_S = 3.0
"""Attempts that were under way when rules came or went are no evidence; they last no longer."""


@dataclass
class Scene:
    """One performance.

    Attributes:
        before: what stood at the devices before anything was done.
        plan: id of the plan that is being worked with.
        checks: of the step that is being played, in order.
    """

    crew: Crew
    console: Console
    before: Configuration
    plan: str = ""
    checks: list[bool] = field(default_factory=list)

    def check(self, passed: bool, said: str) -> bool:
        """Note and print one check."""
        self.checks.append(passed)
        print(f"  {'PASS' if passed else 'FAIL'}  {said}", flush=True)
        return passed

    def dies(self, deeds: Iterable[Deed], since_s: float, *, tries: int = 2) -> None:
        """Each of them is tried, and never works, from now on."""
        found = await_all(
            deeds, lambda t: t.tries >= tries, since_s=time.monotonic(), patience_s=20.0
        )
        for tally in found:
            last_s = count(tally.deed, 0.0).last_s
            when = "never" if last_s is None else f"last {abs(last_s - since_s):.1f} s "
            when += "" if last_s is None else "before" if last_s < since_s else "after"
            self.check(tally.is_dead, f"{_line(tally)}, {when}")

    def goes_on(self, since_s: float, deeds: Iterable[Deed] = ORDINARY, *, tries: int = 2) -> None:
        """Each of them works, every time, since then and now."""
        now = time.monotonic()
        await_all(deeds, lambda t: t.tries >= tries, since_s=now, patience_s=20.0)
        for tally in (count(deed, since_s) for deed in deeds):
            self.check(tally.goes_on, f"{_line(tally)}  {tally.why[:60]}".rstrip())

    def lives(self, deeds: Iterable[Deed]) -> None:
        """Each of them works again within some seconds."""
        now = time.monotonic()
        for tally in await_all(deeds, lambda t: t.worked > 0, since_s=now, patience_s=20.0):
            why = "" if tally.worked else f"  {tally.why[:60]}"
            self.check(tally.worked > 0, f"{_line(tally)}{why}")


def deed(name: str) -> Deed:
    """By name."""
    return next(each for each in (*HOSTILE, *ORDINARY) if each.name == name)


def _line(tally: Tally) -> str:
    return f"{tally.deed.says:<40} {tally.worked:>3} of {tally.tries:<3} attempts work"
