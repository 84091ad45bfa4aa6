"""``netcordon contain verify|probe``: proof that a plan does what it should."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)


@click.command(name="verify")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option(
    "--after", "captures", metavar="CAPTURE", multiple=True, required=True,
    help="Traffic recorded after the plan came into force; repeat it.",
)  # fmt: skip
@click.option(
    "--sensor", type=click.Choice(["near", "far"]), default="near", show_default=True,
    help="Where it was recorded: on our side of the devices, or beyond them.",
)  # fmt: skip
@workspace_option
@json_option
def verify(
    plan_id: str | None,
    captures: tuple[str, ...],
    sensor: str,
    workspace: Path,
    as_json: bool,
) -> int:
    """Judge every command of a plan by traffic recorded afterwards.

    Captures become evidence of the workspace. Told are the packets that got past each command, with
    the frames they stand in, and who keeps trying. Exit status: 0 nothing got through, 1 something
    did, or the recording cannot say.
    """
    from netcordon.interfaces.cli.progress import observer
    from netcordon.model.proof import Sensor
    from netcordon.reporting.one_object import one_object
    from netcordon.reporting.proof_text import proof_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.devices import Devices
    from netcordon.workflow.prove import prove

    with observer(0) as watching:
        found = prove(
            workspace, plan_id, captures, Devices(now), sensor=Sensor(sensor), observer=watching
        )
    sys.stdout.write(one_object("proof", found) if as_json else proof_text(found, width=_width()))
    for problem in found.problems:
        sys.stderr.write(f"Note: {visible(problem, limit=300)}\n")
    return int(not found.holds)


@click.command(name="probe")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@workspace_option
@json_option
def probe(plan_id: str | None, workspace: Path, as_json: bool) -> int:
    """Make the probes of a plan from this machine: real connections, datagrams, look-ups, echoes.

    A probe names the address it is made from; those of other machines are not made, and say so.
    Exit status: 0 every probe that was made went as it must, 1 one did not, or none could be made.
    """
    from netcordon.reporting.one_object import one_object
    from netcordon.reporting.proof_text import probes_text
    from netcordon.workflow.probe import probe as make

    made = make(workspace, plan_id, clock=now)
    sys.stdout.write(one_object("probes", made) if as_json else probes_text(made, width=_width()))
    told = [each.good for each in made if each.good is not None]
    return int(not told or not all(told))
