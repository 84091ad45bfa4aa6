"""Devices as the jobs of containment meet them: ledgers, transports, what others left under way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

from netcordon.casefile.actions import record_changes
from netcordon.casefile.state_folder import state_folder
from netcordon.casefile.workspace import open_workspace
from netcordon.enforcement.device import Device
from netcordon.enforcement.effects import Effect
from netcordon.enforcement.guardian import set_guard
from netcordon.enforcement.perform import Performer
from netcordon.enforcement.records import Records, busy
from netcordon.enforcement.recover import recover
from netcordon.enforcement.transports import Transport, transport_to
from netcordon.errors import NetcordonError, UsageError
from netcordon.model.actuator import Actuator
from netcordon.registry import load

Clock = Callable[[], datetime]
PATIENCE_S = 120.0
"""How long one waits for another netcordon that works on the same device."""


class Devices:
    """All devices that this user ever put something in force at.

    Args:
        clock: tells the time.
        watch: is told each effect before it happens.
        folder: of the ledgers; the user's own by default.
        arm: sets the guard of a run, and says why there is none; a process of its own by default.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        watch: Callable[[Effect], None] | None = None,
        folder: Path | None = None,
        arm: Callable[[str], str] | None = None,
    ) -> None:
        self.clock = clock
        self.records = Records(folder or state_folder(os.environ))
        self._actuators = {p.id: cast(Actuator, p.content) for p in load("actuators")[0]}
        self._transports: dict[str, Transport] = {}
        self.performer = Performer(
            self.records, self._transport, clock,
            arm=arm or (lambda run: set_guard(self.records, run)), watch=watch,
        )  # fmt: skip

    def meet(self, device: Device) -> Device:
        """Have a transport to a device ready, as it is declared.

        Raises:
            UsageError: NC-846 when it cannot be reached at all.
        """
        self._transports[device.key] = transport_to(device.point)
        return device

    def actuator(self, device: Device) -> Actuator:
        """What speaks its language.

        Raises:
            UsageError: NC-846 when nothing does.
        """
        found = self._actuators.get(device.point.actuator)
        if found is None:
            raise UsageError(
                "NC-846",
                f"Device {device.point.name!r} cannot be told anything.",
                f"there is no actuator {device.point.actuator!r}",
                "netcordon plugins lists them",
            )
        return found

    @contextmanager
    def alone(self, keys: Sequence[str]) -> Iterator[None]:
        """Nobody else works on these devices until the block ends.

        Raises:
            WorkspaceError: NC-841 when somebody does not end in time.
        """
        until = time.monotonic() + PATIENCE_S
        with ExitStack() as held:
            for key in sorted(set(keys)):  # always in the same order: two never wait for each other
                left = max(0.0, until - time.monotonic())
                held.enter_context(self.records.alone(key, patience_s=left))
            yield

    def free(self, device: Device) -> Device:
        """A device that we hold, without what a netcordon that died left under way.

        Raises:
            WorkspaceError: NC-841 when a change waits for its confirmation, or cannot be taken
                back now.
        """
        pending = device.pending
        if pending is None:
            return device
        if self.records.is_guarded(pending.run):
            until = f" before {pending.deadline:%H:%M:%S} UTC" if pending.deadline else ""
            case = pending.site.case_id
            raise busy(device.point.name, f"a change of {case} waits for its confirmation{until}")
        self.meet(device)
        back = self.performer.perform(recover(device, self.actuator(device), self.clock()))
        if back.problem:
            raise busy(device.point.name, f"an earlier change cannot be taken back: {back.problem}")
        return back.device

    def sweep(self) -> tuple[str, ...]:
        """See to everything that nobody sees to any more; what could not be done, in words."""
        problems: list[str] = []
        for device in self.records.all():
            if device.pending is None or self.records.is_guarded(device.pending.run):
                continue
            try:
                with self.records.alone(device.key, patience_s=0):
                    found = self.records.by_key(device.key)
                    if found is not None:
                        self.free(found)
            except NetcordonError as error:
                problems.append(f"{device.point.name}: {error.why or error.what}")
        return (*problems, *self.tell())

    def tell(self) -> tuple[str, ...]:
        """Put what happened at devices into the journals; what could not be written, in words."""
        problems: list[str] = []
        for device in self.records.all():
            if device.outbox:
                problems += self._tell(device)
        return tuple(dict.fromkeys(problems))

    def _tell(self, device: Device) -> list[str]:
        told: set[str] = set()
        problems: list[str] = []
        for workspace in dict.fromkeys(workspace for workspace, _ in device.outbox):
            changes = [change for place, change in device.outbox if place == workspace]
            try:
                with open_workspace(
                    workspace, create=False, clock=self.clock, beside=True
                ) as opened:
                    record_changes(opened.journal, changes)
            except (NetcordonError, OSError) as error:
                problems.append(f"the journal of {workspace} does not know of it yet: {error}")
                continue
            told |= {change.id for change in changes}
        try:
            with self.records.alone(device.key, patience_s=PATIENCE_S):
                now = self.records.by_key(device.key)
                if now is not None and told:
                    left = tuple(each for each in now.outbox if each[1].id not in told)
                    self.records.save(replace(now, outbox=left))
        except NetcordonError as error:
            problems.append(str(error))
        return problems

    def _transport(self, key: str) -> Transport:
        if key not in self._transports:
            device = self.records.by_key(key)
            assert device is not None
            self.meet(device)
        return self._transports[key]
