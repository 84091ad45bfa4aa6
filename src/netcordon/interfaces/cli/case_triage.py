"""``netcordon case verdict|suppress|restore|stats``."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.case_work import tell
from netcordon.interfaces.cli.options import Moment, json_option, now, workspace_option
from netcordon.model.casework import Ruling
from netcordon.model.quantity import rfc3339, time_text

_RULINGS = click.Choice([ruling.value for ruling in Ruling])


@click.command(name="verdict")
@click.argument("finding")
@click.argument("ruling", type=_RULINGS)
@click.option("--reason", default="", help="Why; a ruling without one is refused.")
@workspace_option
@json_option
def verdict(finding: str, ruling: str, reason: str, workspace: Path, as_json: bool) -> None:
    """Rule on FINDING: true (malicious), false (it did not happen), benign (it is harmless).

    The ruling stands beside the finding in `case show` and in the next report, and counts in
    `case stats`. It hides nothing: to set a finding aside, see `case suppress` and `allow add`.
    """
    from netcordon.reporting.casework_json import judgement_object
    from netcordon.workflow.triage import rule_on

    judged = rule_on(workspace, finding, Ruling(ruling), reason, clock=now)
    sentence = f"{judged.finding_id} is ruled {ruling}: {judged.ruling.meaning}."
    tell(as_json, judgement_object(judged), sentence, workspace)


@click.command(name="suppress")
@click.argument("finding")
@click.option(
    "--until", type=Moment(), required=True, help="When it comes back (UTC), at most a year."
)
@click.option("--reason", default="", help="Why; without one it is refused.")
@workspace_option
@json_option
def suppress(finding: str, until: datetime, reason: str, workspace: Path, as_json: bool) -> None:
    """Set FINDING aside until a time; the next investigation lists it apart, then it comes back."""
    from netcordon.workflow.triage import suppress as set_aside

    title = set_aside(workspace, finding, until, reason, clock=now)
    done: dict[str, object] = {"finding_id": finding, "title": title, "until": rfc3339(until)}
    sentence = (
        f"{finding} is set aside until {time_text(until)} UTC. "
        "It takes effect with the next: netcordon investigate"
    )
    tell(as_json, done, sentence, workspace)


@click.command(name="restore")
@click.argument("finding")
@click.option("--reason", default="", help="Why; without one it is refused.")
@workspace_option
@json_option
def restore(finding: str, reason: str, workspace: Path, as_json: bool) -> None:
    """End the suppression of FINDING before its time."""
    from netcordon.workflow.triage import restore as bring_back

    bring_back(workspace, finding, reason, clock=now)
    tell(as_json, {"finding_id": finding}, f"{finding} counts again.", workspace)


@click.command(name="stats")
@workspace_option
@json_option
def stats(workspace: Path, as_json: bool) -> None:
    """How often each detector was right here, by your rulings, with the 95 % interval."""
    from dataclasses import asdict

    from netcordon.reporting.visible import visible
    from netcordon.workflow.triage import statistics

    records = statistics(workspace)
    if as_json:
        listed = [{**asdict(r), "ruled": r.ruled} for r in records]
        sys.stdout.write(json.dumps({"detectors": listed}, indent=1) + "\n")
        return
    if not records:
        sys.stdout.write("Nothing was ruled on yet: netcordon case verdict FINDING RULING\n")
        return
    width = max(8, *(len(r.detector) for r in records))
    head = f"{'detector':{width}}  {'true':>5}  {'false':>5}  {'benign':>6}  true share"
    sys.stdout.write(head + "\n")
    for r in records:
        share = f"{r.true / r.ruled:.0%} ({r.low:.0%} to {r.high:.0%})"
        line = f"{visible(r.detector):{width}}  {r.true:>5}  {r.false:>5}  {r.benign:>6}  {share}"
        sys.stdout.write(line + "\n")
