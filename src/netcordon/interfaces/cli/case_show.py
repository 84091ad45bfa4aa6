"""``netcordon case list|show``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option
from netcordon.model.quantity import count_text, rfc3339, time_text

if TYPE_CHECKING:
    from netcordon.workflow.cases import CaseView

_MOST = 50
"""Findings shown on a terminal."""


@click.command(name="list")
@workspace_option
@json_option
def list_(workspace: Path, as_json: bool) -> None:
    """One line a case: id, status, phase, severity, runs, who leads, title."""
    from netcordon.reporting.visible import visible
    from netcordon.workflow.cases import list_cases

    cases = list_cases(workspace)
    if as_json:
        listed = [
            {"id": c.id, "title": c.title, "status": c.status, "phase": c.phase,
             "assignee": c.assignee or None, "opened_time": rfc3339(c.opened_time),
             "runs": len(c.runs), "notes": len(c.notes)}
            for c in cases
        ]  # fmt: skip
        sys.stdout.write(json.dumps({"cases": listed}, indent=1) + "\n")
        return
    if not cases:
        sys.stdout.write('No cases yet: netcordon case new "TITLE", or the first investigation.\n')
    for case in cases:
        severity = str(case.runs[-1].outcome.get("severity") or "none") if case.runs else "none"
        leads = visible(case.assignee, limit=16) if case.assignee else "nobody yet"
        sys.stdout.write(
            f"{case.id}  {case.status:6}  {case.phase:15}  {severity:13}  "
            f"{count_text(len(case.runs), 'run'):7}  {leads:16}  {visible(case.title, limit=80)}\n"
        )


@click.command(name="show")
@click.argument("case_id", required=False)
@workspace_option
@json_option
def show(case_id: str | None, workspace: Path, as_json: bool) -> None:
    """Show CASE_ID (the latest open one when not given): who is hit, what was ruled, what next."""
    from netcordon.workflow.cases import show_case

    view = show_case(workspace, case_id, now())
    sys.stdout.write(_as_json(view) if as_json else "\n".join(_lines(view)) + "\n")


def _as_json(view: CaseView) -> str:
    from netcordon.reporting import casework_json as shape
    from netcordon.reporting.one_a_line import one_a_line

    case = view.case
    shown = {
        "id": case.id,
        "title": case.title,
        "status": case.status,
        "phase": case.phase,
        "source": case.source or None,
        "assignee": case.assignee or None,
        "opened_time": rfc3339(case.opened_time),
        "opened_by": case.opened_by,
        "detected_time": rfc3339(view.detected) if view.detected else None,
        "journal_entries": view.journal_entries,
        "crisis": list(view.crisis),
        "impacted": [
            {"ip": i.party.ip, "name": i.party.name, "user": i.party.user, "role": i.party.role,
             "declared": i.declared, "evidence_ids": list(i.evidence_ids)}
            for i in view.impacted
        ],
        "ruled_away": sorted(view.ruled_away),
        "priorities": [shape.priority_object(p) for p in view.priorities],
        "gate": [
            {"id": c.condition.id, "text": c.condition.text, "met_by": c.met_by or None}
            for c in view.board.checks
        ],
        "runs": [
            {"id": r.id, "time": rfc3339(r.time), "author": r.author, "options": dict(r.options),
             "evidence_ids": list(r.evidence_ids), "outcome": dict(r.outcome)}
            for r in case.runs
        ],
        "evidence": [{"id": e.id, "path": e.path, "sha256": e.sha256} for e in view.evidence],
        "incidents": list(view.incidents),
        "findings": list(view.findings),
        "set_aside": list(view.set_aside),
        "judgements": [
            shape.judgement_object(view.judgements[str(f["id"])])
            for f in (*view.findings, *view.set_aside)
            if str(f["id"]) in view.judgements
        ],
        "notes": [shape.note_object(n) for n in case.notes],
        "statements": [shape.statement_object(s) for s in case.statements],
        "moves": [shape.move_object(m) for m in case.moves],
        "closings": [shape.closing_object(c) for c in case.closings],
    }  # fmt: skip
    return one_a_line(shown)


def _lines(view: CaseView) -> list[str]:
    return [
        *_head(view),
        *_incidents(view),
        *_impacted(view),
        *_findings(view),
        *_record(view),
        *_rests_on(view),
    ]


def _head(view: CaseView) -> list[str]:
    from netcordon.reporting.visible import visible

    case, board = view.case, view.board
    leads = visible(case.assignee) or "nobody yet: netcordon case assign PERSON"
    opened = f"opened {time_text(case.opened_time)} UTC by {visible(case.opened_by or 'unknown')}"
    lines = [
        f"{case.id}  {visible(case.title)}",
        *(
            f"  {'' if n else 'CRISIS':9} {visible(text, limit=300)}"
            for n, text in enumerate(view.crisis)
        ),
        f"  status    {case.status}, phase {case.phase}, {opened}",
        f"  leads     {leads}",
    ]
    if view.detected:
        lines.append(f"  first     seen in the evidence at {time_text(view.detected)} UTC")
    if case.source:
        lines.append(f"  noticed   {visible(case.source, limit=120)}")
    if case.closings:
        last = case.closings[-1]
        what = f"closed as {last.ruling.value}" if last.ruling else "reopened"
        said = f"{what} by {last.author} on {time_text(last.time)} UTC: {last.reason}"
        lines.append(f"  last      {visible(said, limit=160)}")
    if case.status == "open":
        onward = f"to {board.following.name}" if board.following else "to close it as true"
        gate = f"{board.met} of {len(board.checks)} conditions {onward} (netcordon case phase)"
        lines.append(f"  gate      {gate}")
    lines.append(f"  journal   {view.journal_entries} entries (prove them: netcordon verify)")
    return lines


def _incidents(view: CaseView) -> list[str]:
    from netcordon.reporting.visible import visible

    lines = ["", "Incidents, in the order to work on them"]
    if not view.incidents:
        return [*lines, "  none in the latest run" if view.latest else "  nothing investigated yet"]
    sources = view.latest.outcome.get("sources", {}) if view.latest else {}
    for document, priority in zip(view.incidents, view.priorities, strict=True):
        title = visible(str(document["title"]), limit=90)
        lines.append(f"  {document['id']!s:16}  {document['severity']!s:13}  {title}")
        source = sources.get(str(document["id"]))
        if source:
            lines.append(f"  {'':16}  source    {visible(str(source), limit=150)}")
        if str(document["id"]) in view.ruled_away:
            lines.append(f"  {'':16}  ruled     every finding of it is false or benign")
        lines.append(f"  {'':16}  priority  {priority.formula()}")
        lines += [
            f"  {'':16}  {factor.name:9} {visible(factor.why, limit=150)}"
            for factor in priority.factors
        ]
    return lines


def _impacted(view: CaseView) -> list[str]:
    from netcordon.reporting.visible import visible

    lines = ["", "Hosts of ours that are hit"]
    if not view.impacted:
        return [*lines, "  none is named"]
    for each in view.impacted:
        who = visible(each.party.label(), limit=80)
        role = each.party.role.replace("_", " ")
        lines.append(f"  {who}, {role}; {visible(each.declared, limit=80)}")
        lines.append(f"      shown by {', '.join(each.evidence_ids) or 'no evidence'}")
    return lines


def _findings(view: CaseView) -> list[str]:
    lines = ["", "Findings"]
    if not view.findings:
        lines.append("  none in the latest run" if view.latest else "  nothing investigated yet")
    for document in view.findings[:_MOST]:
        lines += _finding(document, view)
    if len(view.findings) > _MOST:
        lines.append(f"  and {len(view.findings) - _MOST:,} more (--json has all)")
    if view.set_aside:
        lines += ["", "Set aside: allowed or suppressed (netcordon allow list)"]
        for document in view.set_aside[:_MOST]:
            lines += _finding(document, view)
    return lines


def _finding(document: Mapping[str, Any], view: CaseView) -> list[str]:
    from netcordon.reporting.visible import visible

    id_ = str(document["id"])
    title = visible(str(document["title"]), limit=90)
    lines = [f"  {id_:16}  {document['severity']!s:13}  {title}"]
    ruled = view.judgements.get(id_)
    if ruled:
        said = f"{ruled.ruling.value}, says {ruled.author}: {ruled.reason}"
        lines.append(f"  {'':16}  ruled {visible(said, limit=120)}")
    suppressed = view.suppressions.get(id_)
    if suppressed:
        said = (
            f"until {time_text(suppressed.until)} UTC by {suppressed.author}: {suppressed.reason}"
        )
        lines.append(f"  {'':16}  suppressed {visible(said, limit=120)}")
    return lines


def _record(view: CaseView) -> list[str]:
    from netcordon.reporting.visible import visible

    case, lines = view.case, [""]
    lines.append("Notes" if case.notes else 'Notes: none yet (netcordon case note "TEXT")')
    for note in case.notes:
        last = note.wordings[-1]
        on = "" if note.about == "case" else f"  on {note.about} {note.object_id}"
        again = f"  (worded {len(note.wordings)} times)" if len(note.wordings) > 1 else ""
        lines.append(f"  {note.id}  {time_text(last.time)} UTC  {visible(last.author)}{on}{again}")
        lines += [f"      {visible(row, limit=300)}" for row in note.text.splitlines()[:12]]
    if case.moves or case.statements:
        lines += ["", "Phases"]
    for move in case.moves:
        how = f": {move.reason}" if move.reason else ""
        forced = (
            f", by force, {count_text(len(move.missing), 'condition')} missing"
            if move.forced
            else ""
        )
        said = f"{move.author}  {move.origin} → {move.target}{forced}{how}"
        lines.append(f"  {time_text(move.time)} UTC  {visible(said, limit=160)}")
    for word in case.statements:
        said = f"{word.author}  says {word.condition} holds: {word.text}"
        lines.append(f"  {time_text(word.time)} UTC  {visible(said, limit=160)}")
    return lines


def _rests_on(view: CaseView) -> list[str]:
    from netcordon.reporting.visible import visible

    lines = ["", "Runs"] if view.case.runs else []
    for run in view.case.runs:
        verdict = visible(str(run.outcome.get("verdict", "")), limit=100)
        lines.append(f"  {run.id}  {time_text(run.time)} UTC  {visible(run.author)}  {verdict}")
        if report := run.outcome.get("report"):
            lines.append(f"            {visible(str(report))}")
    lines += ["", "Evidence"] if view.evidence else []
    for item in view.evidence:
        unit = "lines " if item.facts.get("is_log") else "frames"
        lines.append(f"  {item.id}  {item.records:>10,} {unit}  {visible(item.path, limit=70)}")
        lines.append(f"  {'':19}  sha256 {item.sha256}")
    return lines
