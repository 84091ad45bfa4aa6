"""List the cases of a workspace, show one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from netcordon.casefile.cases import Case, JsonObject, Run, latest_open
from netcordon.casefile.crisis import crisis
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.enforcement.strategic import strategic
from netcordon.incidents.priority import rank
from netcordon.incidents.recorded import incident_of
from netcordon.incidents.strategic import banner
from netcordon.model.business import Business
from netcordon.model.casework import Judgement, Suppression
from netcordon.model.evidence import Evidence
from netcordon.model.incident import Incident, Party
from netcordon.model.priority import Priority
from netcordon.phases.checklist import SIX
from netcordon.phases.sheet import Phase
from netcordon.workflow import gates
from netcordon.workflow.gates import Check

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Impacted:
    """A host of ours that is hit, what is declared about it, and the evidence that shows it."""

    party: Party
    declared: str
    evidence_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Board:
    """The gate before a case: the conditions of leaving its phase and entering the next.

    Attributes:
        following: the next phase; ``None`` in the last one.
    """

    phase: Phase
    following: Phase | None
    checks: tuple[Check, ...]

    @property
    def met(self) -> int:
        """Conditions that hold."""
        return sum(1 for check in self.checks if check.met_by)


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case with what its latest run found, what people ruled, and the evidence it rests on.

    Attributes:
        latest: ``None`` when nothing was investigated yet.
        incidents: documents of the latest run, as in ``report.json``, the most urgent first.
        findings: likewise, in the order of the report; those that count.
        set_aside: likewise; those that do not.
        priorities: of the incidents, by what the organisation declares now.
        ruled_away: incidents of which every finding was ruled false or benign.
        impacted: hosts of the others.
        detected: time of the first thing that was seen; ``None`` when nothing was.
        journal_entries: entries in the journal of the workspace.
        crisis: what makes the case strategic and what waits for the crisis cell.
    """

    case: Case
    latest: Run | None
    incidents: tuple[JsonObject, ...]
    findings: tuple[JsonObject, ...]
    set_aside: tuple[JsonObject, ...]
    priorities: tuple[Priority, ...]
    ruled_away: frozenset[str]
    impacted: tuple[Impacted, ...]
    judgements: Mapping[str, Judgement]
    suppressions: Mapping[str, Suppression]
    board: Board
    detected: datetime | None
    evidence: tuple[Evidence, ...]
    journal_entries: int
    crisis: tuple[str, ...]


def list_cases(workspace: Path) -> tuple[Case, ...]:
    """All cases of the workspace, oldest first.

    Raises:
        WorkspaceError: when there is no workspace.
    """
    with _reading(workspace) as opened:
        return opened.cases.cases()


def show_case(workspace: Path, case_id: str | None, now: datetime | None = None) -> CaseView:
    """One case; when ``case_id`` is ``None`` the latest open one, else the latest.

    ``now`` tells what is due and overdue; without it nothing is.

    Raises:
        WorkspaceError: when there is no workspace or no such case.
    """
    with _reading(workspace, now) as opened:
        cases = opened.cases.cases()
        if case_id is None and cases:
            case = latest_open(cases) or cases[-1]
        else:
            case = opened.cases.case(case_id or "")
        return case_view(opened, case, now)


def gate_of(
    workspace: Path, case_id: str | None, now: datetime | None = None
) -> tuple[Case, Board]:
    """A case (as ``show_case`` chooses it) and the gate before it."""
    view = show_case(workspace, case_id, now)
    return view.case, view.board


def case_view(opened: Workspace, case: Case, now: datetime | None) -> CaseView:
    """A case of an open workspace."""
    latest = case.runs[-1] if case.runs else None
    documents = opened.cases.incidents(latest) if latest else ()
    found = opened.cases.findings(latest) if latest else ()
    aside = latest.outcome.get("set_aside", {}) if latest else {}
    incidents = [incident_of(document) for document in documents]
    priorities = rank(incidents, opened.config.business)
    place = {p.incident_id: n for n, p in enumerate(priorities)}
    known = gates.known_of(opened, case, documents, found)
    standing = {str(incident["id"]) for incident in known.incidents}
    used = {i for run in case.runs for i in run.evidence_ids}
    return CaseView(
        case=case,
        latest=latest,
        incidents=tuple(sorted(documents, key=lambda d: place[str(d["id"])])),
        findings=tuple(f for f in found if f["id"] not in aside),
        set_aside=tuple(f for f in found if f["id"] in aside),
        priorities=priorities,
        ruled_away=frozenset(i.id for i in incidents) - standing,
        impacted=_impacted(
            [i for i in incidents if i.id in standing], found, opened.config.business
        ),
        judgements=known.judgements,
        suppressions=opened.triage.suppressions(),
        board=_board(case, known),
        detected=min((i.first_seen_time for i in incidents), default=None),
        evidence=tuple(r.evidence for r in opened.register.all() if r.evidence.id in used),
        journal_entries=opened.journal.head().count,
        crisis=banner(
            strategic(opened.journal, case, opened.config.register),
            crisis(opened.journal, case.id),
            now,
        ),
    )


def _board(case: Case, known: gates.Known) -> Board:
    phase = gates.phase_of(case)
    following = next((p for p in SIX if p.number == phase.number + 1), None)
    conditions = gates.between(phase, following)
    return Board(phase=phase, following=following, checks=gates.checked(conditions, known))


def _impacted(
    incidents: Sequence[Incident], findings: Sequence[JsonObject], business: Business
) -> tuple[Impacted, ...]:
    by_id = {str(f["id"]): f for f in findings}
    shown: dict[str, Impacted] = {}
    for incident in incidents:
        own = [by_id[i] for i in incident.finding_ids if i in by_id]
        for party in incident.victims:
            if not party.internal or party.ip in shown:
                continue
            naming = [f for f in own if party.ip in (*f["src_ips"], *f["dst_ips"])] or own
            asset = business.asset_of(party.ip, party.name)
            shown[party.ip] = Impacted(
                party=party,
                declared=f"value {asset.value}, {asset.label()}" if asset else "value not declared",
                evidence_ids=tuple(
                    sorted({str(r["evidence_id"]) for f in naming for r in f["evidence_rows"]})
                ),
            )
    return tuple(shown.values())


@contextmanager
def _reading(workspace: Path, now: datetime | None = None) -> Iterator[Workspace]:
    with open_workspace(
        workspace, create=False, clock=lambda: now or _NEVER, readonly=True
    ) as opened:
        yield opened
