"""A recorded plan with the register it was made with."""

from __future__ import annotations

from netcordon.casefile.plans import plan_document, plan_documents, register_document
from netcordon.casefile.workspace import Workspace
from netcordon.errors import UsageError
from netcordon.model.plan import Plan
from netcordon.model.register import Register
from netcordon.planning.reading import plan_of, register_of


def the_plan(opened: Workspace, plan_id: str | None) -> tuple[Plan, Register]:
    """The plan of this id; ``None`` means the latest one.

    Raises:
        UsageError: NC-823 there is none.
        WorkspaceError: NC-822 it was changed.
    """
    plan = _plan(opened, plan_id)
    known = register_document(opened.journal, plan.register_hash)
    if known is None:
        raise _none(f"the register that {plan.id} was made with is not in the journal")
    return plan, register_of(known)


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
