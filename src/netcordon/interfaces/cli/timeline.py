"""``netcordon timeline export|import``: events for, and from, Timesketch and Plaso."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.options import (
    Moment,
    Zone,
    case_option,
    json_option,
    now,
    workspace_option,
)

_FILE = click.Path(path_type=Path)


@click.group(name="timeline")
def command() -> None:
    """Timelines both ways, to the microsecond: Timesketch (JSON lines, CSV) and Plaso."""


@command.command(name="export")
@click.option("--format", "format_", required=True,
              type=click.Choice(["timesketch-jsonl", "timesketch-csv", "plaso-jsonl"]))  # fmt: skip
@click.option("-o", "--output", "out", type=_FILE, required=True, metavar="FILE", help="New file.")
@click.option("--since", type=Moment(), help="Events from then on.")
@click.option("--until", type=Moment(), help="Events before then.")
@click.option("--no-imported", is_flag=True, help="Without what came from other timelines.")
@case_option
@workspace_option
@json_option
def export(
    format_: str,
    out: Path,
    since: datetime | None,
    until: datetime | None,
    no_imported: bool,
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """Write findings, channels, journal and imported timelines of a case, the oldest event first.

    JSON lines keep every character; CSV spells out what cannot be seen. Exit status: 0.
    """
    from netcordon.reporting.one_object import one_object
    from netcordon.reporting.timeline_text import exported_text
    from netcordon.workflow.timeline import Choice, export_timeline

    choice = Choice(case_id=case_id, since=since, until=until, with_imported=not no_imported)
    made = export_timeline(workspace, format_, choice, out, clock=now)
    shown = one_object("timeline", made) if as_json else exported_text(made, width=_width())
    sys.stdout.write(shown)


@command.command(name="import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--log-zone", type=Zone(), default="UTC", show_default=True,
              help="Zone of times that name none.")  # fmt: skip
@workspace_option
@json_option
def import_(files: tuple[str, ...], log_zone: str, workspace: Path, as_json: bool) -> int:
    """Take timelines in as evidence: rows of the table timeline_event.

    Format is told by content: JSON lines of Timesketch or Plaso, or CSV with message, datetime and
    timestamp_desc. Exit status: 0, or 3 when a file or a line could not be read.
    """
    from netcordon.interfaces.cli.progress import observer
    from netcordon.reporting.one_object import one_object
    from netcordon.reporting.timeline_text import imported_text
    from netcordon.workflow.timeline import import_timeline

    with observer(0) as watching:
        taken = import_timeline(workspace, files, log_zone=log_zone, observer=watching, clock=now)
    shown = one_object("timeline", taken) if as_json else imported_text(taken, width=_width())
    sys.stdout.write(shown)
    return 3 if taken.refused or taken.unreadable else 0


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
