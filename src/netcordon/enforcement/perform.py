"""Does what dialogues ask for, with real devices, files, probes and the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from netcordon.enforcement.effects import (
    Arm,
    Ask,
    Attempt,
    Dialogue,
    Effect,
    Keep,
    Kept,
    Now,
    Reply,
    Save,
    T,
)
from netcordon.enforcement.probing import make
from netcordon.enforcement.records import Records
from netcordon.enforcement.transports import Transport
from netcordon.model.actuator import Call

Clock = Callable[[], datetime]


class Performer:
    """Answers effects.

    Args:
        records: ledgers and snapshots.
        transports: by key of the device.
        clock: tells the time.
        arm: starts the guard of a run; says why there is none, or nothing.
        watch: is told each effect before it happens (progress; and tests die there).
    """

    def __init__(
        self,
        records: Records,
        transports: Callable[[str], Transport],
        clock: Clock,
        *,
        arm: Callable[[str], str],
        watch: Callable[[Effect], None] | None = None,
    ) -> None:
        self._records = records
        self._transports = transports
        self._clock = clock
        self._arm = arm
        self._watch = watch

    def perform(self, dialogue: Dialogue[T]) -> T:
        """Carry a dialogue to its end.

        Raises:
            WorkspaceError: NC-844 when a ledger cannot be written; what was begun stays pending.
        """
        answer: Any = None
        while True:
            try:
                effect = dialogue.send(answer)
            except StopIteration as end:
                result: T = end.value
                return result
            if self._watch is not None:
                self._watch(effect)
            answer = self._answer(effect)

    def _answer(self, effect: Effect) -> object:
        match effect:
            case Ask(key, calls):
                return self._asked(self._transports(key), calls)
            case Save(device):
                self._records.save(device)
                return None
            case Keep(text):
                return self._records.keep(text)
            case Kept(digest):
                return self._records.kept(digest)
            case Arm(run):
                return self._arm(run)
            case Attempt(probes):
                return make(probes)
            case Now():
                return self._clock()

    def _asked(self, transport: Transport, calls: tuple[Call, ...]) -> tuple[Reply, ...]:
        replies: list[Reply] = []
        for call in calls:
            replies.append(transport.run(call))
            if not replies[-1].ok:
                break
        return tuple(replies)
