"""``netcordon contain remedy``: the remediation process as a file, and its validation by others."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.key_options import passphrase_of
from netcordon.interfaces.cli.options import json_option, now, workspace_option

_FILE = click.Path(path_type=Path)


@click.command(name="remedy")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("-o", "--output", type=_FILE, metavar="FILE",
              help="A new file: JSON, which can be signed, or Markdown (.md).")  # fmt: skip
@click.option("--check", "check_path", type=_FILE, metavar="FILE",
              help="Check a process and the signatures under it; needs no workspace.")  # fmt: skip
@click.option("--sign", "key", type=_FILE, metavar="KEY",
              help="With --check FILE and -o: sign it with this key into a new file.")  # fmt: skip
@click.option("--name", default="", help="With --sign: who signs, for which structure.")
@click.option("--note", default="", help="With --sign: what else is to be said.")
@click.option("--record", is_flag=True, help="With --check: put the signatures on record here.")
@workspace_option
@json_option
def remedy(
    plan_id: str | None,
    output: Path | None,
    check_path: Path | None,
    key: Path | None,
    name: str,
    note: str,
    record: bool,
    workspace: Path,
    as_json: bool,
) -> int:
    """Write the remediation process of PLAN.

    A document [default: of the latest plan] for others to validate: steps in their order with
    owner, undo and what shows that each worked. Whoever validates it signs the file; a change
    after that is named.

    \b
    netcordon contain remedy PLAN -o process.json
    netcordon contain remedy --check process.json --sign KEY --name "R. Roe, CERT X" -o signed.json
    netcordon contain remedy --check signed.json --record

    Exit status: 0 written, signed or valid, 1 not valid.
    """
    if check_path is None:
        if output is None or key or name or note or record:
            raise click.UsageError("write it with -o FILE; all else goes with --check FILE")
        return _write(workspace, plan_id, output, as_json)
    if plan_id or (output and not key) or ((name or note) and not key) or (record and key):
        raise click.UsageError("--check FILE goes with --record, or with --sign KEY --name -o FILE")
    from netcordon.workflow.remedy import check_process, sign_process

    if key:
        if output is None:
            raise click.UsageError("--sign writes a new file: -o FILE")
        found = sign_process(
            check_path, output, key_path=key, name=name, note=note, ask=passphrase_of, clock=now
        )
    else:
        found = check_process(check_path, workspace, record=record, clock=now)
    from netcordon.reporting.remedy_text import check_json, check_text

    sys.stdout.write(check_json(found) if as_json else check_text(found, width=_width()))
    return int(not found.is_valid)


def _write(workspace: Path, plan_id: str | None, output: Path, as_json: bool) -> int:
    from netcordon.reporting.remedy_text import written_text
    from netcordon.workflow.remedy import write_process

    process, sha256 = write_process(workspace, plan_id, output, clock=now)
    shown = {"plan_id": process.plan_id, "sha256": sha256, "steps": len(process.steps),
             "path": str(output)}  # fmt: skip
    sys.stdout.write(
        json.dumps(shown, indent=1) + "\n"
        if as_json
        else written_text(process, sha256, str(output), width=_width())
    )
    return 0


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
