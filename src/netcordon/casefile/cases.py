"""The book of cases: what people and runs write into the journal about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from netcordon.casefile import case_state as state
from netcordon.casefile.canonical import canonical
from netcordon.casefile.case_state import Case, JsonObject, Run
from netcordon.casefile.compartments import compartments
from netcordon.casefile.journal import Clock, Draft, Entry, Journal
from netcordon.errors import WorkspaceError
from netcordon.model.casework import Move, Ruling

__all__ = ["Case", "CaseBook", "JsonObject", "Run", "RunRecord", "latest_open"]

FINDING = "finding.recorded"
INCIDENT = "incident.recorded"
FIRST_PHASE = "identification"


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """What a run hands over to be recorded; findings and incidents are documents with an ``id``.

    Attributes:
        case_id: the case it belongs to; ``None`` for the latest open one, or a new one.
    """

    title: str
    options: JsonObject
    versions: JsonObject
    evidence_ids: Sequence[str]
    findings: Sequence[JsonObject]
    incidents: Sequence[JsonObject]
    outcome: JsonObject
    case_id: str | None = None


class CaseBook:
    """The cases of a workspace, folded from its journal.

    Args:
        journal: of the workspace.
        clock: stamps what is opened.
        viewer: account that looks; restricted cases of which it is no reader do not exist for it.
            ``None`` sees everything.
        denied: hears the id of a case that the viewer asked for and may not know of.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        *,
        viewer: str | None = None,
        denied: Callable[[str], None] | None = None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._viewer = viewer
        self._denied = denied

    def record_run(self, record: RunRecord) -> Run:
        """Record a run with all it found in one transaction; it opens a case where none is open.

        A finding or incident that an earlier run recorded word for word is referred to, not stored
        again. A case that no person named is called by the title of its latest run.

        Raises:
            WorkspaceError: when it cannot be written; then nothing of the run is recorded.
        """
        with self._journal.alone():
            return self._record_run(record)

    def _record_run(self, record: RunRecord) -> Run:
        cases = self._fold()
        case = self.case(record.case_id) if record.case_id else latest_open(tuple(cases.values()))
        drafts: list[Draft] = []
        if case is None:
            drafts.append(self._opening(len(self._every()), record.title))
        elif case.title != record.title and not case.named:
            drafts.append(Draft(state.RETITLED, case.id, {"title": record.title}))
        entries: dict[str, int] = {}
        seq = self._journal.head().count
        for kind, documents in ((FINDING, record.findings), (INCIDENT, record.incidents)):
            recorded = self._journal.texts(kind) if documents else {}
            for document in documents:
                subject = str(document["id"])
                place, text = recorded.get(subject, (0, ""))
                if text and text == canonical(document):
                    entries[subject] = place
                    continue
                drafts.append(Draft(kind, subject, document))
                entries[subject] = seq + len(drafts)
        payload = {
            "case_id": case.id if case else drafts[0].subject,
            "options": record.options,
            "versions": record.versions,
            "evidence_ids": list(record.evidence_ids),
            "outcome": record.outcome,
            "finding_ids": [str(f["id"]) for f in record.findings],
            "incident_ids": [str(i["id"]) for i in record.incidents],
            "entries": entries,
        }
        number = 1 + self.runs()
        drafts.append(Draft(state.RUN, f"run-{number:04d}", payload))
        return state.run_of(self._journal.append(drafts)[-1])

    def open_new(self, title: str, *, phase: str = FIRST_PHASE, source: str = "") -> Case:
        """Open a case that keeps the title a person gave it."""
        with self._journal.alone():
            draft = self._opening(len(self._every()), title, phase=phase, named=True, source=source)
            self._journal.append([draft])
            return self.case(draft.subject)

    def note(self, case_id: str, text: str, *, about: str, object_id: str) -> str:
        """Add a note; its id."""
        with self._journal.alone():
            number = 1 + sum(1 for _ in self._journal.entries((state.NOTED,)))
            note_id = f"n-{number:04d}"
            payload = {"id": note_id, "about": about, "object_id": object_id, "text": text}
            self._add(state.NOTED, case_id, payload)
        return note_id

    def edit_note(self, case_id: str, note_id: str, text: str) -> None:
        """Word a note anew; what it said before stays in the journal."""
        self._add(state.NOTE_EDITED, case_id, {"id": note_id, "text": text})

    def assign(self, case_id: str, person: str) -> None:
        """Say who leads the case."""
        self._add(state.ASSIGNED, case_id, {"person": person})

    def state(self, case_id: str, condition: str, text: str) -> None:
        """Take down a person's word that a condition of a gate holds."""
        self._add(state.STATED, case_id, {"condition": condition, "text": text})

    def move(self, case_id: str, target: str, *, reason: str, missing: Sequence[str]) -> Move:
        """Take the case to another phase; with conditions missing it is by force."""
        payload = {
            "origin": self.case(case_id).phase,
            "target": target,
            "reason": reason,
            "forced": bool(missing),
            "missing": list(missing),
        }
        self._add(state.MOVED, case_id, payload)
        return self.case(case_id).moves[-1]

    def close(self, case_id: str, ruling: Ruling, reason: str, *, missing: Sequence[str]) -> None:
        """Close the case; with conditions missing it is by force."""
        payload = {"ruling": ruling.value, "reason": reason, "missing": list(missing)}
        self._add(state.CLOSED, case_id, payload)

    def reopen(self, case_id: str, reason: str) -> None:
        """Open it again."""
        self._add(state.REOPENED, case_id, {"reason": reason})

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
            self.asked_for(case_id)
            known = ", ".join(cases) or "none yet: the first investigation opens one"
            raise WorkspaceError(
                "NC-509",
                f"There is no case {case_id!r}.",
                f"cases here: {known}",
                "netcordon case list",
            )
        return cases[case_id]

    def asked_for(self, case_id: str) -> None:
        """Somebody asked for a case that is not there for him: if it is for others, say so."""
        if self._denied is not None and case_id in self._hidden():
            self._denied(case_id)

    def runs(self) -> int:
        """How many runs there were in all, those of restricted cases too."""
        return sum(len(case.runs) for case in self._every().values())

    def hidden_evidence(self) -> frozenset[str]:
        """Evidence that only restricted cases looked at of which the viewer may not know."""
        hidden = self._hidden()
        if not hidden:
            return frozenset()
        used: dict[bool, set[str]] = {True: set(), False: set()}
        for case in self._every().values():
            used[case.id in hidden].update(i for run in case.runs for i in run.evidence_ids)
        return frozenset(used[True] - used[False])

    def findings(self, run: Run) -> tuple[JsonObject, ...]:
        """The documents of a run's findings, in the order of the report."""
        return self._documents(run, run.finding_ids)

    def incidents(self, run: Run) -> tuple[JsonObject, ...]:
        """The documents of a run's incidents, in the order of the report."""
        return self._documents(run, run.incident_ids)

    def known_findings(self) -> frozenset[str] | None:
        """Findings that the viewer may know of; ``None`` for all there are."""
        if not self._hidden():
            return None
        return frozenset(i for case in self.cases() for run in case.runs for i in run.finding_ids)

    def _documents(self, run: Run, ids: Sequence[str]) -> tuple[JsonObject, ...]:
        entries = self._journal.entries_at([run.entries[i] for i in ids])
        return tuple(entry.payload for entry in entries)

    def finding(self, finding_id: str) -> JsonObject | None:
        """The latest document of a finding that any run recorded."""
        found: Entry | None = None
        known = self.known_findings()
        if known is not None and finding_id not in known:
            return None
        for entry in self._journal.entries((FINDING,), finding_id):
            found = entry
        return found.payload if found else None

    def _opening(
        self, before: int, title: str, *, phase: str = FIRST_PHASE, named: bool = False,
        source: str = "",
    ) -> Draft:  # fmt: skip
        payload: dict[str, object] = {"title": title, "status": "open", "phase": phase}
        if named:
            payload |= {"named": True, "source": source}
        return Draft(state.OPENED, f"NC-{self._clock():%Y}-{before + 1:04d}", payload)

    def _add(self, kind: str, case_id: str, payload: JsonObject) -> None:
        self._journal.append([Draft(kind, case_id, payload)])

    def _fold(self) -> dict[str, Case]:
        hidden = self._hidden()
        return {id_: case for id_, case in self._every().items() if id_ not in hidden}

    def _every(self) -> dict[str, Case]:
        return state.fold(self._journal.entries(state.KINDS))

    def _hidden(self) -> frozenset[str]:
        if self._viewer is None:
            return frozenset()
        return frozenset(
            id_ for id_, one in compartments(self._journal).items()
            if self._viewer not in one.readers
        )  # fmt: skip


def latest_open(cases: Sequence[Case]) -> Case | None:
    """The case that was opened last among those that are open."""
    return next((case for case in reversed(cases) if case.status == "open"), None)
