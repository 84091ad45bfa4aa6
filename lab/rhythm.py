"""Time in the lab: chores that repeat, and the lock that keeps two deeds of one machine apart."""

from __future__ import annotations

import fcntl
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lab.cage import STATE


class Rhythm:
    """Runs repeating deeds of one machine until the end of the recording."""

    def __init__(self, lasts_s: float, rng: random.Random) -> None:
        self._ends = time.monotonic() + lasts_s
        self._rng = rng

    @property
    def left_s(self) -> float:
        """Seconds until the end."""
        return self._ends - time.monotonic()

    def every(self, period_s: float, deed: Callable[[], object], *, wobble: float = 0.0) -> None:
        """Do `deed` each `period_s`, give or take the share `wobble`."""
        rng = random.Random(self._rng.random())
        threading.Thread(
            target=self._repeat, args=(period_s, deed, rng, wobble), daemon=True
        ).start()

    def at(self, share: float, deed: Callable[[], object]) -> None:
        """Do `deed` once, when the given share of the time has passed."""
        timer = threading.Timer(share * self.left_s, guarded, (deed,))
        timer.daemon = True
        timer.start()

    def _repeat(
        self, period_s: float, deed: Callable[[], object], rng: random.Random, wobble: float
    ) -> None:
        due = time.monotonic() + rng.uniform(0.05, 0.9) * period_s
        while due < self._ends:
            time.sleep(max(0.0, due - time.monotonic()))
            guarded(deed)
            due = max(due + period_s * (1 + rng.uniform(-wobble, wobble)), time.monotonic())


def guarded(deed: Callable[[], object]) -> None:
    """Do it; a failed deed (a server was slow, a mail refused) is logged and life goes on."""
    try:
        deed()
    except Exception as problem:  # noqa: BLE001 - life goes on whatever it was, and the log says what
        print("failed:", getattr(deed, "__name__", "deed"), repr(problem), flush=True)


@contextmanager
def hands(machine: str) -> Iterator[None]:
    """Hold the machine's hands: while one deed toward the servers runs, no other starts.

    The scan holds them too, so every flow from that machine to the server segment in that minute is
    the scan's: this is what lets the truth name its flows by address and time.
    """
    place = STATE / "locks"
    place.mkdir(exist_ok=True)
    with (place / machine).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)
