"""``netcordon contain enforce|confirm|undo``: an approved plan comes into force, and goes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import Span, json_option, now, workspace_option


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)


def _complain(problems: tuple[str, ...]) -> None:
    from netcordon.reporting.visible import visible

    for problem in problems:
        sys.stderr.write(f"Note: {visible(problem, limit=300)}\n")


@click.command(name="enforce")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--only", metavar="MEASURE", multiple=True, help="This measure alone; repeat it.")
@click.option(
    "--window", "window_s", type=Span(), default="60s", show_default=True,
    help="What nobody confirms within this time is taken back.",
)  # fmt: skip
@click.option(
    "--yes", "confirmed", is_flag=True,
    help="Ask nothing; confirm without a person when every probe goes as it must.",
)  # fmt: skip
@workspace_option
@json_option
def enforce(
    plan_id: str | None,
    only: tuple[str, ...],
    window_s: int,
    confirmed: bool,
    workspace: Path,
    as_json: bool,
) -> int:
    """Put an approved plan in force at its devices.

    PLAN is the id of a plan [default: the latest]. Every device is asked afterwards what it has;
    only that counts. A guard that survives this program and this session takes everything back
    unless somebody says `netcordon contain confirm` within the window; so it does at once when
    a flow that must work stops. Exit status: 0 in force, or waiting for its confirmation; 1 some
    of it is not in force.
    """
    from netcordon.reporting.enforcement_text import enforced_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.devices import Devices
    from netcordon.workflow.enforce import EnforceRequest
    from netcordon.workflow.enforce import enforce as put

    if not confirmed and not as_json and sys.stdin.isatty():
        click.confirm("Put it in force now?", abort=True, err=True)
    found = put(
        workspace,
        EnforceRequest(plan_id=plan_id, only=only, window_s=window_s, confirmed=confirmed),
        Devices(now),
    )
    sys.stdout.write(
        one_object("enforced", found) if as_json else enforced_text(found, width=_width())
    )
    _complain(found.problems)
    return int(not found.holds)


@click.command(name="confirm")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--at", "points", metavar="DEVICE", multiple=True, help="At this device alone.")
@workspace_option
@json_option
def confirm(plan_id: str | None, points: tuple[str, ...], workspace: Path, as_json: bool) -> int:
    """Let stand what was put in force; or say that you typed what a device was to be told.

    Each device is asked once more first. Exit status: 0 it stands, 1 some of it was taken back.
    """
    from netcordon.reporting.enforcement_text import confirmed_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.confirm import confirm as let_stand
    from netcordon.workflow.devices import Devices

    found = let_stand(workspace, plan_id, Devices(now), points=points)
    sys.stdout.write(
        one_object("confirmed", found) if as_json else confirmed_text(found, width=_width())
    )
    _complain(found.problems)
    return int(bool(found.taken_back))


@click.command(name="undo")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option(
    "--only", metavar="ID", multiple=True, help="This measure or command alone; repeat it."
)
@click.option("--reason", default="", metavar="TEXT", help="Why, for the record.")
@workspace_option
@json_option
def undo(
    plan_id: str | None, only: tuple[str, ...], reason: str, workspace: Path, as_json: bool
) -> int:
    """Take back what stands of a plan, newest first, and compare with the configuration of before.

    Exit status: 0 all of it is gone, or a person is to type it; 1 some of it is still there.
    """
    from netcordon.reporting.enforcement_text import undone_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.devices import Devices
    from netcordon.workflow.undo import undo as take_back

    found = take_back(workspace, plan_id, Devices(now), only=only, why=reason[:2000])
    sys.stdout.write(one_object("undone", found) if as_json else undone_text(found, width=_width()))
    _complain(found.problems)
    return int(any(each.problem for each in found.devices))
