"""A person says that a measure is done which no device can be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from netcordon.casefile.actions import record_done
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.workflow.plan_named import plan_named
from netcordon.workflow.typed import said


def task_done(
    workspace: Path,
    measure_ids: Sequence[str],
    *,
    plan_id: str | None,
    note: str,
    clock: Callable[[], datetime],
) -> str:
    """Take the word down; the id of the plan.

    Raises:
        UsageError: NC-801 the note is too long, NC-823 no such plan, NC-848 it has no such measure
            for people.
        WorkspaceError: no workspace, or its journal cannot be written.
    """
    words = said(note, "the note") if note else ""
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        plan = plan_named(opened, plan_id)
        by_people = [measure.id for measure in plan.measures if not measure.commands]
        for name in measure_ids:
            if name not in by_people:
                raise UsageError(
                    "NC-848",
                    f"{name!r} is no measure of {plan.id} that people do.",
                    f"those are {', '.join(by_people) or 'none'}",
                    "netcordon contain plan lists them; devices are told by netcordon itself",
                )
        for name in measure_ids:
            record_done(opened.journal, plan.id, name, words)
    return plan.id
