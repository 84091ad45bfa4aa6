"""Rehearse a recorded plan on all evidence of its workspace and on the kernel; recorded as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.casefile.plans import (
    plan_document,
    plan_documents,
    record_rehearsal,
    register_document,
)
from netcordon.casefile.workspace import Workspace
from netcordon.errors import UsageError
from netcordon.model.plan import Plan
from netcordon.model.rehearsal import Rehearsal
from netcordon.planning.reading import plan_of, register_of
from netcordon.rehearsal.run import rehearse
from netcordon.workflow.looking import looking, noted


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
    with looking(workspace, clock) as (opened, engine, _):
        plan = _plan(opened, plan_id)
        known = register_document(opened.journal, plan.register_hash)
        if known is None:
            raise _none(f"the register that {plan.id} was made with is not in the journal")
        found = rehearse(engine, plan, register_of(known), clock())
    return Rehearsed(
        rehearsal=found,
        plan=plan,
        not_recorded=noted(workspace, clock, lambda journal: record_rehearsal(journal, found)),
    )


def _plan(opened: Workspace, plan_id: str | None) -> Plan:
    if plan_id is not None:
        document = plan_document(opened.journal, plan_id)
        if document is None:
            raise _none(f"no plan is called {plan_id!r}")
        return plan_of(document)
    every = [
        document
        for case in opened.cases.cases()
        for document in plan_documents(opened.journal, case.id)
    ]
    if not every:
        raise _none("none was made in this workspace")
    return plan_of(max(every, key=lambda document: str(document["created_time"])))


def _none(why: str) -> UsageError:
    return UsageError("NC-823", "There is no such plan.", why, "netcordon contain plan")
