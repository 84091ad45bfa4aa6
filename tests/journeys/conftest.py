"""Journeys drive the installed program, as a person would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., subprocess.CompletedProcess[bytes]]

COMMAND = (sys.executable, "-c", "from netcordon.interfaces.cli import main; main()")


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run netcordon in a folder of the test; standard input may be given as bytes."""

    def run(
        *arguments: str | bytes, stdin: bytes = b"", timeout: float = 240
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*COMMAND, *arguments], input=stdin, capture_output=True, cwd=tmp_path,
            timeout=timeout, check=False, env={**os.environ, "COLUMNS": "100"},
        )  # fmt: skip

    return run


@pytest.fixture
def investigate(cli: Cli, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """``netcordon investigate … --json``; the document, with the exit status under ``_status``."""

    def run(
        *evidence: str | bytes | Path, workspace: str = "case", options: Sequence[str] = (),
        stdin: bytes = b"",
    ) -> dict[str, Any]:  # fmt: skip
        names = [e if isinstance(e, bytes) else str(e) for e in evidence]
        done = cli("investigate", *names, "--workspace", str(tmp_path / workspace), "--json",
                   *options, stdin=stdin)  # fmt: skip
        assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")[-3000:]
        document: dict[str, Any] = json.loads(done.stdout)
        document["_status"] = done.returncode
        document["_stderr"] = done.stderr.decode(errors="replace")
        return document

    return run
