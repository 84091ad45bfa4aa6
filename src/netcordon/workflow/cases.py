"""List the cases of a workspace, show one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from netcordon.casefile.cases import Case, Run
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.model.evidence import Evidence

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CaseView:
    """A case with what its latest run found, and the evidence it rests on.

    Attributes:
        latest: ``None`` when nothing was investigated yet.
        incidents: documents of the latest run, as in ``report.json``.
        findings: likewise.
        journal_entries: entries in the journal of the workspace.
    """

    case: Case
    latest: Run | None
    incidents: tuple[dict[str, object], ...]
    findings: tuple[dict[str, object], ...]
    evidence: tuple[Evidence, ...]
    journal_entries: int


def list_cases(workspace: Path) -> tuple[Case, ...]:
    """All cases of the workspace, oldest first.

    Raises:
        WorkspaceError: when there is no workspace.
    """
    with _reading(workspace) as opened:
        return opened.cases.cases()


def show_case(workspace: Path, case_id: str | None) -> CaseView:
    """One case; the latest when ``case_id`` is ``None``.

    Raises:
        WorkspaceError: when there is no workspace or no such case.
    """
    with _reading(workspace) as opened:
        cases = opened.cases.cases()
        wanted = case_id if case_id is not None or not cases else cases[-1].id
        case = opened.cases.case(wanted or "")
        latest = case.runs[-1] if case.runs else None
        used = {i for run in case.runs for i in run.evidence_ids}
        return CaseView(
            case=case,
            latest=latest,
            incidents=tuple(dict(i) for i in opened.cases.incidents(latest)) if latest else (),
            findings=tuple(dict(f) for f in opened.cases.findings(latest)) if latest else (),
            evidence=tuple(
                r.evidence for r in opened.register.all() if r.evidence.id in used
            ),
            journal_entries=opened.journal.head().count,
        )  # fmt: skip


@contextmanager
def _reading(workspace: Path) -> Iterator[Workspace]:
    with open_workspace(workspace, create=False, clock=lambda: _NEVER, readonly=True) as opened:
        yield opened
