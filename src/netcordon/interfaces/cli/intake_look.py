"""``netcordon intake list|show|stats``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.intake_take import width
from netcordon.interfaces.cli.options import json_option, now, workspace_option


@click.command(name="list")
@click.option("--open", "only_open", is_flag=True, help="Without those that are closed.")
@click.option("--overdue", "only_late", is_flag=True, help="Only those whose answer is late.")
@workspace_option
@json_option
def list_(only_open: bool, only_late: bool, workspace: Path, as_json: bool) -> int:
    """Every report: state, by whom, until when, and whether the evidence shows something of it.

    Exit status: 0 no answer is late, 1 some are.
    """
    from netcordon.reporting.intake_data import filed_json
    from netcordon.reporting.intake_text import list_text
    from netcordon.workflow.intake import reports

    moment = now()
    found = [
        one for one in reports(workspace, clock=now)
        if not (only_open and one.closed) and not (only_late and not one.is_overdue(moment))
    ]  # fmt: skip
    shown = filed_json(found, moment) if as_json else list_text(found, moment, width=width())
    sys.stdout.write(shown)
    return int(any(one.is_overdue(moment) for one in found))


@click.command(name="show")
@click.argument("report")
@click.option("--again", is_flag=True, help="Look through the evidence once more.")
@workspace_option
@json_option
def show(report: str, again: bool, workspace: Path, as_json: bool) -> int:
    """Show REPORT (intake-0001, or 1).

    Exit status: 0 nothing of it stands in the evidence, 1 something does.
    """
    from netcordon.reporting.intake_data import one_json
    from netcordon.reporting.intake_text import report_text
    from netcordon.workflow.intake import look_again, report_named

    look = look_again if again else report_named
    filed = look(workspace, report, clock=now)
    shown = one_json(filed, now()) if as_json else report_text(filed, now(), width=width())
    sys.stdout.write(shown)
    return int(bool(filed.hunted and filed.hunted.hits))


@click.command(name="stats")
@workspace_option
@json_option
def stats(workspace: Path, as_json: bool) -> None:
    """How many reports came through which channel, and what became of them."""
    from netcordon.reporting.intake_data import stats_json
    from netcordon.reporting.intake_text import stats_text
    from netcordon.workflow.intake import reports

    found = reports(workspace, clock=now)
    sys.stdout.write(
        stats_json(found, now()) if as_json else stats_text(found, now(), width=width())
    )
