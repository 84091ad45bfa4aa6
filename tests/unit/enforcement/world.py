"""Devices, ledgers, guards and a clock that exist in memory, and a netcordon that can die."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from netcordon.enforcement.device import Device
from netcordon.enforcement.effects import (
    Arm,
    Ask,
    Attempt,
    Dialogue,
    Keep,
    Kept,
    Now,
    Reply,
    Save,
)
from netcordon.enforcement.order import Work
from netcordon.enforcement.transports.double import Double, Rules
from netcordon.model.actuator import Site
from netcordon.model.command import Command, Target, Verb
from netcordon.model.enforced import ActionState, Attempted, Outstanding
from netcordon.model.register import EnforcementPoint
from tests.unit.plugins.actuators.orders import ACTUATORS

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTUATOR = ACTUATORS["rehearsal_double"]
CASE = "NC-2026-0001"


class DiedError(Exception):
    """kill -9."""


def command(number: int, point: str) -> Command:
    return Command(
        id=f"cmd-{number}", verb=Verb.DENY, target=Target(outside=f"203.0.113.{number}/32"),
        point=point, boundary="edge", duration_s=600,
    )  # fmt: skip


def outstanding(number: int, point: str, case_id: str = CASE) -> Outstanding:
    return Outstanding(
        workspace="ws", workspace_id="0" * 64, case_id=case_id, plan_id="plan-1",
        measure_id=f"msr-{number}", command=command(number, point), since=START,
        state=ActionState.APPLYING, expires_time=START,
    )  # fmt: skip


@dataclass
class World:
    """What outlives a netcordon: devices, what was saved, whether a guard lives, the time."""

    faults: dict[str, tuple[str, int]] = field(default_factory=dict)
    now: datetime = START
    no_guard: str = ""
    doubles: dict[str, Double] = field(default_factory=dict)
    saved: dict[str, Device] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    effects: list[object] = field(default_factory=list)
    guarded: set[str] = field(default_factory=set)
    working: dict[int, bool] = field(default_factory=dict)
    """Port -> whether a probe to it works; left out, it works until something is blocked."""

    def device(self, name: str) -> Device:
        point = EnforcementPoint(name=name, actuator="rehearsal_double", transport="double:/x")
        key = name.ljust(16, "0")
        fault, at = self.faults.get(name, ("", 1))
        if key not in self.doubles:
            self.doubles[key] = Double(Rules(), fault=fault, fault_at=at, fault_s=0)
        return self.saved.get(key, Device(key=key, point=point))

    def work(self, name: str, *numbers: int, case_id: str = CASE) -> Work:
        device = self.device(name)
        return Work(
            device=device, actuator=ACTUATOR, wanted=tuple(
                outstanding(number, name, case_id) for number in numbers
            ),
            site=Site(point=device.point, boundaries=(), case_id=case_id),
        )  # fmt: skip

    def run(self, dialogue: Dialogue[Any], *, dies_at: int | None = None) -> Any:
        """To the end, or until the netcordon that runs it dies before its n-th effect."""
        answer: object = None
        for number in range(1, 10_000):
            try:
                effect = dialogue.send(answer)
            except StopIteration as end:
                return end.value
            if number == dies_at:
                dialogue.close()
                raise DiedError
            self.effects.append(effect)
            self.now += timedelta(milliseconds=10)
            answer = self._answer(effect)
        raise AssertionError("it never ends")

    def _answer(self, effect: object) -> object:
        match effect:
            case Ask(key, calls):
                replies: list[Reply] = []
                for call in calls:
                    replies.append(self.doubles[key].run(call))
                    if not replies[-1].ok:
                        break
                return tuple(replies)
            case Save(device):
                self.saved[device.key] = device
                return None
            case Keep(text):
                self.texts[str(hash(text))] = text
                return str(hash(text))
            case Kept(digest):
                return self.texts.get(digest)
            case Arm(run):
                if not self.no_guard:
                    self.guarded.add(run)
                return self.no_guard
            case Attempt(probes):
                return tuple(
                    Attempted(probe=p, worked=self.working.get(p.port or 0, True), said="seen")
                    for p in probes
                )
            case Now():
                return self.now
        raise AssertionError(effect)

    def held(self, name: str) -> set[str]:
        """Ids of commands that the device really has."""
        rules = self.doubles[name.ljust(16, "0")].rules.held
        return {each.partition(" ")[2] for each in rules}
