"""``netcordon intake add``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option
from netcordon.model.handling import TLP
from netcordon.model.intake import Channel

TLPS = {tlp.value.removeprefix("TLP:").lower(): tlp for tlp in TLP}
SEEN, NOTHING = 1, 0


@click.command(name="add")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--channel", type=click.Choice([c.value for c in Channel]),
              help="By whom [default: told from sender and form].")  # fmt: skip
@click.option("--tlp", type=click.Choice(list(TLPS)),
              help="Marking of the sender [default: as the report says, else amber].")  # fmt: skip
@workspace_option
@json_option
def add(
    files: tuple[Path, ...], channel: str | None, tlp: str | None, workspace: Path, as_json: bool
) -> int:
    """Take in mails saved with their headers (.eml, .msg), XARF reports, complaints within mails.

    Attachments are hashed and never opened. A report that repeats one on record, by reference and
    reporter, is joined to it. Exit status: 0 nothing of it stands in the evidence, 1 something
    does.
    """
    from netcordon.reporting.intake_data import filed_json
    from netcordon.reporting.intake_text import report_text
    from netcordon.workflow.intake import take_files

    taken = take_files(
        workspace, files, channel=Channel(channel) if channel else None,
        tlp=TLPS[tlp] if tlp else None, clock=now,
    )  # fmt: skip
    if as_json:
        sys.stdout.write(filed_json([one.filed for one in taken], now()))
    else:
        pages = [report_text(one.filed, now(), width=width(), is_new=one.is_new) for one in taken]
        sys.stdout.write("\n".join(pages))
    return SEEN if any(one.filed.hunted and one.filed.hunted.hits for one in taken) else NOTHING


def width() -> int:
    """Columns to write on."""
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
