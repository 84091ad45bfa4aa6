"""``netcordon contain rules``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option


@click.command(name="rules")
@click.argument("incident_id", metavar="[INCIDENT]", required=False)
@click.option("-o", "--output", "folder", metavar="DIR", required=True,
              type=click.Path(path_type=Path), help="New directory for the rules.")  # fmt: skip
@click.option("--ordinary", metavar="CAPTURE", multiple=True, type=click.Path(path_type=Path),
              help="A capture in which nothing is the attacker's. Repeat as needed.")  # fmt: skip
@click.option("--keep", is_flag=True,
              help="Write rules that miss the evidence or hit ordinary traffic too.")  # fmt: skip
@workspace_option
@json_option
def rules(
    incident_id: str | None,
    folder: Path,
    ordinary: tuple[Path, ...],
    keep: bool,
    workspace: Path,
    as_json: bool,
) -> int:
    """Write Suricata and Sigma rules for the behaviour of an incident.

    INCIDENT is its id [default: the most severe one]. Each rule is tried first: it must hit the
    incident's flows in the evidence, none of the others, and nothing in captures that are ordinary.
    Exit status: 0 rules were written, 1 none was worth it.
    """
    from netcordon.reporting.rules_text import rules_json, rules_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.write_rules import write_rules

    done = write_rules(workspace, incident_id, folder, ordinary=ordinary, keep=keep, clock=now)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(
        rules_json(
            done.incident_id, str(folder), done.signatures, done.written, done.files, done.notes,
            recorded=done.not_recorded is None,
        )
        if as_json
        else rules_text(
            f"{done.incident_id}: {done.title}", str(folder), done.signatures, done.written,
            done.notes, width=width,
        )
    )  # fmt: skip
    if done.not_recorded:
        sys.stderr.write(f"These rules are not in the journal: {visible(done.not_recorded)}\n")
    return int(not done.files)
