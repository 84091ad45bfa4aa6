"""A plan of the workspace by its id, or the latest."""

from __future__ import annotations

from netcordon.casefile.plans import plan_document, plan_documents
from netcordon.casefile.workspace import Workspace
from netcordon.errors import UsageError
from netcordon.model.plan import Plan
from netcordon.planning.reading import plan_of


def plan_named(opened: Workspace, plan_id: str | None) -> Plan:
    """A recorded plan; ``None`` means the latest.

    Raises:
        UsageError: NC-823 no such plan.
        WorkspaceError: NC-822 the plan was changed.
    """
    if plan_id is not None:
        document = plan_document(opened.journal, plan_id)
        if document is None:
            raise no_plan(f"no plan is called {plan_id!r}")
        return plan_of(document)
    every = [
        document
        for case in opened.cases.cases()
        for document in plan_documents(opened.journal, case.id)
    ]
    if not every:
        raise no_plan("none was made in this workspace")
    return plan_of(max(every, key=lambda document: str(document["created_time"])))


def no_plan(why: str) -> UsageError:
    """The error for a plan that is not there."""
    return UsageError("NC-823", "There is no such plan.", why, "netcordon contain plan")
