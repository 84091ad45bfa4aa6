"""``netcordon case host``: a compromised computer and the intrusion sheet of its system."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netcordon.interfaces.cli.options import case_option, json_option, now, workspace_option

if TYPE_CHECKING:
    from netcordon.workflow.taken_hosts import HostSheet


@click.command(name="host")
@click.argument("address", required=False)
@click.option("--system", default="", type=click.Choice(["", "windows", "linux"]),
              help="[default: as it announced itself].")  # fmt: skip
@click.option("--done", "step", metavar="STEP", help="This step was done; say what with --note.")
@click.option("--note", default="", help="What was done and where it is, or why it is left out.")
@case_option
@workspace_option
@json_option
def host(
    address: str | None,
    system: str,
    step: str | None,
    note: str,
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Name ADDRESS compromised and get the sheet of its system; or record a step of it.

    Without ADDRESS, all of the case. Isolating such a host before its memory was saved asks for a
    reason. Exit status: 0 every step is done, 1 some are open.
    """
    from netcordon.workflow.taken_hosts import do_step, mark_taken, sheets

    if address is None:
        found = sheets(workspace, case_id, clock=now)
    elif step:
        found = (do_step(workspace, case_id, address, step, note, clock=now),)
    else:
        found = (mark_taken(workspace, case_id, address, system, clock=now),)
    sys.stdout.write(_json(found) if as_json else _text(found))
    return int(any(one.open for one in found))


def _steps(one: HostSheet) -> list[tuple[str, str, str, str]]:
    return [(step.id, step.part, step.text, step.how) for step in one.sheet.steps]


def _json(found: tuple[HostSheet, ...]) -> str:
    from netcordon.reporting.host_text import sheet_object, sheets_object

    listed = [sheet_object(one.host, one.sheet.number, _steps(one)) for one in found]
    return json.dumps(sheets_object(listed), indent=1, sort_keys=True) + "\n"


def _text(found: tuple[HostSheet, ...]) -> str:
    from netcordon.reporting.host_text import sheet_text

    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    texts = [
        sheet_text(one.host, one.sheet.number, one.sheet.title, _steps(one), width=width)
        for one in found
    ]
    return "\n".join(texts) or "No computer is named compromised: netcordon case host ADDRESS\n"
