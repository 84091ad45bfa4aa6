"""``netcordon evidence package|open``: evidence for others, and from others."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.key_options import passphrase_of
from netcordon.interfaces.cli.options import json_option, now, workspace_option

_FILE = click.Path(path_type=Path)


@click.command(name="package")
@click.argument("named", nargs=-1, required=True, metavar="CASE|EVIDENCE|SLICE...")
@click.option("-o", "--output", "out", type=_FILE, required=True, metavar="FILE",
              help="New file: NAME.zip.age, or NAME.zip.p7m for certificates.")  # fmt: skip
@click.option("--to", "recipients", multiple=True, metavar="RECIPIENT",
              help="age1…, an SSH key, a file of such; for .p7m a certificate.")  # fmt: skip
@click.option(
    "--no-originals", is_flag=True, help="Of a case, give the slices that are named only."
)
@click.option("--key", type=_FILE, metavar="FILE", help="Your private key: sign the package.")
@click.option("--note", default="", metavar="TEXT", help="What the recipient should know.")
@click.option("--unencrypted", is_flag=True, help="Anybody may read it (-o NAME.zip).")
@workspace_option
@json_option
def package(
    named: tuple[str, ...],
    out: Path,
    recipients: tuple[str, ...],
    no_originals: bool,
    key: Path | None,
    note: str,
    unencrypted: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Pack CASE, EVIDENCE and SLICES (files that `netcordon carve` wrote) for somebody else.

    The package holds the files, who recorded and had them, the part of the journal about them with
    the whole chain of hashes, approvals and time stamps, and a page that says how all of it is
    proved with sha256sum, openssl and age alone. Exit status: 0.

    \b
    Example
      netcordon evidence package NC-1 -o case.zip.age --to age1… --key person-1.pem
    """
    from netcordon.reporting.one_object import one_object
    from netcordon.reporting.package_text import package_text
    from netcordon.workflow.package_evidence import Wanted
    from netcordon.workflow.package_evidence import package as pack

    wanted = Wanted(
        named=named, recipients=recipients, encrypted=not unencrypted,
        originals=not no_originals, key=key, note=note,
    )  # fmt: skip
    made = pack(workspace, wanted, out, ask=passphrase_of, clock=now)
    sys.stdout.write(one_object("package", made) if as_json else package_text(made, width=_width()))


@click.command(name="open")
@click.argument("path", type=_FILE, metavar="PACKAGE")
@click.option("-o", "--output", "folder", type=_FILE, required=True, metavar="DIR",
              help="New folder.")  # fmt: skip
@click.option("--key", type=_FILE, metavar="FILE",
              help="Private key of the recipient: of age, SSH, or for CMS in PEM.")  # fmt: skip
@click.option("--cert", type=_FILE, metavar="FILE",
              help="Certificate of the recipient, if it is not in the key's file.")  # fmt: skip
@click.option("--max-bytes", type=click.IntRange(1), default=64 << 30, show_default=True,
              help="That it may unpack to.")  # fmt: skip
@json_option
def open_(
    path: Path, folder: Path, key: Path | None, cert: Path | None, max_bytes: int, as_json: bool
) -> int:
    """Decrypt PACKAGE into a new folder and check hashes, signature, journal and stamps in it.

    Whose key signed it, only its owner can tell you. Nothing of it is run. Exit status: 0 all that
    it claims holds, 1 something does not.
    """
    from netcordon.reporting.one_object import one_object
    from netcordon.reporting.package_text import opened_text
    from netcordon.workflow.open_package import open_package

    found = open_package(
        path, folder, key=key, certificate=cert, max_bytes=max_bytes, ask=passphrase_of
    )
    shown = one_object("opened", found) if as_json else opened_text(found, width=_width())
    sys.stdout.write(shown)
    return int(bool(found.problems))


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
