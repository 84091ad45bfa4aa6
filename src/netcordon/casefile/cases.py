"""Cases and runs: what was investigated with which options and versions, and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from netcordon.casefile.canonical import canonical
from netcordon.casefile.journal import Clock, Draft, Entry, Journal
from netcordon.errors import WorkspaceError

OPENED = "case.opened"
RETITLED = "case.retitled"
RUN = "run.recorded"
FINDING = "finding.recorded"
INCIDENT = "incident.recorded"

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of ``investigate``.

    Attributes:
        id: ``run-0001`` and on, in the order of the workspace.
        case_id: the case it belongs to.
        options: what it was told.
        versions: of netcordon, its libraries and other programs whose work is in the result.
        evidence_ids: what it looked at.
        outcome: verdict, severity, report path and the like, as the caller gave it.
        finding_ids: what it found, in the order of the report.
        incident_ids: likewise.
        entries: id of a finding or incident -> journal entry that holds it.
    """

    id: str
    case_id: str
    time: datetime
    author: str
    options: JsonObject
    versions: JsonObject
    evidence_ids: tuple[str, ...]
    outcome: JsonObject
    finding_ids: tuple[str, ...]
    incident_ids: tuple[str, ...]
    entries: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case: what a responder talks about. ``phase`` is one of IRM-5's six, in lower case."""

    id: str
    title: str
    status: str
    phase: str
    opened_time: datetime
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """What a run hands over to be recorded; findings and incidents are documents with an ``id``."""

    title: str
    options: JsonObject
    versions: JsonObject
    evidence_ids: Sequence[str]
    findings: Sequence[JsonObject]
    incidents: Sequence[JsonObject]
    outcome: JsonObject


class CaseBook:
    """The cases of a workspace, folded from its journal."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def record_run(self, record: RunRecord) -> Run:
        """Record a run with all it found in one transaction; the first run opens the case.

        A finding or incident that an earlier run recorded word for word is referred to, not stored
        again. A case is called by the title of its latest run.

        Raises:
            WorkspaceError: when it cannot be written; then nothing of the run is recorded.
        """
        cases = self._fold()
        drafts: list[Draft] = []
        if cases:
            case = list(cases.values())[-1]
            if case.title != record.title:
                drafts.append(Draft(RETITLED, case.id, {"title": record.title}))
            case_id = case.id
        else:
            case_id = f"NC-{self._clock():%Y}-0001"
            opening = {"title": record.title, "status": "open", "phase": "identification"}
            drafts.append(Draft(OPENED, case_id, opening))
        entries: dict[str, int] = {}
        seq = self._journal.head().count
        for kind, documents in ((FINDING, record.findings), (INCIDENT, record.incidents)):
            recorded = {e.subject: e for e in self._journal.entries((kind,))} if documents else {}
            for document in documents:
                subject = str(document["id"])
                before = recorded.get(subject)
                if before is not None and canonical(before.payload) == canonical(document):
                    entries[subject] = before.seq
                    continue
                drafts.append(Draft(kind, subject, document))
                entries[subject] = seq + len(drafts)
        payload = {
            "case_id": case_id,
            "options": record.options,
            "versions": record.versions,
            "evidence_ids": list(record.evidence_ids),
            "outcome": record.outcome,
            "finding_ids": [str(f["id"]) for f in record.findings],
            "incident_ids": [str(i["id"]) for i in record.incidents],
            "entries": entries,
        }
        number = 1 + sum(len(case.runs) for case in cases.values())
        drafts.append(Draft(RUN, f"run-{number:04d}", payload))
        return _run(self._journal.append(drafts)[-1])

    def cases(self) -> tuple[Case, ...]:
        """All cases with their runs, oldest first."""
        return tuple(self._fold().values())

    def case(self, case_id: str) -> Case:
        """One case.

        Raises:
            WorkspaceError: NC-509 when there is none of that id.
        """
        cases = self._fold()
        if case_id not in cases:
            known = ", ".join(cases) or "none yet: the first investigation opens one"
            raise WorkspaceError(
                "NC-509",
                f"There is no case {case_id!r}.",
                f"cases here: {known}",
                "netcordon case list",
            )
        return cases[case_id]

    def findings(self, run: Run) -> tuple[JsonObject, ...]:
        """The documents of a run's findings, in the order of the report."""
        return tuple(self._journal.entry(run.entries[i]).payload for i in run.finding_ids)

    def incidents(self, run: Run) -> tuple[JsonObject, ...]:
        """The documents of a run's incidents, in the order of the report."""
        return tuple(self._journal.entry(run.entries[i]).payload for i in run.incident_ids)

    def _fold(self) -> dict[str, Case]:
        cases: dict[str, Case] = {}
        for entry in self._journal.entries((OPENED, RETITLED, RUN)):
            if entry.kind == OPENED:
                cases[entry.subject] = Case(
                    id=entry.subject,
                    title=entry.payload["title"],
                    status=entry.payload["status"],
                    phase=entry.payload["phase"],
                    opened_time=entry.time,
                )
            elif entry.kind == RETITLED:
                cases[entry.subject] = replace(cases[entry.subject], title=entry.payload["title"])
            else:
                run = _run(entry)
                case = cases[run.case_id]
                cases[case.id] = replace(case, runs=(*case.runs, run))
        return cases


def _run(entry: Entry) -> Run:
    payload = entry.payload
    return Run(
        id=entry.subject,
        case_id=payload["case_id"],
        time=entry.time,
        author=entry.author,
        options=payload["options"],
        versions=payload["versions"],
        evidence_ids=tuple(payload["evidence_ids"]),
        outcome=payload["outcome"],
        finding_ids=tuple(payload["finding_ids"]),
        incident_ids=tuple(payload["incident_ids"]),
        entries=payload["entries"],
    )
