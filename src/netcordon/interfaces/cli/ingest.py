"""``netcordon ingest --map``: logs that no parser knows, by a mapping."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.intake_take import width
from netcordon.interfaces.cli.options import json_option, now, workspace_option

ALL_READ, PARTLY = 0, 3


@click.command(name="ingest")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--map", "mapping", required=True, metavar="TOML", type=click.Path(path_type=Path),
              help="The mapping; `netcordon map propose` writes one.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Store nothing: show rows and what is refused.")
@click.option("--rows", type=click.IntRange(1, 50), default=3, show_default=True,
              help="Rows that a dry run shows.")  # fmt: skip
@workspace_option
@json_option
def command(
    files: tuple[str, ...],
    mapping: Path,
    dry_run: bool,
    rows: int,
    workspace: Path,
    as_json: bool,
) -> int:
    """Take in logs by a mapping: CSV, JSON lines or key=value, to the columns of a table.

    The hash of the mapping belongs to the evidence, its text to the journal. Afterwards `netcordon
    investigate` works on what is there. Exit status: 0 every line was read, 3 some were refused.
    """
    from netcordon.reporting.mapped_text import ingested_text, tried_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.mapped import ingest, mapping_in, tried

    if dry_run:
        read = mapping_in(mapping)
        found = [tried(path, read, rows) for path in files]
        if as_json:
            sys.stdout.write(one_object("tried", [
                {"path": t.path, "table": t.table, "records": t.result.records,
                 "refused": dict(t.result.refused), "is_all": t.is_all, "rows": _shown(t.rows)}
                for t in found
            ]))  # fmt: skip
        else:
            sys.stdout.write("\n".join(
                tried_text(t.path, t.table, t.result, t.rows, is_all=t.is_all, width=width())
                for t in found
            ))  # fmt: skip
        return PARTLY if any(t.result.refused for t in found) else ALL_READ
    done = ingest(workspace, mapping, files, clock=now, progress=_quiet)
    if as_json:
        sys.stdout.write(one_object("ingested", done))
    else:
        told = [(one.path, one.evidence, one.is_new, one.why) for one in done]
        sys.stdout.write(ingested_text(told, width=width()))
    whole = all(one.evidence is not None and not one.evidence.refused for one in done)
    return ALL_READ if whole else PARTLY


def _shown(rows: object) -> object:
    """Rows as JSON takes them: times as text."""
    assert isinstance(rows, list)
    return [{key: str(value) for key, value in row.items()} for row in rows]


def _quiet(_path: str, _read: int, _lines: int) -> None:
    """Logs are read faster than anybody would watch."""
