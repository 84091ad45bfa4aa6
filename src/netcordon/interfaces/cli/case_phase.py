"""``netcordon case phase|confirm|close|reopen``: through the gates of IRM-5."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netcordon.interfaces.cli.case_work import tell
from netcordon.interfaces.cli.options import (
    case_option,
    json_option,
    now,
    text_or_input,
    workspace_option,
)  # fmt: skip
from netcordon.model.casework import Ruling
from netcordon.model.quantity import count_text

if TYPE_CHECKING:
    from netcordon.workflow.cases import Board
    from netcordon.workflow.casework import Step
    from netcordon.workflow.gates import Check

REFUSED = 2
"""Exit status when a gate refuses: nothing was done."""


@click.command(name="phase")
@click.argument("target", required=False)
@click.option("--force", is_flag=True, help="Go on although conditions are missing; on record.")
@click.option("--reason", default="", help="Why; needed to force a gate and to go back.")
@case_option
@workspace_option
@json_option
def phase(
    target: str | None,
    force: bool,
    reason: str,
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Take the case to phase TARGET; without one, show the gate before it.

    \b
    P preparation     I identification  C containment
    M remediation     R recovery        L lessons learned

    Going on passes every gate on the way: what is missing is named with the command that supplies
    it. Going back is always allowed, with a reason.
    """
    from netcordon.workflow.cases import gate_of
    from netcordon.workflow.casework import move

    if target is None:
        case, board = gate_of(workspace, case_id, now())
        if as_json:
            told = {"case_id": case.id, "phase": case.phase, "conditions": _listed(board.checks)}
            sys.stdout.write(json.dumps(told, indent=1) + "\n")
        else:
            sys.stdout.write(_board_text(case.id, board))
        return 0
    step = move(workspace, case_id, target, force=force, reason=reason, clock=now)
    return _tell(step, as_json, f"{step.case.id} is in phase {step.case.phase}", "go on")


@click.command(name="confirm")
@click.argument("condition")
@click.argument("statement", required=False)
@case_option
@workspace_option
@json_option
def confirm(
    condition: str, statement: str | None, case_id: str | None, workspace: Path, as_json: bool
) -> None:
    """Put your word on record that CONDITION of a gate holds: STATEMENT, or standard input."""
    from netcordon.workflow.casework import confirm as take_down

    case = take_down(workspace, case_id, condition, text_or_input(statement), clock=now)
    said = case.statements[-1]
    done: dict[str, object] = {"case_id": case.id, "condition": said.condition}
    tell(as_json, done, f"{said.condition} holds by the word of {said.author}.", workspace)


@click.command(name="close")
@click.argument("ruling", type=click.Choice([r.value for r in Ruling]))
@click.option("--reason", default="", help="Why; without one it is refused.")
@click.option("--force", is_flag=True, help="Close a true case although gates are not passed.")
@case_option
@workspace_option
@json_option
def close(
    ruling: str, reason: str, force: bool, case_id: str | None, workspace: Path, as_json: bool
) -> int:
    """Close the case with RULING: true, false (nothing happened) or benign (it is harmless).

    A true case is closed when all gates up to the end are passed, or by --force.
    """
    from netcordon.workflow.casework import close as end

    step = end(workspace, case_id, Ruling(ruling), force=force, reason=reason, clock=now)
    return _tell(step, as_json, f"{step.case.id} is closed as {ruling}", "close it")


@click.command(name="reopen")
@click.argument("case_id", required=False)
@click.option("--reason", default="", help="Why; without one it is refused.")
@workspace_option
@json_option
def reopen(case_id: str | None, reason: str, workspace: Path, as_json: bool) -> None:
    """Open CASE_ID again (the one closed last when not given)."""
    from netcordon.workflow.casework import reopen as open_again

    case = open_again(workspace, case_id, reason, clock=now)
    tell(as_json, {"case_id": case.id, "phase": case.phase}, f"{case.id} is open again.", workspace)


def _tell(step: Step, as_json: bool, done: str, wanted: str) -> int:
    missing = step.missing
    lacking = f"{len(missing)} of {count_text(len(step.checks), 'condition')}"
    what = f"The gate refuses: {lacking} {'is' if len(missing) == 1 else 'are'} missing."
    if as_json:
        told: dict[str, object] = {
            "case_id": step.case.id,
            "phase": step.case.phase,
            "status": step.case.status,
            "made": step.made,
            "conditions": _listed(step.checks),
        }
        if not step.made:
            names = ", ".join(c.condition.id for c in missing)
            hint = "supply them, or --force --reason TEXT"
            told["error"] = {"code": "NC-803", "what": what, "why": names, "try": hint}
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
        return 0 if step.made else REFUSED
    if step.made:
        forced = f", by force: {lacking} missing" if missing else ""
        sys.stdout.write(f"{done}{forced}.\n")
        return 0
    lines = [f"NC-803  {what}", *_check_lines(missing)]
    lines.append(f"  or   {wanted} all the same, on record: --force --reason TEXT")
    sys.stderr.write("\n".join(lines) + "\n")
    return REFUSED


def _listed(checks: Sequence[Check]) -> list[dict[str, object]]:
    return [
        {
            "id": c.condition.id,
            "text": c.condition.text,
            "met_by": c.met_by or None,
            "try": None if c.met_by else c.command,
        }
        for c in checks
    ]


def _board_text(case_id: str, board: Board) -> str:
    onward = f"to {board.following.name}" if board.following else "to close it as true"
    head = f"{case_id}  {board.phase.name}: {board.met} of {len(board.checks)} conditions {onward}"
    return "\n".join([head, *_check_lines(board.checks)]) + "\n"


def _check_lines(checks: Sequence[Check]) -> list[str]:
    from netcordon.reporting.visible import visible

    lines: list[str] = []
    width = max((len(c.condition.id) for c in checks), default=0)
    by_word = False
    for check in checks:
        condition = check.condition
        mark = "yes" if check.met_by else "no "
        lines.append(f"  {mark}  {condition.id:{width}}  {condition.text}")
        if check.met_by:
            lines.append(f"       {'':{width}}  {visible(check.met_by, limit=200)}")
        else:
            lines.append(f"       {'':{width}}  try  {check.command}")
            by_word = by_word or bool(condition.supply)
    if by_word:
        lines.append('  Done elsewhere? netcordon case confirm CONDITION "WHAT, BY WHOM"')
    return lines
