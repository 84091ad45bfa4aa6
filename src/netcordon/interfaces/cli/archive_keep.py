"""``netcordon archive hold`` and ``expire``: what must stay, and what may go."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.archive_options import as_day, place_option, sensor_option, width
from netcordon.interfaces.cli.options import (
    Moment,
    case_option,
    json_option,
    now,
    workspace_option,
)  # fmt: skip


@click.command(name="hold")
@click.option("--reason", default="", help="Why; needed.")
@click.option("--since", type=Moment(), help="Also everything of the days from this one (UTC).")
@click.option("--until", type=Moment(), help="The last of these days [default: the first].")
@sensor_option
@click.option("--release", "released", metavar="HOLD", help="End a hold instead.")
@click.option("--list", "listing", is_flag=True, help="List the holds instead.")
@case_option
@place_option
@workspace_option
@json_option
def hold(
    reason: str,
    since: datetime | None,
    until: datetime | None,
    sensors: tuple[str, ...],
    released: str | None,
    listing: bool,
    case_id: str | None,
    place: str,
    workspace: Path,
    as_json: bool,
) -> int:
    """Forbid to delete what a case rests on, whatever its age (legal hold).

    A hold stands in the archive and binds every workspace that uses it.

    Exit status: 0 it holds, or was released.
    """
    from netcordon.reporting.archive_text import holds_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow import archive_hold as work

    if until and not since:
        raise click.UsageError("--until needs --since")
    if since and until and since > until:
        raise click.UsageError("--since is later than --until")
    if listing:
        holds = work.holds(workspace, clock=now, place=place)
    elif released:
        holds = (work.release(workspace, released, reason, clock=now, place=place),)
    else:
        request = work.HoldRequest(
            case_id=case_id or "", reason=reason, first_day=as_day(since), last_day=as_day(until),
            sensors=sensors,
        )  # fmt: skip
        holds = (work.hold(workspace, request, clock=now, place=place),)
    text = holds_text(holds, width=width())
    sys.stdout.write(one_object("holds", holds) if as_json else text)
    return 0


@click.command(name="expire")
@click.option("--yes", "really", is_flag=True, help="Delete it; without, it is only listed.")
@place_option
@workspace_option
@json_option
def expire(really: bool, place: str, workspace: Path, as_json: bool) -> int:
    """Delete what need not be kept any longer by [retention], but nothing that is held.

    The catalogue goes on saying what there was, and when it was deleted.

    Exit status: 0 nothing is due or it was deleted, 1 something is due.
    """
    from netcordon.reporting.archive_put_text import DueLine, expire_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.archive_hold import expire as work

    found = work(workspace, clock=now, place=place, really=really)
    lines = [
        DueLine(one.segment.evidence_id, one.segment.label, len(one.names), one.bytes,
                tuple(hold.id for hold in one.holds))
        for one in found
    ]  # fmt: skip
    told = {"deleted": really, "due": [line._asdict() for line in lines]}
    text = expire_text(lines, really=really, width=width())
    sys.stdout.write(one_object("archive", told) if as_json else text)
    return int(not really and any(not line.holds for line in lines))
