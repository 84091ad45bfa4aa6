"""``netcordon archive find``: indicators against everything that is archived."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.archive_options import place_option, sensor_option, width
from netcordon.interfaces.cli.options import Moment, json_option, now, workspace_option
from netcordon.model.hunt import WantedType

_TYPES = [type_.value for type_ in WantedType if type_ is not WantedType.PORT]


@click.command(name="find")
@click.argument("indicators", nargs=-1, metavar="[INDICATOR]...")
@click.option("-f", "--file", "files", multiple=True, metavar="LIST",
              help="A list of indicators; repeat for more, - for standard input.")  # fmt: skip
@click.option("--type", "type_", type=click.Choice(_TYPES), help="What everything is.")
@click.option("--since", type=Moment(), help="Leave out rows that ended before this time (UTC).")
@click.option("--until", type=Moment(), help="Leave out rows that began after this time (UTC).")
@sensor_option
@click.option("-v", "--verbose", count=True, help="Name every host, place and silent indicator.")
@place_option
@workspace_option
@json_option
def find(
    indicators: tuple[str, ...],
    files: tuple[str, ...],
    type_: str | None,
    since: datetime | None,
    until: datetime | None,
    sensors: tuple[str, ...],
    verbose: int,
    place: str,
    workspace: Path,
    as_json: bool,
) -> int:
    """Look for INDICATORs in the whole archive, whatever workspace its evidence came from.

    Read like those of `netcordon hunt`, which asks what this workspace took in, here and in the
    archive. Only files that can hold one of them are opened.

    Exit status: 0 nothing was seen, 1 something was.
    """
    from netcordon.reporting.archive_text import origin_lines
    from netcordon.reporting.hunt_data import hunt_json
    from netcordon.reporting.hunt_text import hunt_text
    from netcordon.workflow.archive_find import FindRequest
    from netcordon.workflow.archive_find import find as look

    request = FindRequest(
        values=indicators, files=files, forced=WantedType(type_) if type_ else None, since=since,
        until=until, sensors=sensors, place=place,
    )  # fmt: skip
    found = look(workspace, request, clock=now, standard_input=sys.stdin.buffer)
    time = now()
    if as_json:
        shown = hunt_json(found.lists, found.repeated, found.result, time, None)
    else:
        shown = hunt_text(
            found.lists, found.repeated, found.result, time, width=width(), detail=verbose
        )
        shown += origin_lines(found.result, found.origin, width=width())
    sys.stdout.write(shown)
    return int(bool(found.result.traces))
