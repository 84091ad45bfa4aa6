"""``netcordon packets``: header rows of single packets."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import workspace_option


@click.command(name="packets")
@click.argument("chosen", nargs=-1, metavar="[FINDING|INCIDENT]...")
@workspace_option
@click.option("--filter", "filter_text", metavar="EXPRESSION",
              help="Choose frames instead; `netcordon carve --help` shows how.")  # fmt: skip
@click.option("--frames-only", is_flag=True,
              help="Only the frames named as evidence, not the rest of their flows.")  # fmt: skip
@click.option(
    "--format", "output", type=click.Choice(["table", "json", "csv"]), default="table",
    show_default=True, help="How rows are printed; json and csv have all columns.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=1000, show_default=True,
              help="Most rows.")  # fmt: skip
def command(
    chosen: tuple[str, ...],
    workspace: Path,
    filter_text: str | None,
    frames_only: bool,
    output: str,
    limit: int,
) -> int:
    """List the packets behind a finding or incident, or those a filter matches.

    They are decoded from the evidence each time; nothing is stored. A packet inside a tunnel has a
    row of its own behind the one that carries it, with the same frame.
    """
    from netcordon.reporting.rows import render_rows
    from netcordon.workflow.packets import SHORT, list_packets
    from netcordon.workflow.parents import Selection

    if bool(chosen) == (filter_text is not None):
        raise click.UsageError("name findings or incidents, or write a --filter")
    if frames_only and filter_text is not None:
        raise click.UsageError("--frames-only belongs to findings and incidents")
    selection = Selection(ids=chosen, filter=filter_text, frames_only=frames_only)
    columns = SHORT if output == "table" else None
    found = list_packets(workspace, selection, limit=limit, columns=columns)
    sys.stdout.write(render_rows(found.rows, output))
    if found.has_more:
        sys.stderr.write(f"There are more; these are the first {limit:,} (--limit).\n")
    return 0
