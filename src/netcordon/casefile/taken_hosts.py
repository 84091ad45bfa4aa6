"""Computers that are held to be compromised, and what was done of the sheet of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from netcordon.casefile.journal import Draft, Journal

TAKEN = "host.compromised"
STEP = "host.step"


@dataclass(frozen=True, kw_only=True)
class StepDone:
    """One step of a sheet that somebody did, or left out with a reason."""

    step: str
    note: str
    author: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class TakenHost:
    """One computer.

    Attributes:
        system: whose sheet applies.
        told_by: what the system was told from.
        done: steps in the order they were done; a later word on one replaces an earlier one.
    """

    case_id: str
    ip: str
    system: str
    told_by: str
    author: str
    time: datetime
    done: tuple[StepDone, ...] = ()

    def has_done(self, step: str) -> bool:
        """Whether somebody did a step."""
        return any(one.step == step for one in self.done)


def record_taken(journal: Journal, case_id: str, ip: str, system: str, told_by: str) -> None:
    """Say that a computer is compromised."""
    payload = {"ip": ip, "system": system, "told_by": told_by}
    journal.append([Draft(TAKEN, case_id, payload)])


def record_step(journal: Journal, case_id: str, ip: str, step: str, note: str) -> None:
    """Say that a step of its sheet was done."""
    journal.append([Draft(STEP, case_id, {"ip": ip, "step": step, "note": note})])


def taken_hosts(journal: Journal, case_id: str) -> dict[str, TakenHost]:
    """Compromised computers of a case by address, in the order they were named."""
    found: dict[str, TakenHost] = {}
    for entry in journal.entries((TAKEN, STEP), case_id):
        said, ip = entry.payload, str(entry.payload["ip"])
        if entry.kind == TAKEN:
            before = found.get(ip)
            found[ip] = TakenHost(
                case_id=case_id, ip=ip, system=said["system"], told_by=said["told_by"],
                author=entry.author, time=entry.time, done=before.done if before else (),
            )  # fmt: skip
        elif ip in found:
            one = StepDone(
                step=said["step"], note=said["note"], author=entry.author, time=entry.time
            )
            others = tuple(d for d in found[ip].done if d.step != one.step)
            found[ip] = replace(found[ip], done=(*others, one))
    return found
