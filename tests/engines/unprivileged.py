"""A program run by nobody: an account without any right, which may still have namespaces."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOBODY = 65_534


def as_nobody(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """What a program prints that nobody runs; its folders are shown to it where others may not.

    Args:
        folder: for what is mounted, in a mount namespace that ends with the program.
        argv: program and arguments.
    """
    script = "\n".join(["set -e", *_shown(folder)])
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--", *argv]
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"{script}\nexec {shlex.join(drop)}"],
        capture_output=True, text=True, timeout=120, check=False, cwd="/",
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(ROOT / "src"),
             "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def _shown(folder: Path) -> Iterator[str]:
    """Commands after which the interpreter and the sources can be reached by everybody."""
    needed = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT.resolve()}
    hidden = {path: top for path in sorted(needed) if (top := _closed_above(path)) is not None}
    for number, path in enumerate(hidden):
        stash = folder / f"shown-{number}"
        yield f"mkdir {shlex.quote(str(stash))}; mount --bind {shlex.quote(str(path))} {stash}"
    for top in sorted(set(hidden.values())):
        yield f"mount -t tmpfs -o mode=755 none {shlex.quote(str(top))}"
    for number, path in enumerate(hidden):
        there = shlex.quote(str(path))
        yield f"mkdir -p {there}; mount --bind {folder / f'shown-{number}'} {there}"


def _closed_above(path: Path) -> Path | None:
    """The topmost folder on the way that others may not pass."""
    above = [*reversed(path.parents), path]
    return next((each for each in above if not os.stat(each).st_mode & 0o001), None)  # noqa: PTH116
