"""The key of a person on a command line, and where its passphrase comes from."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

PASSPHRASE_FILE = "NETCORDON_PASSPHRASE_FILE"  # noqa: S105 - a name of a variable
"""Names a file whose first line is the passphrase; for scripts."""

_MOST = 4096


def key_option(command: F) -> F:
    """``--key FILE``."""
    return click.option(
        "--key", "key", metavar="FILE", type=click.Path(path_type=Path), required=True,
        help="Private key of who says it (netcordon person add).",
    )(command)  # fmt: skip


def passphrase_of(path: Path) -> bytes:
    """The passphrase of a key: from the file that scripts name, else from the terminal.

    Raises:
        click.UsageError: there is neither.
    """
    given = _from_file()
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError(f"{path} has a passphrase: type it, or name {PASSPHRASE_FILE}")
    typed = click.prompt(f"Passphrase of {path}", hide_input=True, err=True, default="")
    return str(typed).encode()


def new_passphrase() -> bytes:
    """The passphrase of a new key, typed twice; never empty.

    Raises:
        click.UsageError: it is empty, or there is neither file nor terminal.
    """
    given = _from_file()
    if given is None and not sys.stdin.isatty():
        raise click.UsageError(
            f"a key has a passphrase: type it, name {PASSPHRASE_FILE}, or say --no-passphrase"
        )
    if given is None:
        typed = click.prompt(
            "Passphrase of the new key", hide_input=True, confirmation_prompt=True, err=True
        )
        given = str(typed).encode()
    if not given:
        raise click.UsageError("the passphrase is empty; say --no-passphrase if it shall be")
    return given


def _from_file() -> bytes | None:
    name = os.environ.get(PASSPHRASE_FILE)
    if not name:
        return None
    with Path(name).open("rb") as file:
        return file.read(_MOST).split(b"\n", 1)[0].rstrip(b"\r")
