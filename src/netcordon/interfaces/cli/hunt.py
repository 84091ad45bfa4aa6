"""``netcordon hunt INDICATOR…``: indicators of others against all evidence."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.options import Moment, now, workspace_option
from netcordon.model.hunt import WantedType

_TYPES = [type_.value for type_ in WantedType if type_ is not WantedType.PORT]
NOTHING, SEEN = 0, 1


@click.command(name="hunt")
@click.argument("indicators", nargs=-1, metavar="[INDICATOR]...")
@click.option("-f", "--file", "files", multiple=True, metavar="LIST",
              help="A list of indicators; repeat for more, - for standard input.")  # fmt: skip
@workspace_option
@click.option("--type", "type_", type=click.Choice(_TYPES),
              help="What everything is; guessed (and said so) when not given.")  # fmt: skip
@click.option("--all", "with_context", is_flag=True,
              help="Also what a MISP list gives as context only (without to_ids).")  # fmt: skip
@click.option("--since", type=Moment(), help="Leave out rows that ended before this time (UTC).")
@click.option("--until", type=Moment(), help="Leave out rows that began after this time (UTC).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: a row an indicator and place.")
@click.option("-v", "--verbose", count=True, help="Name every host, place and silent indicator.")
def command(
    indicators: tuple[str, ...],
    files: tuple[str, ...],
    workspace: Path,
    type_: str | None,
    with_context: bool,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    as_csv: bool,
    verbose: int,
) -> int:
    """Look for INDICATORs in all evidence of the workspace.

    Addresses (with :PORT if need be), prefixes, domains with all names below them, URLs, JA3, JA4,
    HASSH, hashes of files and certificates, user agents, accounts, mail addresses. Defanged ones
    (hxxp, [.], (dot), [at]) are understood. A list may be plain text, CSV, STIX 2.1 or MISP JSON,
    told by its content; what is no simple comparison is named and left out. Decoys of the workspace
    are hunted for as well; without INDICATOR, they alone.

    The journal remembers what was hunted for. Exit status: 0 nothing was seen, 1 something was.

    \b
    Examples
      netcordon hunt 203.0.113.7 evil[.]example hxxps://evil[.]example/a.bin
      netcordon hunt -f feed.json --csv > hits.csv
      netcordon hunt --type account svc-deploy
    """
    from netcordon.reporting.hunt_data import hunt_csv, hunt_json
    from netcordon.reporting.hunt_text import hunt_text
    from netcordon.workflow.hunt import HuntRequest, hunt

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    if since and until and since > until:
        raise click.UsageError("--since is later than --until; nothing would be left")
    request = HuntRequest(
        values=indicators,
        files=files,
        forced=WantedType(type_) if type_ else None,
        with_context=with_context,
        since=since,
        until=until,
    )
    found = hunt(workspace, request, clock=now, standard_input=sys.stdin.buffer)
    if as_json:
        shown = hunt_json(found.lists, found.repeated, found.result, found.time, found.not_recorded)
    elif as_csv:
        shown = hunt_csv(found.lists, found.result, found.time)
    else:
        width = min(shutil.get_terminal_size((100, 40)).columns, 110)
        shown = hunt_text(
            found.lists, found.repeated, found.result, found.time, width=width, detail=verbose
        )
    sys.stdout.write(shown)
    if found.not_recorded:
        from netcordon.reporting.visible import visible

        said = visible(found.not_recorded)
        sys.stderr.write(f"This hunt is not in the journal: {said}\n")
    return SEEN if found.result.traces else NOTHING
