"""``netcordon contain check-document``: whether a playbook or commands of anybody's hold."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option


@click.command(name="check-document")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> int:
    """Judge a CACAO 2.0 playbook or OpenC2 messages by their meaning, not only their form.

    Every step leads somewhere and is reached, everything that is named exists, commands have what
    their type needs, targets are those their profile knows. Needs no workspace.
    Exit status: 0 it holds, 1 it does not; each fault is named with its place.
    """
    from netcordon.reporting.exchange.check import check_json
    from netcordon.reporting.visible import visible
    from netcordon.workflow.plan_documents import check_document

    checked = check_document(file)
    if as_json:
        sys.stdout.write(check_json(checked))
    elif not checked.remarks:
        sys.stdout.write(f"{checked.kind}: it holds.\n")
    else:
        for remark in checked.remarks:
            place = visible(remark.place, limit=200) or "the document"
            sys.stdout.write(f"{place}: {visible(remark.text, limit=300)}\n")
    return int(bool(checked.remarks))
