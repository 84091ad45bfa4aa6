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
    from netcordon.model.quantity import size_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.verify import as_dict, verify

    result = verify(workspace)
    status = 0 if result.ok else 1
    if as_json:
        sys.stdout.write(json.dumps(as_dict(result), indent=1) + "\n")
        return status
    for problem in result.problems:
        said = visible(problem.what, limit=None)
        sys.stdout.write(f"{problem.state.upper():10} {problem.part}: {said}\n")
    head = result.checkpoint
    files = "1 exported file" if result.exports == 1 else f"{result.exports} exported files"
    exported = f"{files} proved unchanged.\n" if result.exports else ""
    sys.stdout.write(
        f"{result.evidence} of the evidence and {result.tables} table files proved unchanged "
        f"({size_text(result.bytes)} hashed).\n"
        f"{exported}"
        f"Journal: {head.count} entries, head {head.hash}\n"
    )
    sys.stdout.write("All proofs hold.\n" if result.ok else "NOT as it was recorded.\n")
    return status
