"""``netcordon contain check|plan``: from an incident to the least harmful plan."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from netcordon.interfaces.cli.contain_approvals import approvals
from netcordon.interfaces.cli.contain_approve import approve, refuse, withdraw
from netcordon.interfaces.cli.contain_ask import answer, ask
from netcordon.interfaces.cli.contain_check_document import command as check_document
from netcordon.interfaces.cli.contain_diff import command as diff
from netcordon.interfaces.cli.contain_done import done
from netcordon.interfaces.cli.contain_enforce import confirm, enforce, undo
from netcordon.interfaces.cli.contain_export import command as export
from netcordon.interfaces.cli.contain_guard import guard
from netcordon.interfaces.cli.contain_rehearse import rehearse
from netcordon.interfaces.cli.contain_remedy import remedy
from netcordon.interfaces.cli.contain_rules import rules
from netcordon.interfaces.cli.contain_status import ledger, reconcile, status
from netcordon.interfaces.cli.contain_verify import probe, verify
from netcordon.interfaces.cli.duration import Duration
from netcordon.interfaces.cli.options import case_option, json_option, now, workspace_option
from netcordon.interfaces.cli.sections import SectionedGroup

_SECTIONS = {
    "Plan": ("check", "plan", "diff", "rehearse", "rules"),
    "Decide": ("approve", "refuse", "withdraw", "approvals", "ask", "answer"),
    "In force, and back": ("enforce", "confirm", "done", "status", "reconcile", "undo", "ledger"),
    "Afterwards": ("verify", "probe"),
    "For others": ("export", "check-document", "remedy"),
}


@click.group(name="contain", cls=SectionedGroup, sections=_SECTIONS)
@click.pass_context
def command(context: click.Context) -> None:
    """Stop an incident without stopping the organisation."""
    from netcordon.reporting.visible import visible
    from netcordon.workflow.orphans import see_to_orphans

    if context.invoked_subcommand == guard.name:
        return  # the guard of a run sees to that run alone
    for problem in see_to_orphans(now):
        sys.stderr.write(f"Note: {visible(problem, limit=300)}\n")


@command.command(name="check")
@workspace_option
@json_option
def check(workspace: Path, as_json: bool) -> int:
    """What netcordon.toml must still say before containment can be trusted.

    Exit status: 0 nothing is missing, 1 something is.
    """
    from netcordon.reporting.visible import visible
    from netcordon.workflow.register_check import check_register

    missing = check_register(workspace, clock=now)
    if as_json:
        sys.stdout.write(json.dumps({"missing": list(missing)}, indent=2) + "\n")
    elif missing:
        for text in missing:
            said = click.wrap_text(visible(text, limit=300), 100, subsequent_indent="  ")
            sys.stdout.write(f"{said}\n")
    else:
        sys.stdout.write("Zones, boundaries, devices, vital flows: nothing is missing.\n")
    return int(bool(missing))


@command.command(name="plan")
@case_option
@click.option(
    "--incident", "incident_ids", metavar="ID", multiple=True,
    help="Contain this one [default: all that are high or critical].",
)  # fmt: skip
@click.option(
    "--confirm", "confirmed", metavar="WAY", multiple=True,
    help="A way that only looks like the attacker's is his.",
)  # fmt: skip
@click.option(
    "--for", "duration_s", type=Duration(), default="24h", show_default=True,
    help="How long the measures hold.",
)  # fmt: skip
@click.option(
    "--prefer", metavar="WAY=HOW", multiple=True,
    help="Instead of cutting it: slow, pin (known clients only), geo, mfa, isolate or leave.",
)  # fmt: skip
@click.option("--isolate", metavar="ADDRESS", multiple=True, help="Isolate this host of ours.")
@click.option("--isolate-zone", "areas", metavar="ZONE", multiple=True, help="Disconnect a zone.")
@click.option(
    "--pap", metavar="WAY=COLOUR", multiple=True,
    help="What may be done with what is known of a way: red, amber, green or clear.",
)  # fmt: skip
@click.option(
    "--override", metavar="WAY", multiple=True, help="Block it against its marking; needs --reason."
)
@click.option("--reason", default="", help="Why a marking is overridden; stands in the plan.")
@click.option(
    "--posture", type=click.Choice(["fast", "discreet"]), default="fast", show_default=True,
    help="Cut at once, or do first what the attacker does not notice.",
)  # fmt: skip
@click.option(
    "--export", "exports", metavar="FILE", multiple=True, type=click.Path(path_type=Path),
    help="Write it too: plan.md, plan.cacao.json or plan.openc2.json.",
)  # fmt: skip
@click.option("-v", "--verbose", count=True, help="Name every way and harm; twice: the rules too.")
@workspace_option
@json_option
def plan(
    case_id: str | None,
    incident_ids: tuple[str, ...],
    confirmed: tuple[str, ...],
    duration_s: int,
    exports: tuple[Path, ...],
    verbose: int,
    workspace: Path,
    as_json: bool,
    **said: Any,
) -> int:
    """Make the least harmful plan that closes every way of the attacker.

    What each measure would stop is measured on all recorded traffic. Nothing is put in force.
    Exit status: 0 every way is closed, by a device or a person's task; 1 some stay open.
    """
    from netcordon.reporting.plan_text import plan_json, plan_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.contain import PlanRequest
    from netcordon.workflow.contain import plan as make
    from netcordon.workflow.plan_documents import named_well, write_plan

    for path in exports:
        named_well(path)
    planned = make(
        workspace,
        PlanRequest(
            case_id=case_id,
            incident_ids=incident_ids,
            confirmed=confirmed,
            duration_s=duration_s,
            **said,
        ),
        clock=now,
    )
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(
        plan_json(planned.plan, planned.not_recorded)
        if as_json
        else plan_text(planned.plan, width=width, detail=verbose)
    )
    if planned.not_recorded:
        sys.stderr.write(f"This plan is not in the journal: {visible(planned.not_recorded)}\n")
    for path in exports:
        written = write_plan(planned.plan, path, planned.tlp)
        for command_id, why in written.left_out.items():
            sys.stderr.write(f"{command_id} is not in {visible(path.name)}: {visible(why)}\n")
    return int(planned.plan.is_open)


for each in (
    rules,
    rehearse,
    approve,
    refuse,
    withdraw,
    approvals,
    ask,
    answer,
    remedy,
    enforce,
    confirm,
    status,
    reconcile,
    undo,
    ledger,
    guard,
    export,
    check_document,
    diff,
    done,
    verify,
    probe,
):
    command.add_command(each)
