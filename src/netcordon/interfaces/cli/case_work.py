"""``netcordon case new|note|assign``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from netcordon.interfaces.cli.options import (
    case_option,
    json_option,
    now,
    text_or_input,
    workspace_option,
)  # fmt: skip


@click.command(name="new")
@click.argument("title")
@click.option(
    "--phase", type=click.Choice(["preparation", "identification"]), default="identification",
    show_default=True, help="Phase it begins in.",
)  # fmt: skip
@click.option("--source", default="", help="How it came to notice: a call, an alert, a complaint.")
@workspace_option
@json_option
def new(title: str, phase: str, source: str, workspace: Path, as_json: bool) -> None:
    """Open a case called TITLE; the workspace is made when it is missing."""
    from netcordon.workflow.casework import new_case

    case = new_case(workspace, title, phase=phase, source=source, clock=now)
    tell(
        as_json,
        {"case_id": case.id, "phase": case.phase},
        f"{case.id} is open, in {case.phase}.",
        workspace,
    )


@click.command(name="note")
@click.argument("text", required=False)
@click.option(
    "--on", "about", default="", metavar="OBJECT",
    help="Finding, incident, evidence (by id) or address it is about [default: the case].",
)  # fmt: skip
@click.option("--edit", "note_id", metavar="NOTE", help="Word this note anew; the old text stays.")
@case_option
@workspace_option
@json_option
def note(
    text: str | None,
    about: str,
    note_id: str | None,
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """Take a note: TEXT, or standard input when it is - or left out."""
    from netcordon.workflow.casework import add_note, edit_note

    if note_id and (about or case_id):
        raise click.UsageError("--edit keeps what the note is about; leave --on and --case out")
    words = text_or_input(text)
    if note_id:
        case = edit_note(workspace, note_id, words, clock=now)
        tell(
            as_json,
            {"note_id": note_id, "case_id": case.id},
            f"{note_id} is worded anew.",
            workspace,
        )
        return
    note_id = add_note(workspace, case_id, words, about=about, clock=now)
    tell(as_json, {"note_id": note_id}, f"{note_id} is on record.", workspace)


@click.command(name="assign")
@click.argument("person")
@case_option
@workspace_option
@json_option
def assign(person: str, case_id: str | None, workspace: Path, as_json: bool) -> None:
    """Say that PERSON leads the case."""
    from netcordon.workflow.casework import assign as say

    case = say(workspace, case_id, person, clock=now)
    done = {"case_id": case.id, "assignee": case.assignee}
    tell(as_json, done, f"{case.assignee} leads {case.id}.", workspace)


def tell(as_json: bool, done: Mapping[str, object], sentence: str, workspace: Path) -> None:
    """What was done, as one JSON object or as one line; and what a run meanwhile makes of it."""
    from netcordon.reporting.visible import visible
    from netcordon.workflow.casework import run_beside

    if runner := run_beside(workspace):
        said = f"An investigation is running ({runner}); its report may lack this, the next has it."
        sys.stderr.write(visible(said) + "\n")
    text = json.dumps(dict(done), indent=1) if as_json else visible(sentence)
    sys.stdout.write(text + "\n")
