"""A module of this package, run in namespaces of its own: one job in, one answer out.

Its processes are a namespace too: however it ends, also killed, none that it started stays.

As root, or, where the system lets users have namespaces, as root of a user namespace that owns it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from netcordon.rehearsal.job import ASKER

MOST_SECONDS = 600

HOW_TO_ALLOW = (
    "run it as root, or let users have namespaces: sysctl kernel.unprivileged_userns_clone=1 "
    "(Debian), kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), "
    "user.max_user_namespaces above 0; in a container: --cap-add SYS_ADMIN,NET_ADMIN"
)


def missing_of(programs: Sequence[str]) -> str:
    """Which of them are not installed, in words; empty when all are."""
    missing = [program for program in programs if path_of(program) is None]
    return f"{', '.join(missing)} not installed" if missing else ""


def path_of(program: str) -> str | None:
    """Where a program stands; daemons are not always on a user's path."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


def asked(module: str, job: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer of ``netcordon.rehearsal.<module>`` to a job.

    Returns:
        What it says; ``error`` with the reason when it says nothing, and ``try`` where something
        can be done about it.
    """
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    package = str(Path(__file__).parents[2])
    name = f"netcordon.rehearsal.{module}"
    path = f"{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/sbin:/sbin"
    argv = [
        "unshare", *user, "--net", "--pid", "--fork", "--kill-child", "--",
        sys.executable, "-P", "-m", name,
    ]  # fmt: skip
    # Nobody writes to this pipe: it ends with this process.
    watched, held = os.pipe()
    try:
        done = subprocess.run(
            argv,
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
            pass_fds=(watched,),
            env={**os.environ, "PYTHONPATH": package, "PATH": path, ASKER: str(watched)},
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no answer within {MOST_SECONDS} s"}
    finally:
        os.close(watched)
        os.close(held)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        why = said[-1][:300] if said else f"exit status {done.returncode}"
        forbidden = why.startswith("unshare:")
        return {"error": why, **({"try": HOW_TO_ALLOW} if forbidden else {})}
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer
