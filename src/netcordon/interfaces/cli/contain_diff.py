"""``netcordon contain diff``: what differs between two recorded plans, and why."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option


@click.command(name="diff")
@click.argument("before", metavar="PLAN_A")
@click.argument("after", metavar="PLAN_B")
@workspace_option
@json_option
def command(before: str, after: str, workspace: Path, as_json: bool) -> int:
    """Name the ways, measures, commands, harms and gaps that came and went between two plans.

    First comes what they were made of that is not the same: incident, evidence, register, choices.
    Exit status: 0 they hold the same, 1 they differ.
    """
    from netcordon.reporting.plan_diff_text import plan_diff_json, plan_diff_text
    from netcordon.workflow.plan_documents import compare

    diff = compare(workspace, before, after, clock=now)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(plan_diff_json(diff) if as_json else plan_diff_text(diff, width=width))
    return int(bool(diff.parts))
