"""The ledger of one device: what stands there by our doing, of any case, and what is under way.

Pure data and pure changes of it. A device is told apart by how it is reached and what it is, not by
its name in one workspace, so two workspaces that reach the same one share its ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from netcordon.casefile.canonical import canonical
from netcordon.model.actuator import Call, Site, Standing
from netcordon.model.command import Probe
from netcordon.model.enforced import ActionState, Change, Outstanding
from netcordon.model.register import EnforcementPoint

_LOCATES = ("netns", "directory", "file", "zone", "path")
"""Options that make two declarations two devices."""


class Aim(StrEnum):
    """What is under way: commands come, or they go."""

    PUT = "put"
    TAKE_BACK = "take back"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Lines of a shared file that are ours afterwards, as the SHA-256 of their text.

    Attributes:
        do: when the change is in force.
        undo: when it is not.
    """

    do: str
    undo: str


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A change of a device, written down before its first call; enough to finish or undo it.

    Attributes:
        run: of ``enforce`` or ``undo``; all devices of a run share one guard and one deadline.
        outstanding: what comes, or goes.
        site: as the calls were made for it.
        apply: calls that put it in force; empty for taking back.
        revert: calls that take it back.
        deadline: when it is taken back unless somebody confirmed; ``None`` for taking back.
        touched: whether a call that changes may have been made.
        in_force: whether it was read back.
        awaiting: whether the whole run was, so that only the confirmation is missing.
        probes: that worked before the change and must go on working.
        snapshot: SHA-256 of the configuration before.
        outcome: of a file that others write in too.
    """

    run: str
    aim: Aim
    outstanding: tuple[Outstanding, ...]
    site: Site
    revert: tuple[Call, ...]
    apply: tuple[Call, ...] = ()
    deadline: datetime | None = None
    touched: bool = False
    in_force: bool = False
    awaiting: bool = False
    probes: tuple[Probe, ...] = ()
    snapshot: str = ""
    why: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True, kw_only=True)
class Device:
    """The ledger.

    Attributes:
        key: of its file.
        revision: of the rules, growing with every change.
        changes: how many were ever noted; numbers them.
        sites: where each case's commands hold, bare of what stands; enough to take them back.
        outbox: changes that the journals of their workspaces may not know yet.
        ours: SHA-256 of the lines that netcordon wrote into the device's file, where it has one.
    """

    key: str
    point: EnforcementPoint
    revision: int = 1
    standing: tuple[Outstanding, ...] = ()
    pending: Pending | None = None
    sites: tuple[Site, ...] = ()
    changes: int = 0
    outbox: tuple[tuple[str, Change], ...] = ()
    ours: str = ""

    def others(self, gone: Sequence[str], case_id: str) -> tuple[Standing, ...]:
        """What stands without some commands of a case, as actuators want it."""
        return tuple(
            Standing(case_id=each.case_id, command=each.command)
            for each in self.standing
            if each.case_id != case_id or each.command.id not in gone
        )

    def of(self, case_id: str) -> tuple[Outstanding, ...]:
        """What stands of one case."""
        return tuple(each for each in self.standing if each.case_id == case_id)

    def at(self, case_id: str, leaving_out: Sequence[str] = ()) -> Site:
        """Where commands of a case hold now, besides some that are in question.

        Raises:
            KeyError: nothing of this case was ever put here.
        """
        for site in self.sites:
            if site.case_id == case_id:
                others = self.others(leaving_out, case_id)
                return replace(site, standing=others, revision=self.revision)
        raise KeyError(case_id)

    def knowing(self, site: Site) -> Device:
        """With the place of a case's commands, as the latest plan saw it."""
        rest = tuple(each for each in self.sites if each.case_id != site.case_id)
        return replace(self, sites=(*rest, replace(site, standing=(), revision=1)))

    def noting(
        self, outstanding: Sequence[Outstanding], state: ActionState, at: datetime, why: str = ""
    ) -> Device:
        """With a change of each in the outbox, and their state in the ledger where they stand."""
        made = [
            (
                each.workspace,
                Change(
                    id=f"{self.key}.{self.changes + number}", case_id=each.case_id,
                    plan_id=each.plan_id, measure_id=each.measure_id, command_id=each.command.id,
                    point=self.point.name, state=state, time=at, why=why,
                    expires_time=each.expires_time, snapshot=each.snapshot,
                ),
            )
            for number, each in enumerate(outstanding, 1)
        ]  # fmt: skip
        named = {(each.case_id, each.command.id) for each in outstanding}
        standing = tuple(
            replace(each, state=state) if (each.case_id, each.command.id) in named else each
            for each in self.standing
        )
        return replace(
            self,
            standing=standing,
            changes=self.changes + len(made),
            outbox=(*self.outbox, *made),
        )

    def holding(self, outstanding: Sequence[Outstanding]) -> Device:
        """With these among what stands."""
        rest = self.without(outstanding).standing
        return replace(self, standing=(*rest, *outstanding))

    def without(self, outstanding: Sequence[Outstanding]) -> Device:
        """Without these."""
        gone = {(each.case_id, each.command.id) for each in outstanding}
        kept = tuple(e for e in self.standing if (e.case_id, e.command.id) not in gone)
        return replace(self, standing=kept)


def key_of(point: EnforcementPoint) -> str:
    """The same for every declaration of the same device."""
    where = {name: point.options[name] for name in _LOCATES if name in point.options}
    # Devices that people type at are known by name alone.
    name = point.name if not point.transport else ""
    told = canonical([point.actuator, point.transport, where, name])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
