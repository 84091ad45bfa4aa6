"""``netcordon plugins``: what is there, and what did not load."""

from __future__ import annotations

import sys

import click


@click.command(name="plugins")
def command() -> int:
    """List parsers, detectors and report sections; a broken one is a line, not a crash."""
    from netcordon.reporting.visible import visible
    from netcordon.workflow.inventory import plugins

    broken = 0
    for line in plugins():
        mark = "ok" if line.problem is None else "NOT LOADED"
        broken += line.problem is not None
        said = line.title if line.problem is None else line.problem
        sys.stdout.write(f"{mark:10}  {line.kind + '/' + line.id:32}  {visible(said)}\n")
    return 4 if broken else 0
