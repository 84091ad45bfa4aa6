"""Make a plan's probes from where we stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from netcordon.casefile.workspace import open_workspace
from netcordon.enforcement.probing import make
from netcordon.model.enforced import Attempted
from netcordon.workflow.plan_named import plan_named


def probe(
    workspace: Path, plan_id: str | None, *, clock: Callable[[], datetime]
) -> tuple[Attempted, ...]:
    """What came of each probe of a plan, negative ones first; those that stand twice once.

    Raises:
        UsageError: NC-823 no such plan.
        WorkspaceError: no workspace.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        plan = plan_named(opened, plan_id)
    negative = [p for measure in plan.measures for p in measure.negative_probes]
    positive = [p for measure in plan.measures for p in measure.positive_probes]
    return make(tuple(dict.fromkeys([*negative, *positive])))
