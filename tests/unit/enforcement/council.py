"""A workspace with a plan, a rehearsal of it, and people who can say yes or no to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netcordon.casefile.approvals import record_withdrawal, record_word
from netcordon.casefile.keys import new_key, public_pem
from netcordon.casefile.people import record_person
from netcordon.casefile.plans import record_plan, record_rehearsal, rehearsals
from netcordon.casefile.signed import digest, sign
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.enforcement.approved import may_enforce
from netcordon.model.approval import Grant, Signed
from netcordon.model.command import Command, Target, Verb
from netcordon.model.person import Person
from netcordon.model.plan import Measure, Plan
from netcordon.model.register import Register
from netcordon.model.rehearsal import Rehearsal
from netcordon.model.statement import Consent, Dissent, Registration, Vouching, Withdrawal
from netcordon.planning.hashing import register_hash, sealed

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
REGISTER = Register(home_nets=("10.0.0.0/8",))


def plan_for(*lines: str, kind: str = "service", register: Register = REGISTER) -> Plan:
    """A plan of one measure that touches these business lines."""
    block = Command(
        id="cmd-1", verb=Verb.DENY, target=Target(outside="203.0.113.7/32"), point="edge-fw",
        boundary="edge", duration_s=3600,
    )  # fmt: skip
    measure = Measure(
        id="msr-1", kind=kind, title="Block it", d3fend="D3-OTF", react="RA3107",
        duration_s=3600, approvals=lines, commands=(block,),
    )  # fmt: skip
    return sealed(
        Plan(
            id="", hash="", case_id="NC-2026-0001", incident_ids=("inc-1",), author="mallory",
            created_time=START, register_hash=register_hash(register), evidence_ids=("ev-1",),
            ways=(), measures=(measure,), gaps=(), rules=(), optimal=True,
        )
    )  # fmt: skip


@dataclass
class Council:
    """All of it, with a clock that a test moves."""

    workspace: Workspace
    plan: Plan
    now: datetime = START
    register: Register = REGISTER
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def journal(self):
        return self.workspace.journal

    def join(
        self, name: str, *roles: str, lines: tuple[str, ...] = (), users: tuple[str, ...] = (),
        voucher: str = "",
    ) -> Person:  # fmt: skip
        """Register somebody."""
        key = new_key()
        says = Registration(
            name=name, roles=roles, lines=lines, os_users=users or (name.lower(),), contact="",
            public_key=public_pem(key), time=self.now,
        )  # fmt: skip
        signed = sign(says, key)
        vouched = None
        if voucher:
            vouching = Vouching(
                registration=digest(signed), person_id=self.people[voucher].id, time=self.now
            )
            vouched = sign(vouching, self.keys[voucher])
        self.keys[name], self.people[name] = key, record_person(self.journal, signed, vouched)
        return self.people[name]

    def rehearse(self, passed: bool = True) -> None:
        """Put a rehearsal on record."""
        record_rehearsal(
            self.journal,
            Rehearsal(
                plan_id=self.plan.id, plan_hash=self.plan.hash, time=self.now,
                evidence_ids=("ev-1",), flows=10, commands=(), missed=(), engines=(),
                passed=passed, reasons=(),
            ),
        )  # fmt: skip

    def consent(self, name: str, role: str, line: str = "", **more: object) -> Consent:
        """What somebody would sign now."""
        seen = rehearsals(self.journal, self.plan.id)
        told: dict[str, object] = {
            "plan_id": self.plan.id, "plan_hash": self.plan.hash, "plan_author": self.plan.author,
            "case_id": self.plan.case_id, "person_id": self.people[name].id, "role": role,
            "line": line, "time": self.now, "expires_time": self.now + timedelta(hours=8),
            "rehearsal": seen[-1][0] if seen else "",
            "rehearsal_passed": bool(seen and seen[-1][1]["passed"]), "override": "", "note": "",
        }  # fmt: skip
        return Consent(**{**told, **more})

    def approve(self, name: str, role: str, line: str = "", **more: object) -> Signed:
        """Say yes."""
        signed = sign(self.consent(name, role, line, **more), self.keys[name])
        record_word(self.journal, self.plan.id, signed)
        return signed

    def refuse(self, name: str, role: str, line: str = "") -> Signed:
        """Say no."""
        says = Dissent(
            plan_id=self.plan.id, plan_hash=self.plan.hash, case_id=self.plan.case_id,
            person_id=self.people[name].id, role=role, line=line, time=self.now, reason="pay day",
        )  # fmt: skip
        signed = sign(says, self.keys[name])
        record_word(self.journal, self.plan.id, signed)
        return signed

    def withdraw(self, name: str, signed: Signed, *, key: str = "") -> None:
        """Take a word back, perhaps with the key of somebody else."""
        says = Withdrawal(
            plan_id=self.plan.id, statement=digest(signed), person_id=self.people[name].id,
            time=self.now, reason="changed my mind",
        )  # fmt: skip
        record_withdrawal(self.journal, self.plan.id, sign(says, self.keys[key or name]))

    def asked(self, **other: object) -> Grant | tuple[str, ...]:
        """The gate, now."""
        arguments = {"plan": self.plan, "register": self.register, "at": self.now, **other}
        return may_enforce(self.journal, **arguments)


def council(folder: Path, plan: Plan, register: Register = REGISTER) -> Council:
    """With IT's Ida and the Paul of payments, both vouched for; nobody said anything yet."""
    made: list[Council] = []
    clock: Callable[[], datetime] = lambda: made[0].now if made else START  # noqa: E731
    opened = open_workspace(folder / "ws", create=True, clock=clock)
    made.append(Council(workspace=opened, plan=plan, register=register))
    record_plan(opened.journal, plan, register)
    made[0].join("Ida", "it")
    made[0].join("Paul", "business", lines=("payments",), voucher="Ida")
    return made[0]
