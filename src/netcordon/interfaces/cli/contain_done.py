"""``netcordon contain done MEASURE``: a person did what no device can be told."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option


@click.command(name="done")
@click.argument("measure_ids", metavar="MEASURE...", nargs=-1, required=True)
@click.option("--plan", "plan_id", metavar="PLAN", help="Of this plan [default: the latest].")
@click.option("--note", default="", metavar="TEXT", help="What was done, or why it need not be.")
@workspace_option
@json_option
def done(
    measure_ids: tuple[str, ...], plan_id: str | None, note: str, workspace: Path, as_json: bool
) -> int:
    """Say that measures are done which people do: memory copied, an account disabled.

    What comes after them can be put in force then. Your name and the time go on record.
    Exit status: 0 it is on record.
    """
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.task_done import task_done

    plan = task_done(workspace, measure_ids, plan_id=plan_id, note=note, clock=now)
    names = ", ".join(measure_ids)
    sys.stdout.write(
        one_object("done", {"plan_id": plan, "measure_ids": list(measure_ids)})
        if as_json
        else f"Done: {names} of {plan}, on record.\n"
    )
    return 0
