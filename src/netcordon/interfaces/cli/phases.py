"""``netcordon phases``: the IRM-5 checklist, honestly marked."""

from __future__ import annotations

import json
import sys

import click


@click.command(name="phases")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool) -> int:
    """Every line of IRM-5 with what netcordon has of it: done, partial, or not built."""
    from dataclasses import asdict

    from netcordon.workflow.inventory import phase_lines

    lines = phase_lines()
    if as_json:
        sys.stdout.write(json.dumps({"phases": [asdict(x) for x in lines]}, indent=1) + "\n")
        return 0
    phase = ""
    for line in lines:
        if line.phase != phase:
            phase = line.phase
            sys.stdout.write(f"\n{phase}\n")
        where = f"  ({line.where})" if line.where else ""
        sys.stdout.write(f"  {line.id:5}  {line.status:10}  {line.line}{where}\n")
    return 0
