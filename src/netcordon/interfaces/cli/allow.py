"""``netcordon allow add|list|remove``."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from netcordon.interfaces.cli.case_work import tell
from netcordon.interfaces.cli.options import Moment, json_option, now, workspace_option
from netcordon.model.quantity import time_text

DEFAULT_DAYS = 90


@click.group(name="allow")
def command() -> None:
    """What is allowed: what, who answers for it, why and until when.

    Findings that it covers make no incident; every report lists them, with who allowed them. An
    entry ends by itself, and what it covered counts again.
    """


@command.command(name="add")
@click.argument(
    "what",
    type=click.Choice(
        ["address", "prefix", "name", "ja4", "user-agent", "detector", "pair", "signature"]
    ),
)
@click.argument("values", nargs=-1, required=True)
@click.option("--owner", default="", help="Who answers for it; needed.")
@click.option("--reason", default="", help="Why; needed.")
@click.option(
    "--days", type=click.IntRange(1, 365), help=f"Days it lasts [default: {DEFAULT_DAYS}]."
)
@click.option("--until", type=Moment(), help="When it ends (UTC), at most a year from now.")
@click.option("--detector", default="", metavar="ID", help="Only findings of this detector.")
@workspace_option
@json_option
def add(
    what: str,
    values: tuple[str, ...],
    owner: str,
    reason: str,
    days: int | None,
    until: datetime | None,
    detector: str,
    workspace: Path,
    as_json: bool,
) -> None:
    """Allow VALUES of kind WHAT.

    \b
    address     203.0.113.9    of ours: as the source only; outside: at either end
    prefix      10.9.0.0/24    likewise
    name        example.org    and all names under it, as destination
    ja4         t13d1516h2_…   all connections of the finding were opened by it
    user-agent  "Agent/1.*"    likewise; a * at the end takes any rest
    detector    recon_scan     all it finds
    pair        SRC DST        addresses or prefixes; DST may be a name
    signature   TOOL RULE      alerts of another tool, e.g. suricata 1:2013028
    """
    from netcordon.reporting.casework_json import allowance_object
    from netcordon.workflow.allowing import allow

    if days and until:
        raise click.UsageError("--days and --until say the same; give one")
    allowed = allow(
        workspace,
        what,
        values,
        owner=owner,
        reason=reason,
        expires=until or now() + timedelta(days=days or DEFAULT_DAYS),
        detector=detector,
        clock=now,
    )
    sentence = (
        f"{allowed.id} allows {allowed.label()} until {time_text(allowed.expires)} UTC. "
        "It takes effect with the next: netcordon investigate"
    )
    tell(as_json, allowance_object(allowed), sentence, workspace)


@command.command(name="list")
@click.option("--all", "all_", is_flag=True, help="Expired and removed ones as well.")
@workspace_option
@json_option
def list_(all_: bool, workspace: Path, as_json: bool) -> None:
    """What is allowed now."""
    from netcordon.reporting.casework_json import allowance_object
    from netcordon.reporting.visible import visible
    from netcordon.workflow.allowing import allowances

    moment = now()
    found = allowances(workspace)
    shown = [a for a in found if all_ or a.in_force(moment)]
    if as_json:
        listed = [{**allowance_object(a), "in_force": a.in_force(moment)} for a in shown]
        sys.stdout.write(json.dumps({"allowances": listed}, indent=1) + "\n")
        return
    for a in shown:
        until = f"until {time_text(a.expires)} UTC"
        if a.removed:
            until = f"removed: {visible(a.removed, limit=80)}"
        elif not a.in_force(moment):
            until = f"expired {time_text(a.expires)} UTC"
        sys.stdout.write(f"{a.id}  {visible(a.label())}  {until}\n")
        why = f"owner {a.owner}, written by {a.author}: {a.reason}"
        sys.stdout.write(f"{'':{len(a.id)}}  {visible(why, limit=160)}\n")
    ended = len(found) - len(shown)
    if ended:
        sys.stdout.write(f"{ended} more ended (--all shows them).\n")
    elif not shown:
        sys.stdout.write("Nothing is allowed: every finding counts.\n")


@command.command(name="remove")
@click.argument("allowance")
@click.option("--reason", default="", help="Why; needed.")
@workspace_option
@json_option
def remove(allowance: str, reason: str, workspace: Path, as_json: bool) -> None:
    """End ALLOWANCE (its id) before its time."""
    from netcordon.reporting.casework_json import allowance_object
    from netcordon.workflow.allowing import disallow

    ended = disallow(workspace, allowance, reason, clock=now)
    tell(
        as_json,
        allowance_object(ended),
        f"{ended.id} ended: what it covered counts again.",
        workspace,
    )
