"""``netcordon explain FINDING``: why."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import workspace_option


@click.command(name="explain")
@click.argument("finding", metavar="FINDING")
@workspace_option
@click.option("--sql", "with_sql", is_flag=True, help="Also the query, its parameters written in.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(finding: str, workspace: Path, with_sql: bool, as_json: bool) -> int:
    """Say why a finding says what it says, and what would change it.

    Every sign with its weight, what harmless thing looks the same, the query that found it, some of
    its rows, and where to look next.
    """
    from netcordon.reporting.explain_text import explain_json, explain_text
    from netcordon.workflow.explain import explain

    why = explain(workspace, finding)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(
        explain_json(why) if as_json else explain_text(why, width=width, with_sql=with_sql)
    )
    return 0
