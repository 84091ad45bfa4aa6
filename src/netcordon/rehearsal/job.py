"""One job in, one answer out: the main of every module that runs in namespaces of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

ASKER = "NETCORDON_ASKER"
"""Environment: the end of a pipe that comes to its end when whoever asked is gone."""


def answer_job(judge: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> int:
    """Read a job, write the answer, or ``error`` with the reason why there is none.

    When whoever asked is gone, this process ends at once, and all that it started ends with it: it
    is the first of its process namespace (pid_namespaces(7)).
    """
    if pipe := os.environ.get(ASKER):
        threading.Thread(target=_end_with, args=(int(pipe),), daemon=True).start()
    try:
        answer = judge(json.load(sys.stdin))
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)
    return 0


def _end_with(pipe: int) -> None:
    os.read(pipe, 1)
    os._exit(1)
