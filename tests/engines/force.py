"""A workspace with an approved plan for a device that is there, to be put in force for real."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from netcordon.casefile.actions import changes
from netcordon.casefile.plans import record_plan
from netcordon.casefile.workspace import open_workspace
from netcordon.model.command import Command, Probe, Target, Verb
from netcordon.model.enforced import Change
from netcordon.model.plan import Measure, Plan, Rules
from netcordon.model.register import INTERNET, Boundary, EnforcementPoint, Register, Zone
from netcordon.planning.hashing import register_hash, sealed
from netcordon.planning.rendering import site_of
from netcordon.workflow.devices import Devices
from netcordon.workflow.enforce import EnforceRequest, enforce
from tests.engines.enclave import Enclave
from tests.unit.enforcement.council import Council
from tests.unit.plugins.actuators.orders import ACTUATORS

CASE = "NC-2026-0001"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - guards live by the real clock


def block(number: int, outside: str, port: int | None = None, **more: object) -> Command:
    target = Target(outside=outside, port=port, protocol="tcp" if port else "")
    given: dict[str, object] = {"point": "fw", "boundary": "edge", "duration_s": 3600, **more}
    return Command(id=f"cmd-{number}", verb=Verb.DENY, target=target, **given)  # type: ignore[arg-type]


def probe(dst: str, port: int, *, must_work: bool, src: str = "") -> Probe:
    why = "vital flow" if must_work else "way-1"
    return Probe(src=src, dst=dst, port=port, protocol="tcp", must_work=must_work, why=why)


def measure(number: int, *commands: Command, **more: object) -> Measure:
    return Measure(
        id=f"msr-{number}", kind="service", title="Block it", d3fend="D3-OTF", react="RA3107",
        duration_s=3600, commands=commands, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def register(*points: EnforcementPoint) -> Register:
    return Register(
        home_nets=("10.71.0.0/16",),
        zones=(Zone(name="office", networks=("10.71.0.0/16",)),),
        boundaries=(
            Boundary(name="edge", zones=("office", INTERNET), points=tuple(p.name for p in points)),
        ),
        points=points,
    )


def plan(known: Register, *measures: Measure, case_id: str = CASE) -> Plan:
    commands = [c for m in measures for c in m.commands]
    rules = []
    for name in dict.fromkeys(c.point for c in commands):
        actuator = ACTUATORS[known.point(name).actuator]
        mine = [c for c in commands if c.point == name]
        rendered = actuator.render(mine, site_of(known, case_id, name))
        rules.append(
            Rules(
                point=name, actuator=known.point(name).actuator, do=rendered.do,
                undo=rendered.undo, command_ids=rendered.expressed, refused=rendered.refused,
            )
        )  # fmt: skip
    return sealed(
        Plan(
            id="", hash="", case_id=case_id, incident_ids=("inc-1",), author="mallory",
            created_time=now(), register_hash=register_hash(known), evidence_ids=("ev-1",),
            ways=(), measures=measures, gaps=(), rules=tuple(rules), optimal=True,
        )
    )  # fmt: skip


@dataclass
class Force:
    """One workspace and its plan; every call is a netcordon of its own."""

    folder: Path
    state: Path
    plan: Plan
    guarded: bool = True
    """Whether runs get a guard of their own; without one they are quicker, and nobody watches."""

    @property
    def workspace(self) -> Path:
        return self.folder / "ws"

    def devices(self, clock: Callable[[], datetime] = now, **more: object) -> Devices:
        if not self.guarded:
            more["arm"] = lambda run: ""
        return Devices(clock, folder=self.state, **more)  # type: ignore[arg-type]

    def enforce(self, *, confirmed: bool = True, window_s: int = 60, only: Sequence[str] = ()):
        request = EnforceRequest(
            plan_id=self.plan.id, confirmed=confirmed, window_s=window_s, only=only
        )
        return enforce(self.workspace, request, self.devices())

    def changes(self) -> tuple[Change, ...]:
        with open_workspace(self.workspace, create=False, clock=now, readonly=True) as opened:
            return changes(opened.journal, self.plan.id)


def approved(folder: Path, state: Path, known: Register, made: Plan) -> Force:
    """The plan recorded, rehearsed and approved by two people, in a workspace of its own."""
    folder.mkdir(exist_ok=True)
    with open_workspace(folder / "ws", create=True, clock=now) as opened:
        if not opened.cases.cases():
            opened.cases.open_new("An incident")
        record_plan(opened.journal, made, known)
        council = Council(workspace=opened, plan=made, now=now())
        council.join("Ida", "it")
        council.join("Paul", "business", voucher="Ida")
        council.rehearse()
        council.approve("Ida", "it", expires_time=now() + timedelta(hours=8))
        council.approve("Paul", "business", expires_time=now() + timedelta(hours=8))
    return Force(folder=folder, state=state, plan=made)


@contextmanager
def named(enclave: Enclave, where: str, name: str) -> Iterator[str]:
    """A name for one of an enclave's namespaces, as ip-netns(8) keeps them."""
    subprocess.run(["ip", "netns", "attach", name, str(enclave.pid(where))], check=True)
    try:
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)
