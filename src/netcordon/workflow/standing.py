"""What people have on record about a workspace when an investigation begins."""

from __future__ import annotations

from datetime import datetime

from netcordon.casefile.approvals import words
from netcordon.casefile.cases import Case, latest_open
from netcordon.casefile.crisis import crisis
from netcordon.casefile.journal import Journal
from netcordon.casefile.people import people
from netcordon.casefile.plans import plan_documents
from netcordon.casefile.validations import validations
from netcordon.casefile.workspace import Workspace
from netcordon.model.approval import Word
from netcordon.model.casework import CaseRecord, Standing
from netcordon.model.crisis import Crisis
from netcordon.workflow.contained import contained


def latest_case(workspace: Workspace) -> Case | None:
    """The case that an investigation joins when none is named; ``None`` when it opens one."""
    return latest_open(workspace.cases.cases())


def standing(workspace: Workspace, case: Case | None, now: datetime) -> Standing:
    """Allowances, suppressions, rulings, decoys, and what people did with the case."""
    return Standing(
        allowances=tuple(a for a in workspace.allowed.all() if not a.removed),
        suppressions=workspace.triage.suppressions(now),
        judgements=workspace.triage.judgements(),
        decoys=tuple(copy for batch in workspace.decoys.all() for copy in batch.watched),
        case=_record(workspace.journal, case) if case else None,
    )


def _record(journal: Journal, case: Case) -> CaseRecord | None:
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
        approvals=_approvals(journal, case),
        validations=tuple(
            says
            for plan in plan_documents(journal, case.id)
            for says in validations(journal, str(plan["id"]))
        ),
        contained=contained(journal, case.id),
        crisis=_cell(journal, case),
    )
    done = (case.named, case.assignee, case.notes, case.statements, case.moves, case.closings)
    decided = (record.approvals, record.validations, record.contained, record.crisis)
    return record if any(done) or any(decided) else None


def _approvals(journal: Journal, case: Case) -> tuple[Word, ...]:
    known = people(journal)
    return tuple(
        word
        for plan in plan_documents(journal, case.id)
        for word in words(journal, str(plan["id"]), known)
    )


def _cell(journal: Journal, case: Case) -> Crisis | None:
    cell = crisis(journal, case.id)
    return cell if cell.declared_time or cell.decisions else None
