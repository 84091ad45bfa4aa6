"""``netcordon contain export``: a recorded plan as a file for people and programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option

TLP_NAMES = ("clear", "green", "amber", "amber+strict", "red")


def tlp_option(function: click.decorators.FC) -> click.decorators.FC:
    """``--tlp``."""
    return click.option(
        "--tlp", type=click.Choice(TLP_NAMES, case_sensitive=False),
        help="Marking of the file [default: that of netcordon.toml, else amber].",
    )(function)  # fmt: skip


@click.command(name="export")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option(
    "-o", "--output", metavar="FILE", required=True, type=click.Path(path_type=Path),
    help="plan.md, plan.cacao.json (CACAO 2.0) or plan.openc2.json (OpenC2).",
)  # fmt: skip
@tlp_option
@workspace_option
@json_option
def command(
    plan_id: str | None, output: Path, tlp: str | None, workspace: Path, as_json: bool
) -> int:
    """Write a plan as Markdown, as a CACAO playbook, or as OpenC2 commands.

    PLAN is the id of a plan [default: the latest]. The end of the file's name decides what it is.
    Exit status: 0 everything was written, 1 some commands cannot be said in it; they are named.
    """
    from netcordon.model.handling import TLP
    from netcordon.reporting.visible import visible
    from netcordon.workflow.plan_documents import export_plan

    marking = TLP(f"TLP:{tlp.upper()}") if tlp else None
    written = export_plan(workspace, plan_id, output, marking, clock=now)
    if as_json:
        shown = {
            "plan_id": written.plan_id, "path": str(written.path), "sha256": written.sha256,
            "bytes": written.bytes, "left_out": dict(written.left_out),
        }  # fmt: skip
        sys.stdout.write(json.dumps(shown, indent=2, sort_keys=True) + "\n")
    else:
        sys.stdout.write(
            f"{written.plan_id} is in {visible(str(written.path))}, {written.bytes:,} bytes, "
            f"SHA-256 {written.sha256}\n"
        )
        for command_id, why in written.left_out.items():
            sys.stdout.write(f"{command_id} is not in it: {visible(why)}\n")
    return int(bool(written.left_out))
