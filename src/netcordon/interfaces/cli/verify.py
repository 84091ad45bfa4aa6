"""``netcordon verify``: prove that nothing was changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import workspace_option


@click.command(name="verify")
@click.option("--head", default="", metavar="HEAD",
              help="The journal's head as it was kept elsewhere (evidence head).")  # fmt: skip
@click.option("--tsa-ca", "authorities", metavar="FILE", type=click.Path(path_type=Path),
              help="Prove time stamps by these authorities' certificates (PEM).")  # fmt: skip
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(head: str, authorities: Path | None, workspace: Path, as_json: bool) -> int:
    """Hash every piece of evidence and every table again, and follow the journal's chain.

    Whatever differs is named: the file and its byte range, the table's file, the journal's entry.
    Against somebody who writes the whole journal anew, only a --head that was kept elsewhere or a
    time stamp helps. Exit status: 0 all is as it was recorded, 1 something was changed.
    """
    from netcordon.model.quantity import count_text, size_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.verify import as_dict, verify

    result = verify(workspace, head=head, authorities=authorities)
    status = 0 if result.ok else 1
    if as_json:
        sys.stdout.write(json.dumps(as_dict(result), indent=1) + "\n")
        return status
    for problem in result.problems:
        said = visible(problem.what, limit=None)
        sys.stdout.write(f"{problem.state.upper():10} {problem.part}: {said}\n")
    last = result.checkpoint
    files = "1 exported file" if result.exports == 1 else f"{result.exports} exported files"
    exported = f"{files} proved unchanged.\n" if result.exports else ""
    if result.archived:
        exported += (
            f"The tables of {count_text(result.archived, 'piece')} of evidence stand in the "
            "archive: netcordon archive check --hashes proves them.\n"
        )
    if result.stamps:
        exported += f"{count_text(result.stamps, 'time stamp')} of the journal proved.\n"
    if result.stamps_unproved:
        left = count_text(result.stamps_unproved, "time stamp")
        why = (
            "certificates have expired (openssl ts -verify -attime proves them at their own time)"
            if authorities
            else "name who is believed with --tsa-ca"
        )
        exported += f"{left} not proved: {why}.\n"
    if head and result.ok:
        exported += "The journal goes on from the head that was given.\n"
    sys.stdout.write(
        f"{result.evidence} of the evidence and {result.tables} table files proved unchanged "
        f"({size_text(result.bytes)} hashed).\n"
        f"{exported}"
        f"Journal: {last.count} entries, head {last.hash}\n"
    )
    sys.stdout.write("All proofs hold.\n" if result.ok else "NOT as it was recorded.\n")
    return status
