"""``netcordon case ask|asked|answered``: a question to somebody who knows more."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from netcordon.interfaces.cli.options import (
    Moment,
    case_option,
    json_option,
    now,
    workspace_option,
)  # fmt: skip
from netcordon.model.handling import TLP

_TLPS = {tlp.value.removeprefix("TLP:").lower(): tlp for tlp in TLP}
_SOON = timedelta(hours=24)


@click.command(name="ask")
@click.argument("question")
@click.option("--to", "expert", required=True, help="Who is asked.")
@click.option("--due", type=Moment(), help="Until when (UTC) [default: in 24 hours].")
@click.option("--tlp", type=click.Choice(list(_TLPS)),
              help="Hand over nothing marked higher [default: the case's marking].")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
              help="Write the page here (Markdown) instead of to the terminal.")  # fmt: skip
@case_option
@workspace_option
@json_option
def ask(
    question: str,
    expert: str,
    due: datetime | None,
    tlp: str | None,
    output: Path | None,
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Ask an expert QUESTION: one page with what is known, the largest flows, and hashes.

    The question goes on record with the hash of the page; `case asked` names what is overdue. Exit
    status: 0 asked.
    """
    from netcordon.reporting.handover import first_line
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.handover import ask_for_help

    done = ask_for_help(
        workspace, case_id, question, expert, due or now() + _SOON,
        _TLPS[tlp] if tlp else None, output, clock=now,
    )  # fmt: skip
    if as_json:
        shown = one_object("asked", {"page": done.page, "text": done.text, "sha256": done.sha256})
    else:
        shown = f"{first_line(done.page, str(output))}\n" if output else done.text
    sys.stdout.write(shown)
    return 0


@click.command(name="asked")
@workspace_option
@json_option
def asked(workspace: Path, as_json: bool) -> int:
    """Every question to an expert, answered or not.

    Exit status: 0 no answer is late, 1 some are.
    """
    from netcordon.reporting.handover import asked_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.handover import asked as every

    found, moment = every(workspace, clock=now), now()
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    shown = one_object("asked", found) if as_json else asked_text(found, moment, width=width)
    sys.stdout.write(shown)
    return int(any(one.is_overdue(moment) for one in found))


@click.command(name="answered")
@click.argument("request")
@click.argument("text")
@workspace_option
@json_option
def answered(request: str, text: str, workspace: Path, as_json: bool) -> None:
    """Put the answer TEXT to REQUEST (help-0001) on record."""
    from netcordon.interfaces.cli.case_work import tell
    from netcordon.workflow.handover import answer

    done = answer(workspace, request, text, clock=now)
    tell(as_json, {"request": done.id, "answer": done.answer}, f"{done.id} is answered.", workspace)
