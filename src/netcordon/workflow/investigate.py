"""Investigate: evidence in; document, report and journal entry out."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from netcordon.casefile.cases import Case, RunRecord
from netcordon.casefile.workspace import Workspace, is_workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.model.casework import Standing
from netcordon.model.document import Document
from netcordon.model.handling import TLP
from netcordon.reporting.json_contract import as_object
from netcordon.reporting.write import write_reports
from netcordon.settings import InvestigateSettings
from netcordon.tables.engine import Engine
from netcordon.workflow.analysis import analyse
from netcordon.workflow.casework import the_case
from netcordon.workflow.collect import Collected, collect
from netcordon.workflow.letters import take_letters
from netcordon.workflow.observer import Observer
from netcordon.workflow.reaching import reach
from netcordon.workflow.sensor import Sensor, listen, prepare
from netcordon.workflow.standing import latest_case, standing

NOTHING_FOUND, FOUND, PARTLY_UNREADABLE = 0, 1, 3
"""Exit status of an investigation; see ``netcordon --help``."""

_LIBRARIES = ("netcordon", "duckdb", "numba", "numpy", "pyarrow", "publicsuffixlist")
"""What a result depends on, recorded with every run."""


@dataclass(frozen=True)
class Outcome:
    """What an investigation gives back.

    Attributes:
        document: everything the report shows.
        report: the HTML report.
        exit_status: ``NOTHING_FOUND``, ``FOUND`` or ``PARTLY_UNREADABLE``.
    """

    document: Document
    report: Path
    exit_status: int


def investigate(
    evidence: Sequence[str],
    settings: InvestigateSettings,
    *,
    clock: Callable[[], datetime],
    observer: Observer,
) -> Outcome:
    """Take evidence in, look for behaviours, join them into incidents, report, record.

    Args:
        evidence: files, directories, globs, ``-``; empty for all that the workspace holds.
        settings: what the caller wants.
        clock: stamps the report and the journal.
        observer: hears how it goes on.

    Raises:
        UsageError: NC-004 when there is no evidence at all, NC-805 when the case is closed,
            NC-236 or NC-237 when Suricata or its rules cannot be used.
        WorkspaceError: when the workspace cannot be used, NC-509 when there is no such case.
    """
    if not evidence and not is_workspace(settings.workspace):
        raise _nothing_to_do()
    sensor = prepare(settings.rules) if settings.suricata else None
    with open_workspace(settings.workspace, create=bool(evidence), clock=clock) as workspace:
        case = the_case(workspace, settings.case_id) if settings.case_id else latest_case(workspace)
        collected = collect(evidence, workspace, observer, settings.log_zone)
        if not evidence and settings.case_id and case and case.runs:
            collected.keep(case.runs[-1].evidence_ids)
        if not collected.evidence and not collected.unreadable:
            raise _nothing_to_do()
        if sensor is not None:
            home_nets = settings.home_nets or workspace.config.home_nets
            listen(sensor, workspace, collected, home_nets, observer)
            collected.notes += sensor.notes
        options = _options(settings, sensor)
        document = _analyse(workspace, case, collected, settings, options, clock(), observer)
        observer.stage("reporting")
        folder = workspace.reports_dir / _next_run(workspace)
        document = replace(document, report_path=str(folder / "report.html"))
        paths = write_reports(document, folder)
        _record(workspace, case, document)
        take_letters(workspace, collected.evidence, clock=clock, observer=observer)
    if collected.partly_unreadable:
        return Outcome(document, paths.html, PARTLY_UNREADABLE)
    return Outcome(document, paths.html, FOUND if document.incidents else NOTHING_FOUND)


def _nothing_to_do() -> UsageError:
    return UsageError(
        "NC-004",
        "There is no evidence to investigate.",
        "nothing that was named holds any, and neither does the workspace",
        "netcordon investigate CAPTURE",
    )


def _analyse(
    workspace: Workspace,
    case: Case | None,
    collected: Collected,
    settings: InvestigateSettings,
    options: Mapping[str, str],
    now: datetime,
    observer: Observer,
) -> Document:
    config, stands = workspace.config, standing(workspace, case, now)
    registered = [workspace.register.find(item.id) for item in collected.evidence]
    reached = reach(workspace, [each for each in registered if each is not None])
    with Engine(
        reached.lake,
        reached.evidence_ids,
        since=settings.since,
        until=settings.until,
        spill=workspace.staging_dir,
        logs_as_one=True,
    ) as engine:
        return analyse(
            engine,
            collected,
            home_nets=settings.home_nets or config.home_nets,
            standing=stands,
            business=config.business,
            crisis=config.register.crisis,
            tlp=settings.tlp or _marking(config.tlp or TLP.AMBER, stands),
            options=options,
            now=now,
            observer=observer,
        )


def _marking(declared: TLP, stands: Standing) -> TLP:
    """What the workspace says, or the crisis cell that sits when that is stricter."""
    cell = stands.case.crisis if stands.case else None
    return max(declared, cell.tlp, key=list(TLP).index) if cell and cell.sits else declared


def _options(settings: InvestigateSettings, sensor: Sensor | None) -> dict[str, str]:
    options = {
        "suricata": sensor.in_words() if sensor else "",
        "home_nets": ", ".join(settings.home_nets),
        "since": settings.since.isoformat() if settings.since else "",
        "until": settings.until.isoformat() if settings.until else "",
    }
    return {name: value for name, value in options.items() if value}


def _next_run(workspace: Workspace) -> str:
    return f"run-{1 + workspace.cases.runs():04d}"


def _record(workspace: Workspace, case: Case | None, document: Document) -> None:
    shown = as_object(document)
    versions = {name: version(name) for name in _LIBRARIES}
    workspace.cases.record_run(
        RunRecord(
            title=document.incidents[0].title if document.incidents else document.verdict,
            options=dict(document.options),
            versions={**versions, "python": platform.python_version()},
            evidence_ids=[item.id for item in document.evidence if item.id],
            case_id=case.id if case else None,
            findings=[
                *_listed(shown, "findings"),
                *(a["finding"] for a in _listed(shown, "set_aside")),
            ],
            incidents=_listed(shown, "incidents"),
            outcome={
                "verdict": document.verdict,
                "severity": document.severity,
                "report": document.report_path,
                "home_nets": list(document.home_nets),
                "sources": {a.incident_id: a.statement for a in document.attributions},
                "not_seen": len(document.not_seen),
                "set_aside": {a.finding.id: a.by for a in document.set_aside},
            },
        )
    )


def _listed(shown: dict[str, object], key: str) -> list[dict[str, Any]]:
    listed = shown[key]
    assert isinstance(listed, list)
    return listed
