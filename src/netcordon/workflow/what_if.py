"""What a recorded plan would do with changes: told, never recorded, never approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from netcordon.casefile.plans import register_document
from netcordon.model.plan import Plan
from netcordon.model.rehearsal import WhatIf
from netcordon.planning.changed import changed
from netcordon.planning.reading import register_of
from netcordon.rehearsal.model import judge_plans
from netcordon.rehearsal.run import reasons_against
from netcordon.workflow.contain import actuators
from netcordon.workflow.looking import Clock, looking
from netcordon.workflow.plan_named import no_plan, plan_named


def what_if(
    workspace: Path,
    plan_id: str | None,
    *,
    without: Sequence[str],
    widen: Mapping[str, int],
    clock: Clock,
) -> tuple[WhatIf, Plan, Plan]:
    """Judge a plan beside itself with changes, both by the model on all recorded traffic.

    Args:
        workspace: that holds the plan.
        plan_id: ``None`` for the latest.
        without: ids of measures and commands to leave out.
        widen: id of a command -> length of the prefix.
        clock: for the workspace.

    Returns:
        The comparison, the recorded plan, the changed one.

    Raises:
        UsageError: NC-823 no such plan, NC-825 it cannot be changed so, NC-405 no evidence.
        WorkspaceError: NC-822 the plan was changed; no workspace.
    """
    with looking(workspace, clock) as (opened, engine, _, _):
        plan = plan_named(opened, plan_id)
        known = register_document(opened.journal, plan.register_hash)
        if known is None:
            raise no_plan(f"the register that {plan.id} was made with is not in the journal")
        register = register_of(known)
        other = changed(plan, register, actuators(), without=without, widen=widen)
        before, after = judge_plans(engine, [plan, other], register)
    found = WhatIf(
        plan_id=plan.id,
        changed_id=other.id,
        changed_hash=other.hash,
        changes=tuple(
            [f"without {id_}" for id_ in without]
            + [f"{id_} widened to /{prefix}" for id_, prefix in widen.items()]
        ),
        before=before,
        after=after,
        # What the trial leaves open it names as a gap; the plan did not.
        reasons=tuple(reasons_against(plan, after.commands, after.missed)),
    )
    return found, plan, other
