"""Rehearse a recorded plan on all evidence of its workspace and on the kernel; recorded as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from netcordon.casefile.plans import (
    record_rehearsal,
    register_document,
)
from netcordon.model.plan import Plan
from netcordon.model.rehearsal import Rehearsal
from netcordon.planning.reading import register_of
from netcordon.rehearsal.run import rehearse
from netcordon.workflow.contain import actuators
from netcordon.workflow.flow_packets import write_packets
from netcordon.workflow.looking import looking, noted
from netcordon.workflow.plan_named import no_plan, plan_named


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """A rehearsal, its plan, and why the journal does not know of it (``None`` when it does)."""

    rehearsal: Rehearsal
    plan: Plan
    not_recorded: str | None


def rehearse_plan(
    workspace: Path, plan_id: str | None, *, clock: Callable[[], datetime]
) -> Rehearsed:
    """Judge a plan; ``None`` means the latest one.

    Raises:
        UsageError: NC-823 no such plan, NC-405 no evidence.
        WorkspaceError: NC-822 the plan was changed; no workspace.
    """
    with looking(workspace, clock) as (opened, engine, _, _):
        plan = plan_named(opened, plan_id)
        known = register_document(opened.journal, plan.register_hash)
        if known is None:
            raise no_plan(f"the register that {plan.id} was made with is not in the journal")
        found = rehearse(
            engine,
            plan,
            register_of(known),
            clock(),
            actuators(),
            partial(write_packets, opened, engine),
        )
    return Rehearsed(
        rehearsal=found,
        plan=plan,
        not_recorded=noted(workspace, clock, lambda journal: record_rehearsal(journal, found)),
    )
