"""``netcordon sql "…"``: ask the tables a question."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import workspace_option


@click.command(name="sql")
@click.argument("query", required=False)
@workspace_option
@click.option(
    "--format", "output", type=click.Choice(["table", "json", "csv"]), default="table",
    show_default=True, help="How rows are printed.",
)  # fmt: skip
@click.option("--tables", is_flag=True, help="List the tables and their columns instead.")
@click.option("--timeout", "timeout_s", type=click.FloatRange(0.1), default=60, show_default=True,
              help="Seconds before the query is stopped.")  # fmt: skip
@click.option("--max-rows", type=click.IntRange(1), default=100_000, show_default=True,
              help="More rows than this are refused, never cut.")  # fmt: skip
def command(
    query: str | None,
    workspace: Path,
    output: str,
    tables: bool,
    timeout_s: float,
    max_rows: int,
) -> int:
    """Run one SELECT over the tables of the workspace; - reads it from standard input.

    The query is parsed, may only read, and cannot touch files or the network.
    """
    from netcordon.reporting.rows import render_rows, render_tables
    from netcordon.workflow.query import describe_tables, run_query

    if tables:
        sys.stdout.write(render_tables(describe_tables()))
        return 0
    if query is None:
        raise click.UsageError("write a query, or --tables to see what can be asked")
    text = sys.stdin.read() if query == "-" else query
    rows = run_query(workspace, text, timeout_s=timeout_s, max_rows=max_rows)
    sys.stdout.write(render_rows(rows, output))
    return 0
