"""``netcordon contain status|ledger|reconcile``: what stands, and whether devices agree."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)


def _complain(problems: tuple[str, ...]) -> None:
    from netcordon.reporting.visible import visible

    for problem in problems:
        sys.stderr.write(f"Note: {visible(problem, limit=300)}\n")


@click.command(name="status")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@workspace_option
@json_option
def status(plan_id: str | None, workspace: Path, as_json: bool) -> int:
    """Where each command of a plan is: its state, what it counted, until when it holds.

    Devices are asked; what is over its time is taken back. Exit status: 0 every command stands as
    it should, 1 one is lost, failed, or could not be looked at.
    """
    from netcordon.reporting.in_force_text import status_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.devices import Devices
    from netcordon.workflow.in_force import status as look

    found = look(workspace, plan_id, Devices(now))
    sys.stdout.write(
        one_object("status", found) if as_json else status_text(found, now(), width=_width())
    )
    _complain(found.problems)
    return int(not found.is_sound)


@click.command(name="ledger")
@json_option
def ledger(as_json: bool) -> int:
    """What stands anywhere: every case of every workspace of this user. No workspace is needed."""
    from netcordon.reporting.in_force_text import ledger_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.devices import Devices
    from netcordon.workflow.in_force import ledger as read

    rows, problems = read(Devices(now))
    sys.stdout.write(
        one_object("ledger", rows) if as_json else ledger_text(rows, now(), width=_width())
    )
    _complain(problems)
    return 0


@click.command(name="reconcile")
@click.option("--all", "everything", is_flag=True, help="Every case of every workspace of yours.")
@click.option("--repair", is_flag=True, help="Put back what is lost, remove what is left over.")
@workspace_option
@json_option
def reconcile(everything: bool, repair: bool, workspace: Path, as_json: bool) -> int:
    """Compare what devices have with what they should have; take back what is over its time.

    Made to be run every minute by a timer, for devices that keep no time themselves. Exit status: 0
    ledger and devices agree, 1 they do not.
    """
    from netcordon.reporting.in_force_text import reconciled_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.devices import Devices
    from netcordon.workflow.in_force import reconcile as compare

    found = compare(None if everything else workspace, Devices(now), repair=repair)
    sys.stdout.write(
        one_object("reconciled", found)
        if as_json
        else reconciled_text(found, repair=repair, width=_width())
    )
    _complain(found.problems)
    return int(not found.is_sound)
