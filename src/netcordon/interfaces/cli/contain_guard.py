"""``netcordon contain guard RUN``: what a run starts to take itself back. Nobody types it."""

from __future__ import annotations

import click

from netcordon.interfaces.cli.options import now


@click.command(name="guard", hidden=True)
@click.argument("run")
def guard(run: str) -> int:
    """Watch over a run until it is confirmed or taken back."""
    from netcordon.workflow.guard import guard as stand

    return stand(run, clock=now)
