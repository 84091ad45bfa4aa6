"""A recorded plan with the register it was made with."""

from __future__ import annotations

from netcordon.casefile.plans import register_document
from netcordon.casefile.workspace import Workspace
from netcordon.model.plan import Plan
from netcordon.model.register import Register
from netcordon.planning.reading import register_of
from netcordon.workflow.plan_named import no_plan, plan_named


def the_plan(opened: Workspace, plan_id: str | None) -> tuple[Plan, Register]:
    """The plan of this id; ``None`` means the latest one.

    Raises:
        UsageError: NC-823 there is none.
        WorkspaceError: NC-822 it was changed.
    """
    plan = plan_named(opened, plan_id)
    known = register_document(opened.journal, plan.register_hash)
    if known is None:
        raise no_plan(f"the register that {plan.id} was made with is not in the journal")
    return plan, register_of(known)
