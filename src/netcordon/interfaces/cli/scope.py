"""``netcordon scope FINDING|INCIDENT``: who else."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import now, workspace_option


@click.command(name="scope")
@click.argument("subject", metavar="FINDING|INCIDENT")
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("-v", "--verbose", count=True, help="Name every host and every reason.")
def command(subject: str, workspace: Path, as_json: bool, verbose: int) -> int:
    """Find every host of ours with the same shape as a finding or incident.

    The same destination, name, registered domain, TLS fingerprint, rhythm and size under one
    fingerprint, certificate, user agent, file or account; each with its reason, also before the
    first alert. What most hosts share is named and not counted.

    The journal remembers it: the gate of the identification asks for it. Exit status: 0 nobody
    else, 1 others were found.
    """
    from netcordon.reporting.scope_text import scope_json, scope_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.scope import scope

    found, not_recorded = scope(workspace, subject, clock=now)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(
        scope_json(found, not_recorded)
        if as_json
        else scope_text(found, width=width, detail=verbose)
    )
    if not_recorded:
        sys.stderr.write(f"This scope query is not in the journal: {visible(not_recorded)}\n")
    return 1 if found.new_hosts else 0
