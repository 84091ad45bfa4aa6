"""Runs a program with its arguments, bounded in time and output, without a shell."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence

from netcordon.enforcement.effects import Reply

TIMEOUT_S = 30
"""A device that has said nothing for so long has failed; a guard's window is longer."""

MOST_OUTPUT = 64 << 20
_MOST_ERROR = 500


def run_program(
    argv: Sequence[str], stdin: str, fine: Sequence[int], *, timeout_s: float = TIMEOUT_S
) -> Reply:
    """What a program said; never raises.

    Args:
        argv: program and arguments.
        stdin: what it reads.
        fine: exit statuses that mean success.
        timeout_s: it and what it started are killed after this.
    """
    try:
        process = subprocess.Popen(
            list(argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, ValueError) as error:
        return Reply(ok=False, error=f"{argv[0]}: {getattr(error, 'strerror', None) or error}")
    try:
        out, err = process.communicate(stdin.encode("utf-8", "surrogateescape"), timeout=timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Reply(ok=False, error=f"{argv[0]} did not end within {timeout_s:.0f} s")
    text = out[:MOST_OUTPUT].decode("utf-8", "surrogateescape")
    if process.returncode in fine:
        return Reply(ok=True, text=text)
    said = " ".join(err.decode("utf-8", "replace").split())[:_MOST_ERROR]
    return Reply(
        ok=False, text=text, error=f"{argv[0]}: {said or f'exit status {process.returncode}'}"
    )
