"""``netcordon verify``: prove that nothing was changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import workspace_option


@click.command(name="verify")
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(workspace: Path, as_json: bool) -> int:
    """Hash every piece of evidence and every table again, and follow the journal's chain.

    Whatever differs is named: the file and its byte range, the table's file, the journal's entry.
    """
    from netcordon.reporting.visible import visible
    from netcordon.workflow.verify import verify

    result = verify(workspace)
    if as_json:
        sys.stdout.write(json.dumps(result.as_dict(), indent=2) + "\n")
        return result.exit_status
    for line in result.proved:
        sys.stdout.write(f"ok       {visible(line)}\n")
    for problem in result.problems:
        sys.stdout.write(f"CHANGED  {visible(problem, limit=None)}\n")
    sys.stdout.write(result.verdict + "\n")
    return result.exit_status
