"""Commands run in this process, where starting another twenty times would prove nothing more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from netcordon.errors import NetcordonError
from netcordon.interfaces.cli.main import cli


def run(workspace: Path, *arguments: str, passphrase: str = "") -> dict[str, Any]:
    """``netcordon … --json`` in a workspace: what it prints, with the exit status as ``_status``.

    Args:
        workspace: its directory.
        arguments: without the name of the program.
        passphrase: file whose first line opens keys.
    """
    environment = {"NETCORDON_PASSPHRASE_FILE": passphrase, "NETCORDON_WORKSPACE": str(workspace)}
    done = CliRunner(env=environment).invoke(cli, [*arguments, "--json"], standalone_mode=False)
    if isinstance(done.exception, NetcordonError):
        return {"error": done.exception.as_dict(), "_status": done.exception.exit_code}
    assert done.exception is None, done.exception
    shown: dict[str, Any] = json.loads(done.stdout)
    return {**shown, "_status": done.return_value or 0}
