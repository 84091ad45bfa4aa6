"""``netcordon evidence anonymise``: captures and tables that may be shared."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option

_FILE = click.Path(path_type=Path)


@click.command(name="anonymise")
@click.argument("path", type=_FILE, metavar="CAPTURE|TABLE.csv")
@click.option("-o", "--output", "out", type=_FILE, required=True, metavar="FILE",
              help="New file; of a capture as pcapng.")  # fmt: skip
@click.option("--key-file", "key", type=_FILE, required=True, metavar="FILE",
              help="Key of the pseudonyms; made when it is missing. Keep it apart.")  # fmt: skip
@click.option("--payload", type=click.Choice(["names", "cut"]), default="names", show_default=True,
              help="Keep DNS and TLS server names as pseudonyms, or nothing at all.")  # fmt: skip
@click.option("--keep-oui", is_flag=True, help="Leave the maker in hardware addresses.")
@click.option("--keep", multiple=True, metavar="COLUMN", help="Of a table: as it is; repeat.")
@workspace_option
@json_option
def anonymise(
    path: Path,
    out: Path,
    key: Path,
    payload: str,
    keep_oui: bool,
    keep: tuple[str, ...],
    workspace: Path,
    as_json: bool,
) -> None:
    """Write a copy of a capture or slice, or of a table, that names nobody.

    Addresses keep who shares a prefix (Crypto-PAn); hardware addresses and names become others of
    the same length; every payload that is not understood becomes zeros; checksums are right again.
    The same key gives the same pseudonyms in every copy. What could still identify somebody is
    said. Exit status: 0.
    """
    from netcordon.reporting.anonymised_text import anonymised_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.anonymise import How
    from netcordon.workflow.anonymise import anonymise as write

    how = How(key=key, names=payload == "names", keep_oui=keep_oui, keep=keep)
    made = write(workspace, path, out, how, clock=now)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(
        one_object("anonymised", made) if as_json else anonymised_text(made, width=width)
    )
