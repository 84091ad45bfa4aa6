"""``netcordon map propose|check``: how lines of an unknown log become rows."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option


@click.group(name="map")
def command() -> None:
    """Mappings for logs that no parser knows: propose one from a sample, check one."""


@command.command(name="propose")
@click.argument("file")
@click.option("--table", help="Where the rows go [default: what most of the fields fit].")
@click.option("--name", default="log", show_default=True, help="Name of the mapping, a word.")
@click.option("-o", "--output", metavar="TOML", type=click.Path(path_type=Path),
              help="Write it here instead of to the terminal.")  # fmt: skip
@json_option
def propose(file: str, table: str | None, name: str, output: Path | None, as_json: bool) -> int:
    """Propose a mapping from the first lines of FILE, with a confidence and a reason a column.

    Check every line of it. Exit status: 0 it can be tried, 1 a column is missing without which
    there is no row.
    """
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.mapped import proposed
    from netcordon.workflow.mapped_file import proposal_text, write_proposal

    found = proposed(file, table)
    text = proposal_text(found, name, file)
    if output is not None:
        write_proposal(text, output)
    if as_json:
        columns = [
            {"column": one.column, "field": one.source.name, "confidence": one.confidence,
             "why": one.why}
            for one in found.columns
        ]  # fmt: skip
        sys.stdout.write(one_object("proposal", {
            "table": found.table, "format": found.sample.format, "time_format": found.time_format,
            "columns": columns, "missing": found.missing, "unused": found.unused,
            "remarks": found.remarks, "toml": text,
        }))  # fmt: skip
    elif output is None:
        sys.stdout.write(text)
    else:
        sys.stdout.write(f"Written: {output}. Try it: netcordon ingest --map {output} --dry-run\n")
    return int(bool(found.missing))


@command.command(name="check")
@click.argument("mapping", metavar="TOML", type=click.Path(path_type=Path))
@json_option
def check(mapping: Path, as_json: bool) -> None:
    """Check a mapping; exit status 0 it can be used, 2 it cannot."""
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.mapped import mapping_in

    read = mapping_in(mapping)
    said = f"{read.name}: {read.format.value} lines to {len(read.columns)} columns of {read.table}"
    shown = {"name": read.name, "table": read.table, "columns": list(read.columns),
             "sha256": read.sha256}  # fmt: skip
    sys.stdout.write(
        one_object("mapping", shown) if as_json else f"{said}; SHA-256 {read.sha256}\n"
    )
