"""``netcordon sql "…"``: ask the tables a question."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TypedDict

import click

from netcordon.interfaces.cli.options import Moment, now, workspace_option


class _Bounds(TypedDict):
    timeout_s: float
    max_rows: int
    since: datetime | None
    until: datetime | None


# A query may begin with a comment, which looks like an option.
@click.command(name="sql", context_settings={"ignore_unknown_options": True})
@click.argument("query", required=False)
@workspace_option
@click.option(
    "--format", "output", type=click.Choice(["table", "json", "csv"]), default="table",
    show_default=True, help="How rows are printed.",
)  # fmt: skip
@click.option("--tables", is_flag=True, help="List the tables and their columns instead.")
@click.option("--list", "listing", is_flag=True, help="List the saved queries instead.")
@click.option("--saved", metavar="NAME", help="Run a saved query.")
@click.option("--save", metavar="NAME", help="Check QUERY and save it under a name.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE",
              help="Value of $NAME in the query; bound, never spliced.")  # fmt: skip
@click.option("--timeout", "timeout_s", type=click.FloatRange(0.1), default=60, show_default=True,
              help="Seconds before the query is stopped.")  # fmt: skip
@click.option("--max-rows", type=click.IntRange(1), default=100_000, show_default=True,
              help="More rows than this are refused, never cut.")  # fmt: skip
@click.option("--since", type=Moment(), help="Leave out rows that ended before this time (UTC).")
@click.option("--until", type=Moment(), help="Leave out rows that began after this time (UTC).")
def command(
    query: str | None,
    workspace: Path,
    output: str,
    tables: bool,
    listing: bool,
    saved: str | None,
    save: str | None,
    params: tuple[str, ...],
    timeout_s: float,
    max_rows: int,
    since: datetime | None,
    until: datetime | None,
) -> int:
    """Run one SELECT over the tables of the workspace; - reads it from standard input.

    The query is parsed, may only read, and cannot touch files or the network. Tables that were
    moved to the archive are asked there; --since and --until keep it to files of that time.

    \b
    Saved queries begin with comments: what they answer, and their parameters with defaults.
      netcordon sql --list
      netcordon sql --saved long-connections --param seconds=3600
      netcordon sql --save talks-to "-- Flows to a port.
      -- \\$port = 443: the port
      SELECT * FROM network_activity WHERE dst_port = \\$port"
    """
    from netcordon.reporting.questions_text import questions_text
    from netcordon.reporting.rows import render_rows, render_tables
    from netcordon.workflow import questions
    from netcordon.workflow.query import describe_tables

    if tables:
        sys.stdout.write(render_tables(describe_tables()))
        return 0
    if listing:
        sys.stdout.write(questions_text(questions.questions(workspace)))
        return 0
    bounds = _Bounds(timeout_s=timeout_s, max_rows=max_rows, since=since, until=until)
    if saved is not None:
        if query is not None or save is not None:
            raise click.UsageError("--saved needs no query; --save keeps one")
        rows = questions.ask(workspace, saved, params, **bounds)
        sys.stdout.write(render_rows(rows, output))
        return 0
    if query is None:
        raise click.UsageError("write a query, --saved NAME, or --tables to see what can be asked")
    text = sys.stdin.read() if query == "-" else query
    if save is not None:
        kept = questions.save(workspace, save, text, clock=now)
        sys.stdout.write(f"Saved. Run it: netcordon sql --saved {kept.name}\n")
        return 0
    rows = questions.run_typed(workspace, text, params, **bounds)
    sys.stdout.write(render_rows(rows, output))
    return 0
