"""What people have on record about a workspace when an investigation begins."""

from __future__ import annotations

from datetime import datetime

from netcordon.casefile.cases import Case, latest_open
from netcordon.casefile.workspace import Workspace
from netcordon.model.casework import CaseRecord, Standing


def latest_case(workspace: Workspace) -> Case | None:
    """The case that an investigation joins when none is named; ``None`` when it opens one."""
    return latest_open(workspace.cases.cases())


def standing(workspace: Workspace, case: Case | None, now: datetime) -> Standing:
    """Allowances, suppressions, rulings, decoys, and what people did with the case."""
    return Standing(
        allowances=tuple(a for a in workspace.allowed.all() if not a.removed),
        suppressions=workspace.triage.suppressions(now),
        judgements=workspace.triage.judgements(),
        case=_record(case) if case else None,
        decoys=tuple(copy for batch in workspace.decoys.all() for copy in batch.watched),
    )


def _record(case: Case) -> CaseRecord | None:
    """Nothing while only investigations touched the case: then its report depends on them alone."""
    record = CaseRecord(
        id=case.id,
        status=case.status,
        phase=case.phase,
        title=case.title if case.named else "",
        source=case.source,
        assignee=case.assignee,
        notes=case.notes,
        statements=case.statements,
        moves=case.moves,
        closings=case.closings,
    )
    done = (case.named, case.assignee, case.notes, case.statements, case.moves, case.closings)
    return record if any(done) else None
