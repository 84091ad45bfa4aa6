"""``netcordon contain approvals``: how a plan stands, that as a file, and its check."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.contain_approve import show
from netcordon.interfaces.cli.options import json_option, now, workspace_option

_FILE = click.Path(path_type=Path)


@click.command(name="approvals")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--export", "export_path", type=_FILE, metavar="FILE",
              help="Write statements, signatures and public keys to a file.")  # fmt: skip
@click.option("--check", "check_path", type=_FILE, metavar="FILE",
              help="Check such a file; needs no workspace.")  # fmt: skip
@click.option("--plan", "plan_path", type=_FILE, metavar="FILE",
              help="With --check: the plan as contain plan --json prints it.")  # fmt: skip
@workspace_option
@json_option
def approvals(
    plan_id: str | None,
    export_path: Path | None,
    check_path: Path | None,
    plan_path: Path | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Who said what of PLAN, and the gate.

    Whether the plan [default: the latest] may be put in force now, and what is missing.
    Exit status: 0 it may (--check: every signature holds and the seats were filled), 1 it may not.
    """
    if plan_path and not check_path:
        raise click.UsageError("--plan belongs to --check")
    if check_path:
        if export_path or plan_id:
            raise click.UsageError("--check takes a file and, perhaps, --plan; nothing else")
        return _check(check_path, plan_path, as_json)
    from netcordon.workflow.approvals import standing

    found = standing(workspace, plan_id, clock=now)
    if export_path:
        from netcordon.reporting.visible import visible
        from netcordon.workflow.approvals_file import export
        from netcordon.workflow.new_file import new_text

        new_text(export_path, export(workspace, found.plan.id, now=now()))
        sys.stderr.write(f"{visible(str(export_path))} is written.\n")
    return show(found, as_json)


def _check(path: Path, plan_path: Path | None, as_json: bool) -> int:
    from netcordon.reporting.approvals_check_text import checked_json, checked_text
    from netcordon.workflow.approvals_file import check

    found = check(path, plan_path)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(checked_json(found) if as_json else checked_text(found, width=width))
    return int(bool(found.faults or found.missing))
