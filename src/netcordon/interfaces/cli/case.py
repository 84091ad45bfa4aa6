"""``netcordon case list|show``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netcordon.interfaces.cli.options import workspace_option
from netcordon.model.quantity import rfc3339, time_text

if TYPE_CHECKING:
    from netcordon.workflow.cases import CaseView


@click.group(name="case")
def command() -> None:
    """List the cases of a workspace, show one."""


@command.command(name="list")
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(workspace: Path, as_json: bool) -> int:
    """One line a case: id, phase, severity, runs, title."""
    from netcordon.reporting.visible import visible
    from netcordon.workflow.cases import list_cases

    cases = list_cases(workspace)
    if as_json:
        listed = [
            {"id": c.id, "title": c.title, "status": c.status, "phase": c.phase,
             "opened_time": rfc3339(c.opened_time), "runs": len(c.runs)}
            for c in cases
        ]  # fmt: skip
        sys.stdout.write(json.dumps({"cases": listed}, indent=1) + "\n")
        return 0
    if not cases:
        sys.stdout.write("No cases yet: the first investigation opens one.\n")
    for case in cases:
        severity = str(case.runs[-1].outcome.get("severity") or "none") if case.runs else "none"
        runs = f"{len(case.runs)} run{'' if len(case.runs) == 1 else 's'}"
        sys.stdout.write(
            f"{case.id}  {case.status:8}  {case.phase:15}  {severity:13}  {runs:8}  "
            f"{visible(case.title, limit=80)}\n"
        )
    return 0


@command.command(name="show")
@click.argument("case_id", required=False)
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(case_id: str | None, workspace: Path, as_json: bool) -> int:
    """Show CASE_ID (the latest when not given): runs, evidence, incidents, findings."""
    from netcordon.workflow.cases import show_case

    view = show_case(workspace, case_id)
    sys.stdout.write(_as_json(view) if as_json else _as_text(view))
    return 0


def _as_json(view: CaseView) -> str:
    case = view.case
    shown = {
        "id": case.id,
        "title": case.title,
        "status": case.status,
        "phase": case.phase,
        "opened_time": rfc3339(case.opened_time),
        "journal_entries": view.journal_entries,
        "runs": [
            {"id": r.id, "time": rfc3339(r.time), "author": r.author, "options": dict(r.options),
             "evidence_ids": list(r.evidence_ids), "outcome": dict(r.outcome)}
            for r in case.runs
        ],
        "evidence": [{"id": e.id, "path": e.path, "sha256": e.sha256} for e in view.evidence],
        "incidents": list(view.incidents),
        "findings": list(view.findings),
    }  # fmt: skip
    return json.dumps(shown, indent=1) + "\n"


def _as_text(view: CaseView) -> str:
    from netcordon.reporting.visible import visible

    case = view.case
    lines = [
        f"{case.id}  {visible(case.title)}",
        f"  status    {case.status}, phase {case.phase}, opened {time_text(case.opened_time)} UTC",
        f"  journal   {view.journal_entries} entries (prove them: netcordon verify)",
        "",
        "Runs",
    ]
    for run in case.runs:
        verdict = visible(str(run.outcome.get("verdict", "")), limit=100)
        lines.append(f"  {run.id}  {time_text(run.time)} UTC  {visible(run.author)}  {verdict}")
        report = run.outcome.get("report")
        if report:
            lines.append(f"            {visible(str(report))}")
    lines += ["", "Evidence"]
    for item in view.evidence:
        lines.append(f"  {item.id}  {item.records:>10,} frames  {visible(item.path, limit=70)}")
        lines.append(f"  {'':19}  sha256 {item.sha256}")
    for heading, documents in (("Incidents", view.incidents), ("Findings", view.findings)):
        lines += ["", heading]
        if not documents:
            lines.append("  none in the latest run")
        for document in documents:
            title = visible(str(document.get("title", "")), limit=100)
            severity = str(document.get("severity", ""))
            lines.append(f"  {document.get('id', '')!s:16}  {severity:13}  {title}")
    return "\n".join(lines) + "\n"
