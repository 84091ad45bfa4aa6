"""``netcordon contain rehearse``."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option


class Widening(click.ParamType[tuple[str, int]]):
    """A command and the length of a prefix: ``cmd-3=24``."""

    name = "command=prefix"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Both parts."""
        found = re.fullmatch(r"(cmd-[1-9][0-9]{0,8})=/?([0-9]{1,3})", str(value))
        if found is None:
            self.fail(f"{value!r} is no widening; write cmd-3=24", param, ctx)
        return found[1], int(found[2])


@click.command(name="rehearse")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--without", metavar="ID", multiple=True,
              help="What if this measure or command were left out? Repeat as needed.")  # fmt: skip
@click.option("--widen", type=Widening(), metavar="CMD=PREFIX", multiple=True,
              help="What if its network were this wide?")  # fmt: skip
@workspace_option
@json_option
def rehearse(
    plan_id: str | None,
    without: tuple[str, ...],
    widen: tuple[tuple[str, int], ...],
    workspace: Path,
    as_json: bool,
) -> int:
    """What a plan would do to recorded traffic, by a model and by real engines.

    PLAN is the id of a plan [default: the latest]. Its rules are read by Linux, Suricata, Unbound,
    BIND and Squid, where they are installed, in network namespaces that are thrown away; nothing
    else is touched. With --without or --widen, only the model says what would change; nothing is
    recorded then. Exit status: 0 passed (or would pass), 1 not passed.
    """
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    if without or widen:
        from netcordon.reporting.what_if_text import what_if_json, what_if_text
        from netcordon.workflow.what_if import what_if

        compared, plan, other = what_if(
            workspace, plan_id, without=without, widen=dict(widen), clock=now
        )
        sys.stdout.write(
            what_if_json(compared) if as_json else what_if_text(compared, plan, other, width=width)
        )
        return int(bool(compared.reasons))
    from netcordon.reporting.rehearsal_text import rehearsal_json, rehearsal_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.rehearse import rehearse_plan

    found = rehearse_plan(workspace, plan_id, clock=now)
    sys.stdout.write(
        rehearsal_json(found.rehearsal, found.not_recorded)
        if as_json
        else rehearsal_text(found.rehearsal, found.plan, width=width)
    )
    if found.not_recorded:
        sys.stderr.write(f"This rehearsal is not in the journal: {visible(found.not_recorded)}\n")
    return int(not found.rehearsal.passed)
